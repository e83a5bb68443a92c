/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

static const struct {
    const char *prefix;
    int family;
} families[] = {
    {"unix:", AF_UNIX},
    {"local:", AF_UNIX},
    {"inet:", AF_INET},
    {"inet6:", AF_INET6},
};

static gboolean fail(GError **error, const char *text, const char *why)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "socket \"%s\": %s", text, why);
    return FALSE;
}

static gboolean read_path(Address *address, const char *text, const char *path, GError **error)
{
    struct sockaddr_un *name = (struct sockaddr_un *)(void *)&address->socket;
    gsize size = strlen(path);
    if (path[0] != '/' || path[size - 1] == '/')
        return fail(error, text, "the path of a unix socket starts with / and ends in a file name");
    if (size >= sizeof name->sun_path)
        return fail(error, text, "the path is too long for a unix socket");

    name->sun_family = AF_UNIX;
    memcpy(name->sun_path, path, size + 1);
    address->size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + 1);
    address->path = g_strdup(path);
    address->spec = g_strconcat("unix:", path, NULL);
    return TRUE;
}

/* The part of "PORT@HOST" or "PORT@[HOST]" that names the host. NULL: there is none. */
static char *dup_host(const char *at)
{
    gsize size = at == NULL ? 0 : strlen(at + 1);
    if (size > 2 && at[1] == '[' && at[size] == ']')
        return g_strndup(at + 2, size - 2);
    return size == 0 ? NULL : g_strdup(at + 1);
}

/* Writes the specification of the TCP socket that is in `address` already. */
static gboolean write_tcp_spec(Address *address)
{
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    if (getnameinfo(address_socket(address), address->size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return FALSE;
    gboolean is_inet = address->socket.ss_family == AF_INET;
    address->spec = g_strdup_printf("%s:%s@[%s]", is_inet ? "inet" : "inet6", port, host);
    return TRUE;
}

static gboolean resolve(Address *address, int family, const char *host, const char *port)
{
    const struct addrinfo hints = {
        .ai_family = family,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_NUMERICSERV,
    };
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return FALSE;

    memcpy(&address->socket, found->ai_addr, found->ai_addrlen);
    address->size = found->ai_addrlen;
    freeaddrinfo(found);
    return write_tcp_spec(address);
}

static gboolean read_host_and_port(Address *address, int family, const char *text, const char *rest,
                                   GError **error)
{
    const char *at = strchr(rest, '@');
    g_autofree char *host = dup_host(at);
    if (host == NULL)
        return fail(error, text, "PORT@HOST is needed, such as inet:8891@127.0.0.1");

    g_autofree char *port = g_strndup(rest, (gsize)(at - rest));
    guint64 number = 0;
    if (!g_ascii_string_to_unsigned(port, 10, 1, G_MAXUINT16, &number, NULL))
        return fail(error, text, "the port is a number from 1 to 65535");
    if (!resolve(address, family, host, port))
        return fail(error, text, "the host is no address or name of this kind of socket");
    return TRUE;
}

static gboolean read_address(Address *address, const char *text, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        if (!g_str_has_prefix(text, families[i].prefix))
            continue;
        const char *rest = text + strlen(families[i].prefix);
        if (families[i].family == AF_UNIX)
            return read_path(address, text, rest, error);
        return read_host_and_port(address, families[i].family, text, rest, error);
    }
    return fail(error, text, "it starts with unix:, local:, inet: or inet6:");
}

Address *address_parse(const char *text, GError **error)
{
    g_autoptr(Address) address = g_new0(Address, 1);
    if (!read_address(address, text, error))
        return NULL;
    return g_steal_pointer(&address);
}

char **address_split(const char *text)
{
    char **specs = g_strsplit(text, ",", -1);
    for (char **spec = specs; *spec != NULL; spec++)
        g_strstrip(*spec);
    return specs;
}

static gboolean is_listener(int descriptor)
{
    int listens = 0;
    int type = 0;
    socklen_t size = sizeof listens;
    socklen_t type_size = sizeof type;
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens &&
           getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 &&
           type == SOCK_STREAM;
}

/* Fills in what follows from the socket address. */
static gboolean describe(Address *address)
{
    const struct sockaddr_un *name = (const struct sockaddr_un *)(void *)&address->socket;
    if (address->socket.ss_family != AF_UNIX)
        return write_tcp_spec(address);
    address->path = g_strndup(name->sun_path, sizeof name->sun_path);
    address->spec = g_strconcat("unix:", address->path, NULL);
    return TRUE;
}

Address *address_of_listener(int descriptor, GError **error)
{
    g_autoptr(Address) address = g_new0(Address, 1);
    address->size = sizeof address->socket;
    if (is_listener(descriptor) &&
        getsockname(descriptor, (struct sockaddr *)(void *)&address->socket, &address->size) == 0 &&
        describe(address))
        return g_steal_pointer(&address);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "what the service manager passes as descriptor %d is no stream socket that listens",
                descriptor);
    return NULL;
}

void address_free(Address *address)
{
    if (address == NULL)
        return;
    g_free(address->spec);
    g_free(address->path);
    g_free(address);
}

const struct sockaddr *address_socket(const Address *address)
{
    return (const struct sockaddr *)(const void *)&address->socket;
}
