/* SPDX-License-Identifier: BSD-2-Clause
 *
 * chart: figures of a report drawn as SVG within the page.
 *
 * Positions are per cent of the drawing, so that it is as wide as its place and its letters stay as
 * large as all others. Colours and letters are the style's, by class; nothing carries a style of
 * its own, which the page's policy forbids. Each figure stands in a table beside the chart, too.
 */
#ifndef CALMEND_CHART_H
#define CALMEND_CHART_H

#include <json-glib/json-glib.h>

/* Defects by month, or by year where the months are too many to be seen, as columns. Nothing where
 * no month is known. */
void chart_append_months(GString *out, JsonObject *report);

/* The share of broken mail by producer as bars, or the defects where the share is not known. */
void chart_append_producers(GString *out, JsonObject *report);

#endif
