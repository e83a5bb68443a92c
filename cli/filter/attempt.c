/* SPDX-License-Identifier: BSD-2-Clause
 *
 * attempt: see attempt.h.
 */
#include "cli/filter/attempt.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The work may take so long before it writes. Programs that call a filter wait for some time, too.
 */
#define SILENT_SECONDS 30

typedef enum {
    MARK_NOTHING,
    MARK_BEGUN,
    MARK_WRITTEN,
} Mark;

/* Shared by both processes. */
struct Attempt {
    atomic_int mark;
};

void attempt_begin_writing(Attempt *attempt)
{
    atomic_store(&attempt->mark, MARK_BEGUN);
    alarm(0);
}

void attempt_has_written(Attempt *attempt)
{
    atomic_store(&attempt->mark, MARK_WRITTEN);
}

G_NORETURN static void be_worker(void (*work)(Attempt *, gpointer), Attempt *attempt, gpointer data,
                                 pid_t parent)
{
    signal(SIGALRM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    alarm(SILENT_SECONDS);
    work(attempt, data);
    exit(EXIT_SUCCESS);
}

static char *describe_end(int status)
{
    if (!WIFSIGNALED(status))
        return g_strdup_printf("the examination ended with %d", WEXITSTATUS(status));
    int number = WTERMSIG(status);
    if (number == SIGALRM)
        return g_strdup_printf("the examination took longer than %d seconds", SILENT_SECONDS);
    return g_strdup_printf("the examination ended by signal %d (%s)", number, g_strsignal(number));
}

static AttemptEnd await(pid_t worker, const Attempt *attempt, char **why)
{
    int status = 0;
    while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
        continue;
    switch ((Mark)atomic_load(&attempt->mark)) {
    case MARK_NOTHING:
        *why = describe_end(status);
        return ATTEMPT_NOTHING;
    case MARK_BEGUN:
        return ATTEMPT_PART;
    case MARK_WRITTEN:
        return ATTEMPT_WRITTEN;
    }
    g_assert_not_reached();
}

AttemptEnd attempt_run(void (*work)(Attempt *attempt, gpointer data), gpointer data, char **why)
{
    pid_t parent = getpid();
    Attempt *attempt =
        mmap(NULL, sizeof *attempt, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t worker = attempt == MAP_FAILED ? -1 : fork();
    if (worker == 0)
        be_worker(work, attempt, data, parent);
    AttemptEnd end = ATTEMPT_NOTHING;
    if (worker < 0)
        *why = g_strdup_printf("no process can be made: %s", g_strerror(errno));
    else
        end = await(worker, attempt, why);
    if (attempt != MAP_FAILED)
        munmap(attempt, sizeof *attempt);
    return end;
}
