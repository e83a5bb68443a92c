/* SPDX-License-Identifier: BSD-2-Clause
 *
 * event_json: an event as one JSON object on a line.
 *
 * Values from messages are UTF-8 (RFC 8259 8.1), shortened, and hold no character that a terminal
 * or a log would not show as it is (escape_json).
 */
#ifndef CALMEND_EVENT_JSON_H
#define CALMEND_EVENT_JSON_H

#include "common/event.h"

/* One line of at most EVENT_LINE_MAX octets without its line end. Owned by the caller, g_free. */
char *event_to_json(const Event *event, const EventContext *context);

/* A line of `source` that is no event, in the same form: event_source and description. `text` may
 * hold anything. Owned by the caller, g_free. */
char *event_json_of_line(const char *source, const char *text);

#endif
