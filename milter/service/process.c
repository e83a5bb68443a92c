/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/process.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
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

static void write_words(const char *words)
{
    struct pollfd writer = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&writer, 1, 0) == 1 && (writer.revents & POLLOUT) != 0 &&
        write(STDERR_FILENO, words, strlen(words)) < 0)
        return; /* nobody is there to be told */
}

/* GLib's own handler allocates, and takes a lock meanwhile: a thread that ends the process since
 * there is no memory may wait there for itself, and all others for it. */
static void on_glib_message(const char *domain, GLogLevelFlags level, const char *message,
                            gpointer data)
{
    (void)data;
    if ((level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) != 0)
        return;
    write_words(domain == NULL ? "calmend-milter" : domain);
    write_words(": ");
    write_words(message == NULL ? "no memory" : message);
    write_words("\n");
    if ((level & (G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL)) != 0)
        abort();
}

void process_prepare(void)
{
    g_log_set_default_handler(on_glib_message, NULL);
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
