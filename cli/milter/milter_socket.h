/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_socket: from the name of a milter's socket to a connection.
 *
 * The names are those of Sendmail and libmilter, and the one of Postfix's main.cf that differs, so
 * that a name can be pasted from either configuration.
 */
#ifndef CALMEND_MILTER_SOCKET_H
#define CALMEND_MILTER_SOCKET_H

#include <glib.h>

/* Connects to unix:PATH, local:PATH, PATH with a leading slash, inet:PORT, inet:PORT@HOST,
 * inet6:PORT@HOST, or inet:HOST:PORT (Postfix); an address in brackets is an IPv6 one. Without a
 * host it is the loopback address. `timeout` in seconds, for each address of the host. Returns a
 * non-blocking socket without Nagle's delay, owned by the caller; -1 and
 * MILTER_CLIENT_ERROR_SOCKET, _CONNECT or _TIMEOUT. */
int milter_socket_connect(const char *name, double timeout, GError **error);

/* Whether a connection to `name` comes to a milter of this host that listens at `listened`, however
 * the two are written: hosts are looked up, and 0.0.0.0 and :: are all of the host's addresses.
 * FALSE, too, where one of them is no name of a socket. */
gboolean milter_socket_is_at(const char *name, const char *listened);

#endif
