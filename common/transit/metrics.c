/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/transit/metrics.h"

#include "common/transit/producer.h"

#include <stdatomic.h>
#include <string.h>

/* What the names of the table begin with. */
#define PREFIX "calmend_"

/* More than any metric has. */
#define SERIES_MAX 256

/* Its numbers by metric and series. */
static atomic_int_fast64_t cells[METRICS][SERIES_MAX];

static void add(Metric metric, guint series, gint64 amount)
{
    g_assert(series < SERIES_MAX);
    atomic_fetch_add_explicit(&cells[metric][series], amount, memory_order_relaxed);
}

static gint64 get(Metric metric, guint series)
{
    return atomic_load_explicit(&cells[metric][series], memory_order_relaxed);
}

/* ---- the series of each kind of metric, and their labels ---- */

typedef struct {
    guint (*count)(void);
    void (*label)(GString *out, guint series);
} SeriesKind;

static guint one_series(void)
{
    return 1;
}

static void label_version(GString *out, guint series)
{
    (void)series;
    g_string_append(out, "version=\"" PACKAGE_VERSION "\"");
}

static const char *const outcomes[OUTCOMES] = {
    [OUTCOME_HEADER_ONLY] = "header_only",
    [OUTCOME_NO_CALENDAR] = "no_calendar",
    [OUTCOME_CLEAN] = "clean",
    [OUTCOME_REPAIRED] = "repaired",
    [OUTCOME_WOULD_REPAIR] = "would_repair",
    [OUTCOME_LEFT] = "left",
    [OUTCOME_UNREAD] = "unread",
    [OUTCOME_FAILED] = "failed",
    [OUTCOME_DEFERRED] = "deferred",
    [OUTCOME_ABORTED] = "aborted",
    [OUTCOME_EXEMPT] = "exempt",
    [OUTCOME_PUT_OFF] = "put_off",
};

static guint count_outcomes(void)
{
    return OUTCOMES;
}

static void label_outcome(GString *out, guint series)
{
    g_string_append_printf(out, "outcome=\"%s\"", outcomes[series]);
}

static void label_rule(GString *out, guint series)
{
    const Rule *rule = rules_get(series);
    g_string_append_printf(out, "family=\"%s\",rule=\"%s\"", rule->family, rule->name);
}

static guint count_switches(void)
{
    return SWITCHES - 1;
}

static void label_switch(GString *out, guint series)
{
    g_string_append_printf(out, "switch=\"%s\"", rules_switch_name(series + 1));
}

static guint count_families(void)
{
    guint count;
    rules_families(&count);
    return count;
}

static const char *family_name(guint family)
{
    guint count;
    return rules_families(&count)[family].name;
}

static guint count_producers(void)
{
    return producer_groups() * count_families();
}

static void label_producer(GString *out, guint series)
{
    guint families = count_families();
    g_string_append_printf(out, "family=\"%s\",producer=\"%s\"", family_name(series % families),
                           producer_name(series / families));
}

/* Why a finding was not repaired: the reasons of a plan, and one that it does not know. */
#define UNREPAIRED_NOT_TAKEN 0U

#define UNREPAIRED_REASON(reason) (1U + (guint)(reason)-REASON_LEAVE)

static guint count_unrepaired(void)
{
    return UNREPAIRED_REASON(REASONS);
}

static void label_unrepaired(GString *out, guint series)
{
    const char *reason =
        series == UNREPAIRED_NOT_TAKEN ? "not_taken" : reason_word(REASON_LEAVE + series - 1);
    g_string_append_printf(out, "reason=\"%s\"", reason);
}

static guint count_events(void)
{
    gsize count;
    event_catalogue(&count);
    return (guint)count;
}

static void label_event(GString *out, guint series)
{
    gsize count;
    const EventKind *kind = &event_catalogue(&count)[series];
    g_string_append_printf(out, "event_id=\"%d\",type=\"%s\"", kind->id, kind->type);
}

/* Upper bounds of the histogram's buckets, in microseconds and as written. */
static const struct {
    gint64 microseconds;
    const char *seconds;
} bounds[] = {
    {50, "5e-05"},    {100, "0.0001"},      {250, "0.00025"}, {500, "0.0005"},  {1000, "0.001"},
    {2500, "0.0025"}, {5000, "0.005"},      {10000, "0.01"},  {25000, "0.025"}, {50000, "0.05"},
    {100000, "0.1"},  {250000, "0.25"},     {500000, "0.5"},  {1000000, "1"},   {2500000, "2.5"},
    {10000000, "10"}, {G_MAXINT64, "+Inf"},
};

