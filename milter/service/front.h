/* SPDX-License-Identifier: BSD-2-Clause
 *
 * front: several sockets in the place of the one that libmilter listens at.
 *
 * libmilter opens one socket a process, polls its descriptor and accepts from it. A set of sockets
 * that is polled (epoll) can be polled itself: it gets libmilter's number, and accept_shield, which
 * libmilter calls, takes a connection from whichever socket of the set has one, in turn. With one
 * socket there is no front. Opened once, before the service runs; then safe to call from any
 * thread.
 */
#ifndef CALMEND_FRONT_H
#define CALMEND_FRONT_H

#include <glib.h>
#include <sys/socket.h>

/* Puts a set of `sockets` (int) in the place of the first, libmilter's; the set gets its number,
 * and it another one, which is written in its place. FALSE with errno when it cannot be made; the
 * process is of no use then. */
gboolean front_open(GArray *sockets);

/* Which socket has a connection to accept: `listener` itself, unless it is the front's number; -1
 * with errno EAGAIN when none has one any more. */
int front_choose(int listener);

/* Says of a connection of any of the sockets that it is of the kind of libmilter's own, since
 * libmilter closes one of another kind. */
void front_name(int listener, struct sockaddr *address);

#endif
