/* SPDX-License-Identifier: BSD-2-Clause
 *
 * metrics: what the process counts for Prometheus.
 *
 * One table names the metrics; a metric has a fixed number of series, which the tables of rules,
 * events, reasons and producers bound, so that no message can make a new one. Every series is there
 * from the start with its first value. Safe to call from any thread; numbers are read one by one,
 * so that a reader may see a message in one metric and not yet in another.
 */
#ifndef CALMEND_METRICS_H
#define CALMEND_METRICS_H

#include "common/event.h"

/* What became of a message. Each message ends with exactly one: the first that holds in the order
 * deferred, failed, repaired, would repair, left. */
typedef enum {
    OUTCOME_HEADER_ONLY,  /* its header says that no calendar can follow */
    OUTCOME_NO_CALENDAR,  /* its body holds no calendar or TNEF part */
    OUTCOME_CLEAN,        /* examined, without a finding */
    OUTCOME_REPAIRED,     /* changed */
    OUTCOME_WOULD_REPAIR, /* not changed, since the switch is off */
    OUTCOME_LEFT,         /* with a defect that was reported and left */
    OUTCOME_UNREAD,       /* above limits.message-bytes, or it waited for its turn in vain */
    OUTCOME_FAILED,       /* a repair of it failed, or the guard refused one; it went on */
    OUTCOME_DEFERRED,     /* failed for now, half edited */
    OUTCOME_ABORTED,      /* the MTA gave it up on the way */
    OUTCOME_EXEMPT,       /* not read, since the settings exempt it */
    OUTCOME_PUT_OFF,      /* refused for now before it began: a stop, or max-sessions */
    OUTCOMES
} Outcome;

/* Metrics of one series that are counted up, or set. */
typedef enum {
    METRIC_BUILD_INFO,
    METRIC_UP,
    METRIC_START_TIME,
    METRIC_SETTINGS_GENERATION,
    METRIC_SWITCH_ENABLED,
    METRIC_SWITCH_REFUSED,
    METRIC_CONNECTIONS,
    METRIC_CONNECTIONS_TOTAL,
    METRIC_MESSAGES_OPEN,
    METRIC_MESSAGES,
    METRIC_BODY_BYTES,
    METRIC_PLAN_SECONDS,
    METRIC_FINDINGS,
    METRIC_REPAIRS,
    METRIC_UNREPAIRED,
    METRIC_PRODUCERS,
    METRIC_EVENTS,
    METRIC_LOG_LINES_LOST,
    METRICS
} Metric;

/* A row of the table, for the manual. `labels` is empty where there are none. */
typedef struct {
    const char *name;
    const char *type; /* counter, gauge or histogram */
    const char *labels;
    const char *help;
    gboolean of_filter; /* calmend filter counts it, too */
} MetricInfo;

/* Who counts: the names of the metrics begin with calmend_, or calmend_filter_, so that a host may
 * have both. */
typedef enum {
    METRICS_OF_MILTER,
    METRICS_OF_FILTER,
} MetricsProgram;

/* The row of a metric. Static. `metric` < METRICS. */
MetricInfo metrics_info(Metric metric);

/* Adds to a metric without labels, or sets it. */
void metrics_add(Metric metric, gint64 amount);
void metrics_set(Metric metric, gint64 value);

void metrics_count_outcome(Outcome outcome);
void metrics_count_event(const EventKind *kind);

/* Sets a metric of a switch. */
void metrics_set_switch(Metric metric, RuleSwitch which, gboolean value);

/* Counts each finding of a plan: once as a finding, and once as a repair or as unrepaired. `taken`:
 * the MTA has taken the edits of the plan. */
void metrics_count_plan(const Plan *plan, gboolean taken);

/* Counts the time in which a plan was made. */
void metrics_time_plan(gint64 microseconds);

/* How many messages had that outcome, and how many plans were made. */
gint64 metrics_messages(Outcome outcome);
gint64 metrics_plans(void);

/* All metrics of a program in the text format of Prometheus, version 0.0.4. Owned by the caller,
 * g_free. */
char *metrics_to_text(MetricsProgram program);

#endif
