/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_socket: see milter_socket.h. The name is split once into family, host and port, or path;
 * each address of a host is tried in turn.
 */
#include "cli/milter/milter_socket.h"

#include "cli/milter/milter_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct {
    int family; /* AF_UNIX, AF_INET, AF_INET6, AF_UNSPEC */
    char *host; /* or the path; NULL: loopback */
    char *port;
} SocketName;

/* How a name begins, and what follows. */
static const struct {
    const char *prefix;
    int family;
} SCHEMES[] = {
    {"unix:", AF_UNIX},
    {"local:", AF_UNIX},
    {"inet:", AF_INET},
    {"inet6:", AF_INET6},
};

static void socket_name_clear(SocketName *name)
{
    g_clear_pointer(&name->host, g_free);
    g_clear_pointer(&name->port, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SocketName, socket_name_clear)

static gboolean port_is_valid(const char *port)
{
    return g_ascii_string_to_unsigned(port, 10, 1, G_MAXUINT16, NULL, NULL);
}

/* PORT, PORT@HOST, or HOST:PORT. */
static void split_host(const char *rest, SocketName *name)
{
    const char *at = strchr(rest, '@');
    const char *colon = strrchr(rest, ':');
    if (at != NULL) {
        name->port = g_strndup(rest, (gsize)(at - rest));
        name->host = g_strdup(at + 1);
    } else if (colon != NULL) {
        name->host = g_strndup(rest, (gsize)(colon - rest));
        name->port = g_strdup(colon + 1);
    } else {
        name->port = g_strdup(rest);
    }
    gsize size = name->host == NULL ? 0 : strlen(name->host);
    if (size > 2 && name->host[0] == '[' && name->host[size - 1] == ']') {
        name->host[size - 1] = '\0';
        memmove(name->host, name->host + 1, size - 1);
        name->family = AF_UNSPEC;
    }
}

static gboolean parse_name(const char *text, SocketName *name, GError **error)
{
    const char *rest = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(SCHEMES) && rest == NULL; i++) {
        if (!g_str_has_prefix(text, SCHEMES[i].prefix))
            continue;
        rest = text + strlen(SCHEMES[i].prefix);
        name->family = SCHEMES[i].family;
    }
    if (rest == NULL && text[0] == '/') {
        rest = text;
        name->family = AF_UNIX;
    }
    if (rest != NULL && name->family == AF_UNIX && rest[0] != '\0') {
        name->host = g_strdup(rest);
        return TRUE;
    }
    if (rest != NULL && name->family != AF_UNIX)
        split_host(rest, name);
    if (name->port != NULL && port_is_valid(name->port) &&
        (name->host == NULL || name->host[0] != '\0'))
        return TRUE;
    g_set_error(error, MILTER_CLIENT_ERROR, MILTER_CLIENT_ERROR_SOCKET,
                "not the name of a socket; write unix:PATH, inet:PORT@HOST or inet6:PORT@HOST");
    return FALSE;
}

/* A connected socket, or -1 with the reason in `problem`. SO_SNDTIMEO bounds connect too, also
 * where the queue of a unix socket is full. */
static int connect_address(const struct sockaddr *address, socklen_t size, double timeout,
                           int *problem)
{
    struct timeval limit = {.tv_sec = (time_t)timeout,
                            .tv_usec = (suseconds_t)((timeout - (double)(time_t)timeout) * 1e6)};
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        *problem = errno;
        return -1;
    }
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
        connect(fd, address, size) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
        return fd;
    *problem = errno == EAGAIN || errno == EINPROGRESS ? ETIMEDOUT : errno;
    close(fd);
    return -1;
}

static int connect_failed(int problem, GError **error)
{
    int code = problem == ETIMEDOUT ? MILTER_CLIENT_ERROR_TIMEOUT : MILTER_CLIENT_ERROR_CONNECT;
    g_set_error(error, MILTER_CLIENT_ERROR, code, "cannot connect: %s", g_strerror(problem));
    return -1;
}

