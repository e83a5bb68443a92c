/* SPDX-License-Identifier: BSD-2-Clause
 *
 * origin: which listener a connection came by.
 *
 * libmilter does not tell its callbacks by which socket, nor on which descriptor, a connection
 * came. Both are known when it is accepted (accept_shield); and a callback runs in the thread that
 * has just read the MTA's packet (read_shield), so that the descriptor which that thread read from
 * last is the connection's. Safe to call from any thread, but for origin_add, which belongs to the
 * start.
 */
#ifndef CALMEND_ORIGIN_H
#define CALMEND_ORIGIN_H

#include <glib.h>

/* Connections that are accepted from `socket` are of the listener of that name, NULL for none
 * ([service]). The name is copied, and stays. Takes -1, of a socket that was not found. */
void origin_add(int socket, const char *listener);

/* The listener that `socket` is of; NULL for none. Borrowed, for ever. */
const char *origin_of_socket(int socket);

/* `connection` was accepted from `socket`. */
void origin_accepted(int socket, int connection);

/* This thread reads from `descriptor`. */
void origin_reads(int descriptor);

/* Within a callback of libmilter: the listener of its connection; NULL for none, and where
 * read_shield is not found. Borrowed, for ever. */
const char *origin_of_callback(void);

#endif
