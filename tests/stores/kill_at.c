/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kill_at: kill_at COUNT PROGRAM [ARGUMENT...]
 *
 * Runs a program and kills it (SIGKILL) where it is about to make its COUNTth system call, over all
 * of its threads. Exit code 99 when it was killed, else the program's own, and the last line on
 * standard error is then how many system calls it made; 98 after trouble of ours.
 * It does what strace's fault injection does, many times as fast.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLED = 99, TROUBLE = 98 };

static int trouble(const char *what)
{
    perror(what);
    return TROUBLE;
}

static void become(char **program)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0 || raise(SIGSTOP) != 0)
        _exit(TROUBLE);
    execv(program[0], program);
    _exit(TROUBLE);
}

/* Is the stopped thread about to enter a system call, and not on its way back? */
static int enters(pid_t thread)
{
    struct __ptrace_syscall_info info = {0};
    return ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) > 0 &&
           info.op == PTRACE_SYSCALL_INFO_ENTRY;
}

/* The signal that a stopped thread is to get: none of those that are the tracer's. */
static long passed_on(int status)
{
    int number = WSTOPSIG(status);
    int traced = number == (SIGTRAP | 0x80) || number == SIGTRAP || number == SIGSTOP;
    return traced ? 0 : number;
}

static int tell_count(long count, int code)
{
    fprintf(stderr, "%ld\n", count);
    return code;
}

/* Lets the program run until it ends or enters its system call number `last`. */
static int follow(pid_t program, long last)
{
    long count = 0;
    int status;
    pid_t thread;
    while ((thread = waitpid(-1, &status, __WALL)) > 0) {
        if (thread == program && WIFEXITED(status))
            return tell_count(count, WEXITSTATUS(status));
        if (thread == program && WIFSIGNALED(status))
            return WTERMSIG(status) == SIGKILL ? KILLED : TROUBLE;
        if (!WIFSTOPPED(status))
            continue;
        if (WSTOPSIG(status) == (SIGTRAP | 0x80) && enters(thread) && ++count == last)
            kill(program, SIGKILL);
        else
            ptrace(PTRACE_SYSCALL, thread, NULL, passed_on(status));
    }
    return TROUBLE;
}

int main(int argc, char **argv)
{
    int status;
    if (argc < 3)
        return TROUBLE;
    pid_t program = fork();
    if (program == 0)
        become(argv + 2);
    if (program < 0 || waitpid(program, &status, 0) != program)
        return trouble("start");
    if (ptrace(PTRACE_SETOPTIONS, program, NULL,
               PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL) != 0)
        return trouble("PTRACE_SETOPTIONS");
    ptrace(PTRACE_SYSCALL, program, NULL, 0L);
    return follow(program, strtol(argv[1], NULL, 10));
}