#define SUM_SERIES G_N_ELEMENTS(bounds)

static const SeriesKind single = {one_series, NULL};
static const SeriesKind by_version = {one_series, label_version};
static const SeriesKind by_outcome = {count_outcomes, label_outcome};
static const SeriesKind by_rule = {rules_count, label_rule};
static const SeriesKind by_switch = {count_switches, label_switch};
static const SeriesKind by_reason = {count_unrepaired, label_unrepaired};
static const SeriesKind by_producer = {count_producers, label_producer};
static const SeriesKind by_event = {count_events, label_event};

/* ---- the table ---- */

typedef struct {
    MetricInfo info;
    const SeriesKind *kind; /* NULL: a histogram */
} Row;

/* clang-format off */
static const Row table[METRICS] = {
    [METRIC_BUILD_INFO] = {{"calmend_build_info", "gauge", "version",
        "Always 1; the label is the version.", FALSE}, &by_version},
    [METRIC_UP] = {{"calmend_up", "gauge", "",
        "1 while the milter runs, 0 after a stop in order.", FALSE}, &single},
    [METRIC_START_TIME] = {{"calmend_start_time_seconds", "gauge", "",
        "When the milter started, in seconds since 1970.", FALSE}, &single},
    [METRIC_SETTINGS_GENERATION] = {{"calmend_settings_generation", "gauge", "",
        "How often the settings were taken anew since the start.", FALSE}, &single},
    [METRIC_SWITCH_ENABLED] = {{"calmend_switch_enabled", "gauge", "switch",
        "1 while the repairs of the switch are on.", FALSE}, &by_switch},
    [METRIC_SWITCH_REFUSED] = {{"calmend_switch_refused", "gauge", "switch",
        "1 while the switch file is there and counts as off because of what it is.", FALSE}, &by_switch},
    [METRIC_CONNECTIONS] = {{"calmend_connections", "gauge", "",
        "Connections of the MTA that are open.", FALSE}, &single},
    [METRIC_CONNECTIONS_TOTAL] = {{"calmend_connections_total", "counter", "",
        "Connections that the MTA has opened.", FALSE}, &single},
    [METRIC_MESSAGES_OPEN] = {{"calmend_messages_open", "gauge", "",
        "Messages on their way through the milter.", FALSE}, &single},
    [METRIC_MESSAGES] = {{"calmend_messages_total", "counter", "outcome",
        "Messages by what became of them; each counts once.", TRUE}, &by_outcome},
    [METRIC_BODY_BYTES] = {{"calmend_body_bytes_total", "counter", "",
        "Octets of message bodies that the MTA handed over.", FALSE}, &single},
    [METRIC_PLAN_SECONDS] = {{"calmend_plan_duration_seconds", "histogram", "le",
        "Time from the end of a message to its plan, waiting included.", TRUE}, NULL},
    [METRIC_FINDINGS] = {{"calmend_findings_total", "counter", "family, rule",
        "Defects that were found; each is a repair or unrepaired.", TRUE}, &by_rule},
    [METRIC_REPAIRS] = {{"calmend_repairs_total", "counter", "family, rule",
        "Defects that were repaired.", TRUE}, &by_rule},
    [METRIC_UNREPAIRED] = {{"calmend_findings_unrepaired_total", "counter", "reason",
        "Defects that were not repaired, by reason.", TRUE}, &by_reason},
    [METRIC_PRODUCERS] = {{"calmend_producer_findings_total", "counter", "family, producer",
        "Defects that were found, by the group of programs that the PRODID names.", TRUE},
        &by_producer},
    [METRIC_EVENTS] = {{"calmend_events_total", "counter", "event_id, type",
        "Events that were reported.", TRUE}, &by_event},
    [METRIC_LOG_LINES_LOST] = {{"calmend_log_lines_lost_total", "counter", "",
        "Events that were lost since the log did not take them in time.", TRUE}, &single},
};
/* clang-format on */

MetricInfo metrics_info(Metric metric)
{
    return table[metric].info;
}

/* ---- counting ---- */

