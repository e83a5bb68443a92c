/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/watch/metrics_file.h"

#include "common/transit/log.h"
#include "common/transit/metrics.h"
#include "common/transit/replaced_file.h"
#include "milter/watch/gauges.h"

#include <errno.h>

static gint64 next; /* when it is written again, on the monotonic clock */
static gboolean failing;

static void report_failure(const Settings *settings, int number)
{
    const EventContext context = {.computer = settings->policy.host};
    g_autoptr(Event) event = event_new(EVENT_METRICS, "The metrics cannot be written to %s: %s",
                                       settings->metrics_textfile, g_strerror(number));
    log_event(event, &context);
}

static void write_metrics(gboolean running)
{
    g_autoptr(Daemon) daemon = daemon_take();
    const Settings *settings = daemon->settings;
    if (settings->metrics_textfile == NULL)
        return;
    gauges_set(daemon, running);
    g_autofree char *text = metrics_to_text(METRICS_OF_MILTER);
    gboolean written = replaced_file_write(settings->metrics_textfile, text);
    if (!written && !failing)
        report_failure(settings, errno);
    failing = !written;
    next = g_get_monotonic_time() + settings->metrics_interval * G_USEC_PER_SEC;
}

void metrics_file_open(void)
{
    metrics_set(METRIC_BUILD_INFO, 1);
    metrics_set(METRIC_START_TIME, g_get_real_time() / G_USEC_PER_SEC);
    write_metrics(TRUE);
}

void metrics_file_tick(void)
{
    if (g_get_monotonic_time() >= next)
        write_metrics(TRUE);
}

void metrics_file_close(void)
{
    write_metrics(FALSE);
}
