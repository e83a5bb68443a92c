/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/network_list.h"

#include <gio/gio.h>
#include <string.h>

#define SEPARATORS ",; \t"

/* Of an IPv4 address that is written as IPv6 (RFC 4291 2.5.5.2). */
static const guint8 mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct NetworkList {
    GPtrArray *networks; /* GInetAddressMask */
};

/* An entry, or NULL when it is none. GLib does not look whether a prefix is too long. */
static GInetAddressMask *read_network(const char *entry)
{
    const char *slash = strchr(entry, '/');
    g_autofree char *number =
        slash == NULL ? g_strdup(entry) : g_strndup(entry, (gsize)(slash - entry));
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(number);
    if (address == NULL)
        return NULL;
    guint64 prefix = 8 * g_inet_address_get_native_size(address);
    if (slash != NULL && !g_ascii_string_to_unsigned(slash + 1, 10, 0, prefix, &prefix, NULL))
        return NULL;
    return g_inet_address_mask_new(address, (guint)prefix, NULL);
}

NetworkList *network_list_parse(const char *text, GError **error)
{
    g_autoptr(NetworkList) list = g_new0(NetworkList, 1);
    list->networks = g_ptr_array_new_with_free_func(g_object_unref);
    g_auto(GStrv) entries = g_strsplit_set(text, SEPARATORS, -1);
    for (char **entry = entries; *entry != NULL; entry++) {
        if (**entry == '\0')
            continue;
        GInetAddressMask *network = read_network(*entry);
        if (network == NULL) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "\"%s\" is no address or network, such as 192.0.2.7, 192.0.2.0/24 or "
                        "2001:db8::/32 with nothing after the prefix",
                        *entry);
            return NULL;
        }
        g_ptr_array_add(list->networks, network);
    }
    return g_steal_pointer(&list);
}

void network_list_free(NetworkList *list)
{
    if (list == NULL)
        return;
    g_ptr_array_unref(list->networks);
    g_free(list);
}

gboolean network_list_is_empty(const NetworkList *list)
{
    return list->networks->len == 0;
}

static GInetAddress *read_address(const char *text)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(text);
    if (address == NULL || g_inet_address_get_family(address) != G_SOCKET_FAMILY_IPV6)
        return g_steal_pointer(&address);
    const guint8 *octets = g_inet_address_to_bytes(address);
    if (memcmp(octets, mapped_prefix, sizeof mapped_prefix) != 0)
        return g_steal_pointer(&address);
    return g_inet_address_new_from_bytes(octets + sizeof mapped_prefix, G_SOCKET_FAMILY_IPV4);
}

gboolean network_list_has(const NetworkList *list, const char *address)
{
    if (network_list_is_empty(list) || address == NULL)
        return FALSE;
    g_autoptr(GInetAddress) number = read_address(address);
    for (guint i = 0; number != NULL && i < list->networks->len; i++) {
        if (g_inet_address_mask_matches(g_ptr_array_index(list->networks, i), number))
            return TRUE;
    }
    return FALSE;
}

char *network_list_to_text(const NetworkList *list)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < list->networks->len; i++) {
        g_autofree char *network =
            g_inet_address_mask_to_string(g_ptr_array_index(list->networks, i));
        g_string_append_printf(text, "%s%s", i == 0 ? "" : ", ", network);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
