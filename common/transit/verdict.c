/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/verdict.h"

#include "common/transit/log.h"

Plan *verdict_plan(const Message *message, const Policy *policy, guint switches, gint64 now)
{
    Policy of_message = *policy;
    of_message.switches = switches != 0 ? switches : policy->switches;
    Plan *plan = repair_message(message, &of_message, now);
    if (switches == 0)
        plan_drop_edits(plan, REASON_SWITCH);
    return plan;
}

Event *verdict_unexamined(const char *why)
{
    return event_new(EVENT_NOT_TAKEN, "The message was not examined and passed as it came: %s",
                     why);
}

void verdict_not_taken(GPtrArray *events, const char *fate, const char *why)
{
    for (guint i = events->len; i > 0; i--) {
        const Event *event = g_ptr_array_index(events, i - 1);
        if (event->kind->id == EVENT_REPAIRED)
            g_ptr_array_remove_index(events, i - 1);
    }
    g_ptr_array_add(
        events, event_new(EVENT_NOT_TAKEN, "The message was not repaired and %s: %s", fate, why));
}

/* The row that comes first. */
Outcome verdict_outcome(const GPtrArray *events)
{
    static const struct {
        EventId event;
        Outcome outcome;
    } rows[] = {
        {EVENT_NOT_TAKEN, OUTCOME_FAILED},    {EVENT_GUARD, OUTCOME_FAILED},
        {EVENT_REPAIRED, OUTCOME_REPAIRED},   {EVENT_WOULD_REPAIR, OUTCOME_WOULD_REPAIR},
        {EVENT_NOT_REPAIRABLE, OUTCOME_LEFT}, {EVENT_LEFT, OUTCOME_LEFT},
    };
    for (gsize row = 0; row < G_N_ELEMENTS(rows); row++) {
        for (guint i = 0; i < events->len; i++) {
            const Event *event = g_ptr_array_index(events, i);
            if (event->kind->id == rows[row].event)
                return rows[row].outcome;
        }
    }
    return OUTCOME_CLEAN;
}

void verdict_log(const GPtrArray *events, const Message *message, EventContext where)
{
    const HeaderField *field = message == NULL ? NULL : message_find_field(message, "Message-ID");
    g_autofree char *message_id = field == NULL ? NULL : message_field_text(message, field);
    where.message_id = message_id;
    for (guint i = 0; i < events->len; i++)
        log_event(g_ptr_array_index(events, i), &where);
}
