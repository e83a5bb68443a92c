/* SPDX-License-Identifier: BSD-2-Clause
 *
 * report_model: a report as JSON, from which its text and its page are written.
 *
 * One object: members of its own, and arrays of flat objects, each of which is a table.
 * calmend-report(1) documents it. A member is only ever added; where one would change its meaning,
 * REPORT_VERSION goes up. Strings are UTF-8 and as hostile as the mail that they came from: who
 * shows them escapes them.
 */
#ifndef CALMEND_REPORT_MODEL_H
#define CALMEND_REPORT_MODEL_H

#include "cli/report/tally.h"

#include <json-glib/json-glib.h>

#define REPORT_FORMAT  "calmend-report"
#define REPORT_VERSION 1

typedef struct {
    gint64 now;
    gint64 since; /* REPORT_NO_TIME: not asked for */
    guint top;    /* so many producers and domains; the rest is one row */
    gboolean addresses;
} ReportOptions;

/* The report. Owned by the caller, json_node_unref. */
JsonNode *report_model(Tally *tally, const ReportOptions *options);

#endif
