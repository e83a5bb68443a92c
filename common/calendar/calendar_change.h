/* SPDX-License-Identifier: BSD-2-Clause
 *
 * calendar_change: what is to become of a component, as edits and as intents.
 *
 * An edit says which octets change. An intent says the same in the words of RFC 5545, for
 * calendar_guard to hold libical to. The rules collect both, component by component.
 */
#ifndef CALMEND_CALENDAR_CHANGE_H
#define CALMEND_CALENDAR_CHANGE_H

#include "common/calendar/calendar.h"
#include "common/mail/splice.h"

typedef enum {
    INTENT_APPEAR,         /* the property is new */
    INTENT_CHANGE,         /* its value changes */
    INTENT_VANISH,         /* it goes */
    INTENT_LOSE_PARAMETER, /* parameters of that name with an epoch date go */
} IntentKind;

/* What an edit means. Strings are borrowed: from the table, or from the context's strings. */
typedef struct {
    IntentKind kind;
    const char *property;  /* its name */
    const char *value;     /* the value that it must have afterwards, or NULL */
    const char *parameter; /* INTENT_LOSE_PARAMETER */
} Intent;

/* One component that changes: what is edited in it, what that means, and where it stands. The
 * window is its lines from the one before the first edit to the one after the last; all of them
 * when there are components inside. */
typedef struct {
    gsize start;      /* of its BEGIN line */
    gsize begin_next; /* one past its BEGIN line */
    gsize window;
    gsize window_end;
    gsize end_start; /* of its END line */
    gsize end;       /* one past its END line */
    GArray *edits;   /* Edit on the calendar's text, sorted and disjoint */
    GArray *intents; /* Intent */
} ComponentChange;

/* An empty array of ComponentChange that frees its elements. Owned by the caller, g_array_unref. */
GArray *calendar_changes_new(void);

/* Adds the change of a component that has both its lines; `edits` is not empty and gets sorted.
 * Takes references of its own. */
void calendar_changes_add(GArray *changes, const Calendar *calendar, const Component *component,
                          GArray *edits, GArray *intents);

/* The edits of all changes together, sorted and disjoint. Owned by the caller, g_array_unref. */
GArray *calendar_changes_edits(const GArray *changes);

#endif
