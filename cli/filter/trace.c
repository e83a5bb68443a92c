/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trace: see trace.h.
 */
#include "cli/filter/trace.h"

#include "cli/filter/counts_file.h"
#include "common/transit/log.h"

void trace_open(const Settings *settings)
{
    static gboolean is_open;
    if (is_open)
        return;
    is_open = TRUE;
    log_open("calmend-filter", settings, LOG_STREAMS_NONE);
    log_begin();
}

static void add_counts(const Settings *settings)
{
    g_autofree char *text = metrics_to_text(METRICS_OF_FILTER);
    g_autoptr(GError) error = NULL;
    if (counts_file_add(settings->metrics_filter_textfile, text, &error))
        return;
    trace_open(settings);
    g_autoptr(Event) event =
        event_new(EVENT_METRICS, "The metrics cannot be written: %s", error->message);
    log_service_event(event);
}

void trace_finish(const Settings *settings, Outcome outcome)
{
    metrics_count_outcome(outcome);
    if (settings->metrics_filter_textfile != NULL)
        add_counts(settings);
    log_flush();
}
