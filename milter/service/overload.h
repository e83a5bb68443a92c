/* SPDX-License-Identifier: BSD-2-Clause
 *
 * overload: event 346, when a limit of the process is reached, a peer turned away, or an original
 * not kept.
 *
 * Each kind is reported at once, and then for as long as it goes on once a minute, with the number
 * of times since. Safe to call from any thread.
 */
#ifndef CALMEND_OVERLOAD_H
#define CALMEND_OVERLOAD_H

#include "milter/mail/keep.h"

typedef enum {
    OVERLOAD_SESSIONS,    /* a message was put off, for max-sessions */
    OVERLOAD_DESCRIPTORS, /* a connection was not taken, for want of descriptors */
    OVERLOAD_TOO_FEW,     /* max-sessions asks for more descriptors than there are */
    OVERLOAD_SLOTS,       /* a large message waited too long for a processor */
    OVERLOAD_PEER,        /* a connection of a host that is not in peers was closed */
    OVERLOAD_KEEP,        /* an original could not be kept */
    OVERLOADS
} Overload;

/* Opens the folder of originals, and reports where it cannot be. NULL: there is none. */
void overload_check_keep(Keep *keep);

/* A limit was reached once more. `who`, where it is not NULL, is told with it. */
void overload_report(Overload kind, const char *who);

#endif
