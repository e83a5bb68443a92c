/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/front.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#define NO_NUMBER (-1)

static int number = NO_NUMBER; /* libmilter's, which the set has */
static sa_family_t family;     /* of libmilter's socket */

/* A connection that is gone before it is accepted must not make accept wait for the next. */
static gboolean add_socket(int set, int listener)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = listener}};
    int flags = fcntl(listener, F_GETFL);
    return flags >= 0 && fcntl(listener, F_SETFL, flags | O_NONBLOCK) == 0 &&
           epoll_ctl(set, EPOLL_CTL_ADD, listener, &event) == 0;
}

static gboolean read_family(int listener)
{
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    if (getsockname(listener, (struct sockaddr *)(void *)&own, &size) != 0)
        return FALSE;
    family = own.ss_family;
    return TRUE;
}

gboolean front_open(GArray *sockets)
{
    int listener = g_array_index(sockets, int, 0);
    int set = epoll_create1(EPOLL_CLOEXEC);
    int own = fcntl(listener, F_DUPFD_CLOEXEC, 0);
    gboolean made = set >= 0 && own >= 0 && read_family(own);
    g_array_index(sockets, int, 0) = own;
    for (guint i = 0; made && i < sockets->len; i++)
        made = add_socket(set, g_array_index(sockets, int, i));
    if (made && dup3(set, listener, O_CLOEXEC) >= 0) {
        number = listener;
        close(set);
        return TRUE;
    }
    return FALSE;
}

int front_choose(int listener)
{
    struct epoll_event event;
    if (listener != number)
        return listener;
    int ready = epoll_wait(listener, &event, 1, 0);
    if (ready == 1)
        return event.data.fd;
    if (ready == 0)
        errno = EAGAIN;
    return -1;
}

void front_name(int listener, struct sockaddr *address)
{
    if (listener == number && address != NULL)
        address->sa_family = family;
}
