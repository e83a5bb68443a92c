/* SPDX-License-Identifier: BSD-2-Clause
 *
 * listen: a socket to listen at, opened with care.
 *
 * libmilter would remove whatever stands at the path, through symbolic links, take the mode of a
 * unix socket from the umask, and leave TCP to Nagle's algorithm. So a socket that a former process
 * left is removed here, and only that; mode and group are set before anybody else can connect; and
 * TCP connections get TCP_NODELAY. What fails is said in full: libmilter says it to syslog only.
 */
#ifndef CALMEND_LISTEN_H
#define CALMEND_LISTEN_H

#include "common/settings.h"

typedef struct Listener Listener;

/* Hands libmilter, which must have its callbacks already, the socket that a service manager has
 * opened as `descriptor`. NULL and an error (G_FILE_ERROR) when it is none, when it was removed,
 * when other hosts can reach it and the settings name no peers, or when this libmilter takes none:
 * not every one knows the form fd:NUMBER. Owned by the caller, listen_close. */
Listener *listen_take(int descriptor, const Settings *settings, GError **error);

typedef enum {
    LISTEN_FIRST,   /* by libmilter, which must have its callbacks already */
    LISTEN_FURTHER, /* beside the first one */
} ListenRank;

/* Opens the socket `spec` of the settings, which may be those of a listener. NULL and an error
 * (G_FILE_ERROR) that names the socket when it cannot be used. Not for several threads: it sets the
 * umask for a moment. Owned by the caller, listen_close. */
Listener *listen_open(const char *spec, ListenRank rank, const Settings *settings, GError **error);

/* The name of the section [listener NAME] whose socket it is; NULL for [service]. Borrowed. */
const char *listen_name(const Listener *listener);

/* The descriptor that listens. */
int listen_descriptor(const Listener *listener);

/* Removes the unix socket from its folder, if it was made here and is still this one. Takes NULL.
 */
void listen_close(Listener *listener);

/* TRUE when nothing stands any more where the unix socket was: no MTA finds it there. */
gboolean listen_is_gone(const Listener *listener);

/* Connects to the socket a few times and hangs up at once, which makes libmilter look for
 * connections that it has forgotten (stuck). */
void listen_nudge(const Listener *listener);

/* The address as it was set; of a socket that was passed in that form, hosts as numbers.
 * Borrowed. */
const char *listen_spec(const Listener *listener);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listener, listen_close)

#endif
