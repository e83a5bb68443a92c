/* SPDX-License-Identifier: BSD-2-Clause
 *
 * address: where a milter listens, read from a socket specification.
 *
 * unix:PATH and local:PATH name a unix socket, inet:PORT@HOST and inet6:PORT@HOST a TCP socket; a
 * host may stand in brackets. What is wrong in a specification is said here, in full, since
 * libmilter says it to syslog only. Host names are resolved once.
 */
#ifndef CALMEND_ADDRESS_H
#define CALMEND_ADDRESS_H

#include <glib.h>
#include <sys/socket.h>

typedef struct {
    char *spec;                     /* as smfi_setconn takes it, hosts as numbers */
    char *path;                     /* of a unix socket, else NULL */
    struct sockaddr_storage socket; /* as bind(2) takes it */
    socklen_t size;
} Address;

/* Reads `text`. NULL and an error (G_FILE_ERROR) that quotes it when it is no address. Owned by the
 * caller, address_free. */
Address *address_parse(const char *text, GError **error);

/* The specifications that `text` lists, separated by commas; one that is empty, too. Owned by the
 * caller, g_strfreev. */
char **address_split(const char *text);

/* The address at which `descriptor` listens. NULL and an error (G_FILE_ERROR) when it is no stream
 * socket of these kinds that listens. Owned by the caller, address_free. */
Address *address_of_listener(int descriptor, GError **error);
void address_free(Address *address);

/* The address as bind(2) and connect(2) take it. Borrowed. */
const struct sockaddr *address_socket(const Address *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Address, address_free)

#endif