void metrics_add(Metric metric, gint64 amount)
{
    add(metric, 0, amount);
}

void metrics_set(Metric metric, gint64 value)
{
    atomic_store_explicit(&cells[metric][0], value, memory_order_relaxed);
}

void metrics_count_outcome(Outcome outcome)
{
    add(METRIC_MESSAGES, outcome, 1);
}

void metrics_count_event(const EventKind *kind)
{
    gsize count;
    add(METRIC_EVENTS, (guint)(kind - event_catalogue(&count)), 1);
}

void metrics_set_switch(Metric metric, RuleSwitch which, gboolean value)
{
    atomic_store_explicit(&cells[metric][which - 1], value, memory_order_relaxed);
}

static void count_fate(const Finding *finding, gboolean taken)
{
    if (finding->reason != REASON_NONE)
        add(METRIC_UNREPAIRED, UNREPAIRED_REASON(finding->reason), 1);
    else if (taken)
        add(METRIC_REPAIRS, rules_number(finding->rule), 1);
    else
        add(METRIC_UNREPAIRED, UNREPAIRED_NOT_TAKEN, 1);
}

void metrics_count_plan(const Plan *plan, gboolean taken)
{
    guint families = count_families();
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        guint group = producer_group(finding->producer);
        add(METRIC_FINDINGS, rules_number(finding->rule), 1);
        add(METRIC_PRODUCERS, group * families + rules_family_number(finding->rule), 1);
        count_fate(finding, taken);
    }
}

void metrics_time_plan(gint64 microseconds)
{
    guint bucket = 0;
    while (microseconds > bounds[bucket].microseconds)
        bucket++;
    add(METRIC_PLAN_SECONDS, bucket, 1);
    add(METRIC_PLAN_SECONDS, SUM_SERIES, microseconds);
}

gint64 metrics_messages(Outcome outcome)
{
    return get(METRIC_MESSAGES, outcome);
}

gint64 metrics_plans(void)
{
    gint64 plans = 0;
    for (guint bucket = 0; bucket < SUM_SERIES; bucket++)
        plans += get(METRIC_PLAN_SECONDS, bucket);
    return plans;
}

/* ---- writing ---- */

/* Of a program's metric; the names of the table are the milter's. Owned by the caller, g_free. */
static char *name_of(Metric metric, MetricsProgram program)
{
    const char *name = table[metric].info.name;
    if (program == METRICS_OF_MILTER)
        return g_strdup(name);
    return g_strconcat(PREFIX "filter_", name + strlen(PREFIX), NULL);
}

static void write_series(GString *out, Metric metric, const char *name, const SeriesKind *kind)
{
    guint count = kind->count();
    for (guint series = 0; series < count; series++) {
        g_string_append(out, name);
        if (kind->label != NULL) {
            g_string_append_c(out, '{');
            kind->label(out, series);
            g_string_append_c(out, '}');
        }
        g_string_append_printf(out, " %" G_GINT64_FORMAT "\n", get(metric, series));
    }
}

/* Buckets are written as sums, and read once, so that the last of them is the count. */
static void write_histogram(GString *out, Metric metric, const char *name)
{
    gint64 sum = get(metric, SUM_SERIES);
    gint64 total = 0;
    for (guint bucket = 0; bucket < G_N_ELEMENTS(bounds); bucket++) {
        total += get(metric, bucket);
        g_string_append_printf(out, "%s_bucket{le=\"%s\"} %" G_GINT64_FORMAT "\n", name,
                               bounds[bucket].seconds, total);
    }
    g_string_append_printf(out, "%s_sum %" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "\n", name,
                           sum / G_USEC_PER_SEC, sum % G_USEC_PER_SEC);
    g_string_append_printf(out, "%s_count %" G_GINT64_FORMAT "\n", name, total);
}

char *metrics_to_text(MetricsProgram program)
{
    GString *out = g_string_new(NULL);
    for (guint metric = 0; metric < METRICS; metric++) {
        const Row *row = &table[metric];
        if (program == METRICS_OF_FILTER && !row->info.of_filter)
            continue;
        g_autofree char *name = name_of(metric, program);
        g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, row->info.help, name,
                               row->info.type);
        if (row->kind == NULL)
            write_histogram(out, metric, name);
        else
            write_series(out, metric, name, row->kind);
    }
    return g_string_free(out, FALSE);
}
