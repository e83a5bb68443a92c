/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/event.h"

#include <stdarg.h>
#include <string.h>

/* Which findings of a plan make an event, and what it says of them. */
typedef struct {
    EventId id;
    guint reasons; /* bits of Reason */
    const char *text;
} PlanEvent;

#define BIT(reason) (1U << (reason))

static const PlanEvent plan_events[] = {
    {EVENT_REPAIRED, BIT(REASON_NONE), "repaired"},
    {EVENT_WOULD_REPAIR, BIT(REASON_SWITCH), NULL},
    {EVENT_NOT_REPAIRABLE,
     BIT(REASON_SIGNED) | BIT(REASON_QUOTED) | BIT(REASON_MALFORMED) | BIT(REASON_CHARSET) |
         BIT(REASON_ENCODING) | BIT(REASON_LIMIT) | BIT(REASON_POLICY),
     "found, not repaired"},
    {EVENT_LEFT, BIT(REASON_LEAVE), "found, left on purpose"},
    {EVENT_GUARD, BIT(REASON_GUARD), "edit refused, not made"},
};

static gboolean is_switched_off(const Plan *plan, guint number, RuleSwitch which)
{
    const Finding *finding = &g_array_index(plan->findings, Finding, number);
    return finding->reason == REASON_SWITCH && rules_family(finding->rule)->turned_on_by == which;
}

static Event *event_alloc(EventId id, char *text)
{
    Event *event = g_new0(Event, 1);
    event->kind = event_kind(id);
    event->text = text;
    event->rules = g_array_new(FALSE, FALSE, sizeof(EventRule));
    return event;
}

Event *event_new(EventId id, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return event_alloc(id, text);
}

void event_free(Event *event)
{
    if (event == NULL)
        return;
    g_free(event->text);
    g_array_unref(event->rules);
    g_free(event->parts);
    g_free(event->method);
    g_free(event->uid);
    g_free(event->producer);
    g_free(event->detail);
    g_free(event);
}

static void count_rule(Event *event, const Finding *finding)
{
    for (guint i = 0; i < event->rules->len; i++) {
        EventRule *known = &g_array_index(event->rules, EventRule, i);
        if (known->reason == finding->reason &&
            strcmp(known->rule->name, finding->rule->name) == 0) {
            known->count++;
            return;
        }
    }
    EventRule rule = {.rule = finding->rule, .reason = finding->reason, .count = 1};
    g_array_append_val(event->rules, rule);
}

static void keep_first(char **kept, const char *value)
{
    if (*kept == NULL)
        *kept = g_strdup(value);
}

/* Findings come part by part, so a new number differs from the last one. */
static void add_part(GString *parts, const char **last, const char *part)
{
    if (part == NULL || g_strcmp0(*last, part) == 0)
        return;
    g_string_append_printf(parts, "%s%s", parts->len > 0 ? " " : "", part);
    *last = part;
}

/* Which switches are to be turned on. */
static char *switches_text(const Plan *plan)
{
    g_autoptr(GString) names = g_string_new(NULL);
    guint listed = 0;
    for (guint which = SWITCH_NONE + 1; which < SWITCHES; which++) {
        guint i = 0;
        while (i < plan->findings->len && !is_switched_off(plan, i, which))
            i++;
        if (i == plan->findings->len)
            continue;
        g_string_append_printf(names, "%s%s", listed++ > 0 ? " and " : "",
                               rules_switch_name(which));
    }
    return g_strdup_printf(listed > 1 ? "would be repaired, the switches %s are off"
                                      : "would be repaired, the switch %s is off",
                           names->str);
}

static Event *event_of_findings(const Plan *plan, const PlanEvent *row)
{
    Event *event =
        event_alloc(row->id, row->text == NULL ? switches_text(plan) : g_strdup(row->text));
    g_autoptr(GString) parts = g_string_new(NULL);
    const char *last_part = NULL;
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        if ((row->reasons & BIT(finding->reason)) == 0)
            continue;
        count_rule(event, finding);
        add_part(parts, &last_part, finding->part);
        keep_first(&event->method, finding->method);
        keep_first(&event->uid, finding->uid);
        keep_first(&event->producer, finding->producer);
        keep_first(&event->detail, finding->detail);
    }
    event->parts = g_string_free(g_steal_pointer(&parts), FALSE);
    return event;
}

GPtrArray *events_of_plan(const Plan *plan)
{
    GPtrArray *events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    for (gsize i = 0; i < G_N_ELEMENTS(plan_events); i++) {
        Event *event = event_of_findings(plan, &plan_events[i]);
        if (event->rules->len > 0)
            g_ptr_array_add(events, event);
        else
            event_free(event);
    }
    return events;
}
