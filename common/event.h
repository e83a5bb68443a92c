/* SPDX-License-Identifier: BSD-2-Clause
 *
 * event: what an administrator reads, in the order of fields of a Windows event.
 *
 * The catalogue is one table. An event is made from a plan or from a text, and written as one line,
 * text or JSON, of at most EVENT_LINE_MAX octets. Whatever comes from a message is escaped, so that
 * no message can forge a line, and shortened, so that none can push the rest out.
 */
#ifndef CALMEND_EVENT_H
#define CALMEND_EVENT_H

#include "common/repair.h"

#define EVENT_LINE_MAX 1000

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
const EventKind *event_catalogue(gsize *count);

/* The row of an id, never NULL. */
const EventKind *event_kind(EventId id);

/* Where an event happened. Any may be NULL. Borrowed. */
typedef struct {
    const char *queue_id;   /* macro i; written as "-" where there is none */
    const char *user;       /* envelope sender */
    const char *computer;   /* macro j */
    const char *message_id; /* of the Message-ID field */
} EventContext;

/* How often one rule was found with one outcome. */
typedef struct {
    const Rule *rule;
    Reason reason;
    guint count;
} EventRule;

/* One event. A plan's strings are copied. */
typedef struct {
    const EventKind *kind;
    char *text;    /* what happened, in a clause */
    GArray *rules; /* EventRule; empty but for the events of a plan */
    char *parts; /* their section numbers, separated by blanks; "" where they stand in the header */
    char *method; /* of the first finding that has one; NULL where none has */
    char *uid;
    char *producer;
    char *detail; /* what is odd: why a stream is malformed, which limit it is over */
} Event;

Event *event_new(EventId id, const char *format, ...) G_GNUC_PRINTF(2, 3);
void event_free(Event *event);

/* The events of a plan: at most one per id. With `applied` the repairs are 327, else 328. Owned by
 * the caller, g_ptr_array_unref. Elements are Event. */
GPtrArray *events_of_plan(const Plan *plan, gboolean applied);

/* One line without its line end. Owned by the caller, g_free. */
char *event_to_text(const Event *event, const EventContext *context);
char *event_to_json(const Event *event, const EventContext *context);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Event, event_free)

#endif
