/* SPDX-License-Identifier: BSD-2-Clause
 *
 * accept_shield: keeps libmilter's listener from running out of descriptors, and from strangers.
 *
 * When accept(2) fails for want of one, libmilter asks again at once, and takes a whole processor
 * until one is free. So this program has an accept of its own, which libmilter finds before that of
 * the C library. A connection for which there would be no spool file is closed at once: the lowest
 * free number is given to each descriptor, so that its number tells how many there are. The MTA
 * then does as it was told for a milter that does not answer. Where accept still fails, it waits a
 * little. A connection of a host that may not connect (peers) is closed before anything is read
 * from it. Where there are several sockets, the connection is of the one that has one (front), and
 * which one that was is kept (origin).
 * Where this accept is not found, the process behaves as libmilter does. Nothing else in this
 * process calls accept.
 */
#include "milter/service/daemon.h"
#include "milter/service/front.h"
#include "milter/service/origin.h"
#include "milter/service/overload.h"
#include "milter/service/peers.h"
#include "milter/service/process.h"
#include "milter/service/stuck.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_MICROSECONDS 100000

#ifdef __GLIBC__
#define SOCKET_ADDRESS      __SOCKADDR_ARG
#define POINTER_OF(address) ((address).__sockaddr__)
#else
#define SOCKET_ADDRESS      struct sockaddr *
#define POINTER_OF(address) (address)
#endif

/* Descriptors that are neither a connection nor a spool file. */
#define SPARE_DESCRIPTORS 32

static int wait_for_descriptors(void)
{
    int number = errno;
    if (number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM) {
        overload_report(OVERLOAD_DESCRIPTORS, NULL);
        usleep(WAIT_MICROSECONDS);
    }
    errno = number;
    return -1;
}

/* libmilter asks for the next one at once. */
static int turn_away(int connection, Overload reason, const char *who)
{
    close(connection);
    overload_report(reason, who);
    errno = ECONNABORTED;
    return -1;
}

int accept(int listener, SOCKET_ADDRESS address, socklen_t *size)
{
    char peer[INET6_ADDRSTRLEN];
    int ready = front_choose(listener);
    int connection = ready < 0 ? -1 : accept4(ready, address, size, SOCK_CLOEXEC);
    front_name(listener, POINTER_OF(address));
    if (connection < 0)
        return wait_for_descriptors();
    g_autoptr(Daemon) daemon = daemon_take();
    const Settings *settings = settings_of_listener(daemon->settings, origin_of_socket(ready));
    if (!peers_allow(settings, connection, peer))
        return turn_away(connection, OVERLOAD_PEER, peer);
    if ((guint)connection >= process_sessions_max() + SPARE_DESCRIPTORS)
        return turn_away(connection, OVERLOAD_DESCRIPTORS, NULL);
    origin_accepted(ready, connection);
    stuck_remember(connection);
    return connection;
}
