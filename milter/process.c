/* SPDX-License-Identifier: BSD-2-Clause */
#include "process.h"

#include <signal.h>
#include <sys/resource.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Above it glibc gives a buffer pages of its own. Setting it stops glibc from raising it by itself
 * whenever such a buffer is freed. */
#define LARGE_BUFFER (256 * 1024)

/* Free memory at the end of a heap that glibc keeps, so that one message after the other does not
 * ask the system for the same pages. */
#define KEPT_MEMORY (1024 * 1024)

/* Descriptors for all but connections and spool files. */
#define OWN_DESCRIPTORS 64

static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void process_prepare(void)
{
    signal(SIGPIPE, SIG_IGN);
    raise_descriptors();
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, LARGE_BUFFER);
    mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
#endif
}

guint process_sessions_max(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > G_MAXINT)
        return G_MAXINT;
    return limit.rlim_cur > OWN_DESCRIPTORS ? (guint)(limit.rlim_cur - OWN_DESCRIPTORS) / 2 : 1;
}
