/* SPDX-License-Identifier: BSD-2-Clause
 *
 * report_text: a report for a terminal.
 *
 * Written from the JSON alone. Lines are as wide as the terminal, 80 where there is none, and never
 * wider but for names of files and Message-IDs, which must be whole to be of use. All of it is
 * escaped.
 */
#ifndef CALMEND_REPORT_TEXT_H
#define CALMEND_REPORT_TEXT_H

#include <json-glib/json-glib.h>

/* How many columns standard output has: those of its terminal, else 80; at least 60. */
guint report_text_width(void);

/* The report as text. Owned by the caller, g_free. */
char *report_text(JsonObject *report, guint width);

#endif
