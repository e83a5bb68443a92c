/* SPDX-License-Identifier: BSD-2-Clause
 *
 * log: the one place where events leave the process.
 *
 * Each event is one line, to syslog, to stderr in the foreground too, as text or JSON as the
 * settings say; or to standard output alone, where the settings say so. Where syslog is systemd's
 * journal, the event goes there with its fields (journal), and not to stderr once more where that
 * is the journal, too. Mail does not wait for a log that nobody reads: syslog and standard output
 * have a thread of their own, and what waits for it above a bound is lost, as is a line that stderr
 * does not take at once. Safe to call from any thread after log_open.
 */
#ifndef CALMEND_LOG_H
#define CALMEND_LOG_H

#include "common/event.h"
#include "common/settings.h"

/* Which standard streams are the log's, beside syslog. */
typedef enum {
    LOG_STREAMS_NONE,   /* standard output is for mail, whatever the settings say */
    LOG_STREAMS_OUTPUT, /* standard output, where the settings say so */
    LOG_STREAMS_BOTH,   /* else stderr, too */
} LogStreams;

/* Opens syslog as `name` (static), or standard output, with the facility and the format of the
 * settings. Once. */
void log_open(const char *name, const Settings *settings, LogStreams streams);

/* Starts the thread that writes lines; until then lines wait. Once, and after the rights are
 * dropped: a thread that is there before would keep what is each thread's own. */
void log_begin(void);

/* From now on the facility and the format of these settings. */
void log_follow(const Settings *settings);

void log_event(const Event *event, const EventContext *context);

/* An event that belongs to no message. */
void log_service_event(const Event *event);

/* A line that is no event: libmilter's own. Any thread, also before log_open. */
void log_line(int priority, const char *text);

/* Waits until all lines are written, for one second at most. Where log_begin could make no thread
 * it writes them itself. */
void log_flush(void);

#endif
