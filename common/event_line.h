/* SPDX-License-Identifier: BSD-2-Clause
 *
 * event_line: what both forms of a line have in common: how long its parts may be.
 *
 * A message can bring long values, and every rule for every reason. A line is written with values
 * of at most EVENT_LONGEST_VALUE octets, and where it is too long then, anew with shorter ones.
 */
#ifndef CALMEND_EVENT_LINE_H
#define CALMEND_EVENT_LINE_H

#include "common/event.h"

#define EVENT_SOURCE           "calmend"
#define EVENT_LONGEST_VALUE    256
#define EVENT_LONGEST_QUEUE_ID 64

/* Writes an event as a line, its values cut at `longest` octets. Owned by the caller, g_free. */
typedef char *(*EventWriter)(const Event *event, const EventContext *context, gsize longest);

/* The line with its values and its list of rules cut until it fits; longer only where no value can
 * be cut any more. Owned by the caller, g_free. */
char *event_line_fit(EventWriter write, const Event *event, const EventContext *context);

/* The rules as texts, such as "stamp-epoch x2", as many as fit beside values of `longest` octets;
 * the last one says how many more there are. Owned by the caller, g_ptr_array_unref. */
GPtrArray *event_line_rules(const GArray *rules, gsize longest);

#endif
