/* SPDX-License-Identifier: BSD-2-Clause
 *
 * connections: which connections of MTAs have a place.
 *
 * There are as many places as max-sessions says and the descriptors of the process allow. A
 * connection without one stays, and asks again with each message; until it has one its messages are
 * put off, so that nothing is lost, whatever the MTA does with a milter that hangs up. Safe to call
 * from any thread.
 */
#ifndef CALMEND_CONNECTIONS_H
#define CALMEND_CONNECTIONS_H

#include "common/settings.h"

/* A place for a connection. FALSE: all are taken. */
gboolean connections_enter(const Settings *settings);

/* Gives a place back. */
void connections_leave(void);

/* Places that are taken. */
guint connections_open(void);

/* Reports, as event 346, settings that ask for more places than there are descriptors. */
void connections_check(const Settings *settings);

#endif
