/* SPDX-License-Identifier: BSD-2-Clause
 *
 * log_report: the messages of which calmend-milter logged something, counted.
 *
 * A message has up to one event of each kind, near each other in the log: those of one queue id on
 * one host are put together. Memory is bounded: so many messages wait for their further events,
 * and a line that is longer than any event is passed over.
 */
#ifndef CALMEND_LOG_REPORT_H
#define CALMEND_LOG_REPORT_H

#include "cli/report/tally.h"

typedef struct {
    Tally *tally;
    gint64 now;
    gint64 since;       /* REPORT_NO_TIME: all of it */
    GQueue waiting;     /* Waiting, oldest first */
    GHashTable *by_key; /* the same */
} LogReport;

void log_report_init(LogReport *report, Tally *tally, gint64 now, gint64 since);

/* Reads a log, - for standard input. FALSE and an error (G_FILE_ERROR), its text without the name,
 * when it cannot be read to its end; what was read is counted. */
gboolean log_report_read(LogReport *report, const char *file, GError **error);

/* Counts what waits, and frees what it holds. */
void log_report_finish(LogReport *report);

#endif