static int connect_unix(const char *path, double timeout, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int problem;
    if (strlen(path) >= sizeof address.sun_path)
        return connect_failed(ENAMETOOLONG, error);
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = connect_address((struct sockaddr *)&address, sizeof address, timeout, &problem);
    return fd < 0 ? connect_failed(problem, error) : fd;
}

/* 0 and the addresses, or the error of getaddrinfo. */
static int resolve(const SocketName *name, struct addrinfo **list)
{
    struct addrinfo hints = {.ai_family = name->family, .ai_socktype = SOCK_STREAM};
    return getaddrinfo(name->host, name->port, &hints, list);
}

static int connect_inet(const SocketName *name, double timeout, GError **error)
{
    struct addrinfo *list = NULL;
    int problem = resolve(name, &list);
    if (problem != 0) {
        g_set_error(error, MILTER_CLIENT_ERROR, MILTER_CLIENT_ERROR_CONNECT,
                    "cannot find the host %s: %s", name->host, gai_strerror(problem));
        return -1;
    }
    int fd = -1;
    for (struct addrinfo *each = list; each != NULL && fd < 0; each = each->ai_next)
        fd = connect_address(each->ai_addr, each->ai_addrlen, timeout, &problem);
    freeaddrinfo(list);
    if (fd < 0)
        return connect_failed(problem, error);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

int milter_socket_connect(const char *name, double timeout, GError **error)
{
    g_auto(SocketName) split = {.family = AF_UNSPEC};
    if (!parse_name(name, &split, error))
        return -1;
    if (split.family == AF_UNIX)
        return connect_unix(split.host, timeout, error);
    return connect_inet(&split, timeout, error);
}

static gboolean is_same_path(const char *path, const char *other)
{
    g_autofree char *one = g_canonicalize_filename(path, "/");
    g_autofree char *two = g_canonicalize_filename(other, "/");
    return strcmp(one, two) == 0;
}

/* Whether who listens at the address has all of this host: those of IPv6 take IPv4, too. */
static gboolean takes_all(const struct addrinfo *listening, int family)
{
    const struct sockaddr_in *inet = (const void *)listening->ai_addr;
    const struct sockaddr_in6 *inet6 = (const void *)listening->ai_addr;
    if (listening->ai_family == AF_INET6)
        return IN6_IS_ADDR_UNSPECIFIED(&inet6->sin6_addr);
    return family == AF_INET && inet->sin_addr.s_addr == htonl(INADDR_ANY);
}

static gboolean is_same_address(const struct addrinfo *address, const struct addrinfo *listening)
{
    return takes_all(listening, address->ai_family) ||
           (address->ai_addrlen == listening->ai_addrlen &&
            memcmp(address->ai_addr, listening->ai_addr, address->ai_addrlen) == 0);
}

/* Whether one of the addresses is one of those that are listened at. */
static gboolean have_same(const struct addrinfo *list, const struct addrinfo *listened)
{
    for (; list != NULL; list = list->ai_next) {
        for (const struct addrinfo *each = listened; each != NULL; each = each->ai_next) {
            if (is_same_address(list, each))
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_same_inet(const SocketName *name, const SocketName *listened)
{
    struct addrinfo *list = NULL;
    struct addrinfo *other = NULL;
    gboolean same = strcmp(name->port, listened->port) == 0 && resolve(name, &list) == 0 &&
                    resolve(listened, &other) == 0 && have_same(list, other);
    g_clear_pointer(&list, freeaddrinfo);
    g_clear_pointer(&other, freeaddrinfo);
    return same;
}

gboolean milter_socket_is_at(const char *name, const char *listened)
{
    g_auto(SocketName) one = {.family = AF_UNSPEC};
    g_auto(SocketName) two = {.family = AF_UNSPEC};
    if (!parse_name(name, &one, NULL) || !parse_name(listened, &two, NULL) ||
        (one.family == AF_UNIX) != (two.family == AF_UNIX))
        return FALSE;
    return one.family == AF_UNIX ? is_same_path(one.host, two.host) : is_same_inet(&one, &two);
}
