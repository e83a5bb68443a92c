/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/finish.h"

#include "common/transit/log.h"
#include "milter/mail/apply.h"
#include "milter/mail/mta_taken.h"
#include "milter/service/overload.h"

/* The macros are the MTA's and live until this callback returns. */
static void log_events(const Daemon *daemon, SMFICTX *context, const Incoming *incoming,
                       const GPtrArray *events)
{
    const Message *message = incoming_message(incoming);
    const HeaderField *field = message == NULL ? NULL : message_find_field(message, "Message-ID");
    g_autofree char *message_id = field == NULL ? NULL : message_field_text(message, field);
    const Choice *choice = incoming_choice(incoming);
    const char *computer = smfi_getsymval(context, (char *)"j");
    const EventContext where = {
        .queue_id = smfi_getsymval(context, (char *)"i"),
        .user = incoming_sender(incoming),
        .computer = computer == NULL ? daemon->settings->policy.host : computer,
        .message_id = message_id,
        .policy = choice == NULL ? NULL : choice->names,
    };
    for (guint i = 0; i < events->len; i++)
        log_event(g_ptr_array_index(events, i), &where);
}

static Outcome finish_unplanned(const Daemon *daemon, SMFICTX *context, const Incoming *incoming)
{
    const char *problem = incoming_problem(incoming);
    if (incoming_is_late(incoming)) {
        overload_report(OVERLOAD_SLOTS, NULL);
        return OUTCOME_UNREAD;
    }
    if (problem == NULL)
        return incoming_is_unread(incoming) ? OUTCOME_UNREAD : OUTCOME_NO_CALENDAR;

    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    g_ptr_array_add(events,
                    event_new(EVENT_NOT_TAKEN,
                              "The message was not examined and passed as it came: %s", problem));
    log_events(daemon, context, incoming, events);
    return OUTCOME_FAILED;
}

/* A repair that was not taken is no repair: event 331 stands in the place of 327. */
static void put_not_taken(GPtrArray *events, ApplyResult result, const char *why)
{
    for (guint i = events->len; i > 0; i--) {
        const Event *event = g_ptr_array_index(events, i - 1);
        if (event->kind->id == EVENT_REPAIRED)
            g_ptr_array_remove_index(events, i - 1);
    }
    const char *fate = result == APPLY_HALF ? "fails for now" : "passed as it came";
    g_ptr_array_add(
        events, event_new(EVENT_NOT_TAKEN, "The message was not repaired and %s: %s", fate, why));
}

/* The plan, and the time that it took. */
static Plan *make_plan(Incoming *incoming, guint switches)
{
    gint64 begin = g_get_monotonic_time();
    Plan *plan = incoming_plan(incoming, switches, g_get_real_time() / G_USEC_PER_SEC);
    if (plan != NULL)
        metrics_time_plan(g_get_monotonic_time() - begin);
    return plan;
}

/* The outcome of the events that were reported: the row that comes first. */
static Outcome outcome_of_events(const GPtrArray *events)
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

Outcome finish_message(const Daemon *daemon, SMFICTX *context, const MilterTerms *terms,
                       Incoming *incoming)
{
    const char *mta = smfi_getsymval(context, (char *)"j");
    gsize taken = mta_taken_largest(mta, daemon->generation);
    mta_taken_note(mta, daemon->generation, incoming_octets(incoming));
    guint switches = daemon_switches_on(daemon, incoming_choice(incoming));
    g_autoptr(Plan) plan = make_plan(incoming, switches);
    if (plan == NULL)
        return finish_unplanned(daemon, context, incoming);

    const char *why = NULL;
    ApplyResult result = APPLY_DONE;
    if (plan_changes(plan))
        result = apply_plan(context, terms, incoming, plan, taken, &why);
    g_autoptr(GPtrArray) events = events_of_plan(plan);
    if (result != APPLY_DONE)
        put_not_taken(events, result, why);
    log_events(daemon, context, incoming, events);
    metrics_count_plan(plan, result == APPLY_DONE);
    return result == APPLY_HALF ? OUTCOME_DEFERRED : outcome_of_events(events);
}
