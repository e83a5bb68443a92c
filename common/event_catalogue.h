/* SPDX-License-Identifier: BSD-2-Clause
 *
 * event_catalogue: every event that there is, in one table.
 *
 * Code, metrics, the manual and the journal's catalogue read it. A number never changes its
 * meaning: administrators watch for it.
 */
#ifndef CALMEND_EVENT_CATALOGUE_H
#define CALMEND_EVENT_CATALOGUE_H

#include <stddef.h>

typedef enum {
    EVENT_REPAIRED = 327,
    EVENT_WOULD_REPAIR = 328,
    EVENT_NOT_REPAIRABLE = 329,
    EVENT_LEFT = 330,
    EVENT_NOT_TAKEN = 331,
    EVENT_GUARD = 332,
    EVENT_STARTED = 340,
    EVENT_STOPPED = 341,
    EVENT_SWITCH_ON = 342,
    EVENT_SWITCH_OFF = 343,
    EVENT_RELOADED = 344,
    EVENT_NOT_RELOADED = 345,
    EVENT_OVERLOAD = 346,
    EVENT_METRICS = 347,
    EVENT_SOCKET_GONE = 348,
} EventId;

/* A row of the catalogue. */
typedef struct {
    EventId id;
    const char *type;       /* Information, Warning, Error */
    const char *category;   /* Calendar Repair, Milter, Service */
    int priority;           /* of syslog(3) */
    const char *when;       /* for the manual and the journal's catalogue */
    const char *advice;     /* what an administrator does about it; the same */
    const char *journal_id; /* MESSAGE_ID in the journal: 32 hexadecimal digits, never changed */
} EventKind;

/* The whole catalogue, sorted by id. Static. */
const EventKind *event_catalogue(size_t *count);

/* The row of an id, never NULL. */
const EventKind *event_kind(EventId id);

#endif
