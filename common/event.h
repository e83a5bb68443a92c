/* SPDX-License-Identifier: BSD-2-Clause
 *
 * event: what an administrator is told, and what he is told of a plan.
 *
 * An event is made from a plan or from a text, and is data: event_text and event_json write it as
 * one line of at most EVENT_LINE_MAX octets.
 */
#ifndef CALMEND_EVENT_H
#define CALMEND_EVENT_H

#include "common/event_catalogue.h"
#include "common/repair.h"

#define EVENT_LINE_MAX 1000

/* Where an event happened. Any may be NULL. Borrowed. */
typedef struct {
    const char *queue_id;   /* macro i; written as "-" where there is none */
    const char *user;       /* envelope sender */
    const char *computer;   /* macro j */
    const char *message_id; /* of the Message-ID field */
    const char *policy;     /* the sections [policy NAME] that held for it */
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

/* The events of a plan: at most one per id. Owned by the caller, g_ptr_array_unref. Elements are
 * Event. */
GPtrArray *events_of_plan(const Plan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Event, event_free)

#endif
