/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stuck: has libmilter forgotten a connection?
 *
 * libmilter may promise two connections to one idle worker. Where that worker then waits in the
 * middle of a packet, the second connection is not read until any other connection does something.
 * It shows as octets that nobody reads from one look to the next. Only descriptors that were
 * remembered are looked at: others are not ours to ask about, such as those that were there at the
 * start. Nobody tells when one is closed, so what is no connection any more is forgotten. Safe to
 * call from any thread.
 */
#ifndef CALMEND_STUCK_H
#define CALMEND_STUCK_H

#include <glib.h>

/* What the look before has seen. Zero-initialized: there was none. */
typedef struct {
    int descriptor; /* of a socket with octets to read */
    int octets;     /* 0: there was none */
} StuckLook;

/* A connection was accepted: to be looked at from now on. */
void stuck_remember(int descriptor);

/* Looks at the connections of this process, and remembers one that waits to be read. TRUE when the
 * one of the look before still waits, with the same octets. */
gboolean stuck_look(StuckLook *look);

#endif
