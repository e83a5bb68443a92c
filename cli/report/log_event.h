/* SPDX-License-Identifier: BSD-2-Clause
 *
 * log_event: an event about a message, read back from the line that calmend-milter wrote.
 *
 * Four forms: the text of event_text.h and the JSON of event_json.h, either by itself or behind the
 * stamp of syslog, and an entry of the journal as `journalctl -o json` prints it. A log holds lines
 * of anybody, so a line that is none of these is no fault, and what a line says is believed as far
 * as it counts something: no rule is taken that calmend does not have.
 */
#ifndef CALMEND_LOG_EVENT_H
#define CALMEND_LOG_EVENT_H

#include "cli/report/report_mail.h"
#include "common/event_catalogue.h"

/* A rule that an event names. */
typedef struct {
    const Rule *rule;
    guint count;
    Reason reason; /* REASON_NONE where the event does not say one */
} LogRule;

/* Strings are owned, and NULL where they are not known. */
typedef struct {
    EventId id;
    gint64 time; /* REPORT_NO_TIME: the line does not say it */
    char *queue_id;
    char *computer;
    char *user;
    char *message_id;
    char *method;
    char *producer;
    GArray *rules; /* LogRule */
} LogEvent;

/* Reads a line without its line end. NULL where it is no event about a message. `now` tells which
 * year a stamp without one is of. Owned by the caller, log_event_free. */
LogEvent *log_event_read(const char *line, gint64 now);
void log_event_free(LogEvent *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogEvent, log_event_free)

#endif
