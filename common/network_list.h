/* SPDX-License-Identifier: BSD-2-Clause
 *
 * network_list: addresses and networks of both families, as an administrator lists them.
 *
 * 192.0.2.7, 192.0.2.0/24, 2001:db8::1, 2001:db8::/32; separated by commas or blanks (RFC 4632, RFC
 * 4291 2.3). Octets of a network that lie beyond its prefix are an error, since one of the two is
 * wrong then. A list is read only; any number of threads share it.
 */
#ifndef CALMEND_NETWORK_LIST_H
#define CALMEND_NETWORK_LIST_H

#include <glib.h>

typedef struct NetworkList NetworkList;

/* Reads a list, which may be empty. NULL and an error (G_FILE_ERROR) that quotes the first entry
 * that is none. Owned by the caller, network_list_free. */
NetworkList *network_list_parse(const char *text, GError **error);
void network_list_free(NetworkList *list);

/* TRUE when `address`, IPv4 or IPv6 as numbers, lies in one of the networks. An IPv4 address that
 * is written as IPv6 (::ffff:192.0.2.7) is the IPv4 address. FALSE for NULL and for what is no
 * address. */
gboolean network_list_has(const NetworkList *list, const char *address);

gboolean network_list_is_empty(const NetworkList *list);

/* The list as network_list_parse takes it. Owned by the caller, g_free. */
char *network_list_to_text(const NetworkList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetworkList, network_list_free)

#endif
