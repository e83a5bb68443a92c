/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/event.h"

#include <stdarg.h>
#include <string.h>

/* Which findings of a plan make an event, and what it says of them. */
typedef struct {
    EventId applied;  /* the id when the repairs were made */
    EventId withheld; /* when the switch was off */
    guint reasons;    /* bits of Reason */
    const char *applied_text;
    const char *withheld_text;
} PlanEvent;

#define BIT(reason) (1U << (reason))

static const PlanEvent plan_events[] = {
    {EVENT_REPAIRED, EVENT_WOULD_REPAIR, BIT(REASON_NONE), "repaired",
     "would be repaired, the switch is off"},
    {EVENT_NOT_REPAIRABLE, EVENT_NOT_REPAIRABLE,
     BIT(REASON_SIGNED) | BIT(REASON_QUOTED) | BIT(REASON_MALFORMED) | BIT(REASON_CHARSET) |
         BIT(REASON_ENCODING) | BIT(REASON_LIMIT) | BIT(REASON_POLICY),
     "found, not repaired", "found, not repaired"},
    {EVENT_LEFT, EVENT_LEFT, BIT(REASON_LEAVE), "found, left on purpose", "found, left on purpose"},
    {EVENT_GUARD, EVENT_GUARD, BIT(REASON_GUARD), "edit refused, message left as it came",
     "edit refused, message left as it came"},
};

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

static Event *event_of_findings(const Plan *plan, const PlanEvent *row, gboolean applied)
{
    Event *event = event_alloc(applied ? row->applied : row->withheld,
                               g_strdup(applied ? row->applied_text : row->withheld_text));
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

GPtrArray *events_of_plan(const Plan *plan, gboolean applied)
{
    GPtrArray *events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    for (gsize i = 0; i < G_N_ELEMENTS(plan_events); i++) {
        Event *event = event_of_findings(plan, &plan_events[i], applied);
        if (event->rules->len > 0)
            g_ptr_array_add(events, event);
        else
            event_free(event);
    }
    return events;
}
