/* SPDX-License-Identifier: BSD-2-Clause
 *
 * signal_shield: keeps signals from libmilter.
 *
 * libmilter starts a thread that waits for HUP, TERM and INT with sigwait(3) and stops at each of
 * them, HUP included, without waiting for the messages that are being handed over. It has no switch
 * for that. The kernel prefers the first thread, which handles these signals (service), but takes
 * libmilter's while the first one has a signal pending or blocked. So this program has a sigwait of
 * its own, which libmilter finds before that of the C library, and which never returns. Where it is
 * not found, the kernel's preference still holds. Nothing else in this process calls sigwait.
 */
#include <signal.h>
#include <unistd.h>

int sigwait(const sigset_t *set, int *number)
{
    (void)set;
    (void)number;
    for (;;)
        pause();
}
