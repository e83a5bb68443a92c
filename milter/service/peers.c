/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/peers.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>

#define LOOPBACK "127.0.0.0/8, ::1"

static NetworkList *loopback;

static void read_loopback(void)
{
    loopback = network_list_parse(LOOPBACK, NULL);
}

static gboolean is_loopback(const char *host)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_loopback);
    return network_list_has(loopback, host);
}

/* FALSE when it is no address of IPv4 or IPv6. */
static gboolean write_host(const struct sockaddr_storage *address, char host[INET6_ADDRSTRLEN])
{
    const void *number = NULL;
    if (address->ss_family == AF_INET)
        number = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    else if (address->ss_family == AF_INET6)
        number = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    return number != NULL && inet_ntop(address->ss_family, number, host, INET6_ADDRSTRLEN) != NULL;
}

gboolean peers_suffice(const Address *address, const Settings *settings, GError **error)
{
    char host[INET6_ADDRSTRLEN];
    if (!write_host(&address->socket, host) || is_loopback(host) ||
        !network_list_is_empty(settings->peers))
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "socket \"%s\": other hosts can reach it: name those that may connect as peers in "
                "[%s%s], such as peers=192.0.2.10, or listen at a unix socket or at 127.0.0.1",
                address->spec, settings->name == NULL ? "service" : "listener ",
                settings->name == NULL ? "" : settings->name);
    return FALSE;
}

gboolean peers_allow(const Settings *settings, int connection, char peer[INET6_ADDRSTRLEN])
{
    struct sockaddr_storage own;
    struct sockaddr_storage other;
    socklen_t own_size = sizeof own;
    socklen_t other_size = sizeof other;
    char host[INET6_ADDRSTRLEN];
    g_strlcpy(peer, "unknown", INET6_ADDRSTRLEN);
    if (getsockname(connection, (struct sockaddr *)(void *)&own, &own_size) != 0)
        return FALSE;
    if (own.ss_family == AF_UNIX)
        return TRUE;
    if (getpeername(connection, (struct sockaddr *)(void *)&other, &other_size) != 0 ||
        !write_host(&own, host) || !write_host(&other, peer))
        return FALSE;
    return strcmp(host, peer) == 0 || is_loopback(peer) || network_list_has(settings->peers, peer);
}
