/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stuck: has libmilter forgotten a connection?
 *
 * libmilter may promise two connections to one idle worker. Where that worker then waits in the
 * middle of a packet, the second connection is not read until any other connection does something.
 * It shows as octets that nobody reads from one look to the next. Where the system does not tell
 * which descriptors are open, nothing is ever stuck.
 */
#ifndef CALMEND_STUCK_H
#define CALMEND_STUCK_H

#include <glib.h>

/* What the look before has seen. Zero-initialized: there was none. */
typedef struct {
    int descriptor; /* of a socket with octets to read */
    int octets;     /* 0: there was none */
} StuckLook;

/* Looks at the sockets of this process, and remembers one that waits to be read. TRUE when the one
 * of the look before still waits, with the same octets. */
gboolean stuck_look(StuckLook *look);

#endif
