/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/watch/gauges.h"

#include "common/transit/metrics.h"
#include "milter/service/gate.h"

void gauges_set(const Daemon *daemon, gboolean running)
{
    guint on = daemon_switches_on(daemon, NULL);
    for (guint which = SWITCH_NONE + 1; which < SWITCHES; which++) {
        g_autofree char *problem = repair_switch_problem(daemon->switches[0].of[which]);
        metrics_set_switch(METRIC_SWITCH_ENABLED, which, (on & 1U << which) != 0);
        metrics_set_switch(METRIC_SWITCH_REFUSED, which, problem != NULL);
    }
    metrics_set(METRIC_MESSAGES_OPEN, gate_inside());
    metrics_set(METRIC_SETTINGS_GENERATION, daemon->generation - 1);
    metrics_set(METRIC_UP, running);
}
