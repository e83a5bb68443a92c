/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/finish.h"

#include "common/transit/verdict.h"
#include "milter/mail/apply.h"
#include "milter/mail/mta_taken.h"
#include "milter/service/overload.h"

/* The macros are the MTA's and live until this callback returns. */
static void log_events(const Daemon *daemon, SMFICTX *context, const Incoming *incoming,
                       const GPtrArray *events)
{
    const Choice *choice = incoming_choice(incoming);
    const char *computer = smfi_getsymval(context, (char *)"j");
    const EventContext where = {
        .queue_id = smfi_getsymval(context, (char *)"i"),
        .user = incoming_sender(incoming),
        .computer = computer == NULL ? daemon->settings->policy.host : computer,
        .policy = choice == NULL ? NULL : choice->names,
    };
    verdict_log(events, incoming_message(incoming), where);
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
    g_ptr_array_add(events, verdict_unexamined(problem));
    log_events(daemon, context, incoming, events);
    return OUTCOME_FAILED;
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

static gboolean write_original(gpointer message, int file, GError **error)
{
    return incoming_write(message, file, error);
}

/* The name of the original, which is on the disk now; NULL when none is kept. */
static char *keep_original(Keep *keep, SMFICTX *context, Incoming *incoming)
{
    if (keep == NULL)
        return NULL;
    g_autoptr(GError) error = NULL;
    char *name = keep_store(keep, smfi_getsymval(context, (char *)"i"),
                            incoming_write_size(incoming), write_original, incoming, &error);
    if (name == NULL)
        overload_report(OVERLOAD_KEEP, error->message);
    return name;
}

static ApplyResult hand_over(const Daemon *daemon, SMFICTX *context, const MilterTerms *terms,
                             Incoming *incoming, const Plan *plan, gsize taken, const char **why)
{
    g_auto(ApplyEdits) edits = {0};
    if (!apply_prepare(&edits, terms, incoming, plan, taken, why))
        return APPLY_REFUSED;
    g_autofree char *original = keep_original(daemon->keep, context, incoming);
    ApplyResult result = apply_edits(context, terms, incoming, &edits, why);
    if (result != APPLY_DONE && original != NULL)
        keep_withdraw(daemon->keep, original);
    return result;
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
        result = hand_over(daemon, context, terms, incoming, plan, taken, &why);
    g_autoptr(GPtrArray) events = events_of_plan(plan);
    if (result != APPLY_DONE)
        verdict_not_taken(events, result == APPLY_HALF ? "fails for now" : "passed as it came",
                          why);
    log_events(daemon, context, incoming, events);
    metrics_count_plan(plan, result == APPLY_DONE);
    return result == APPLY_HALF ? OUTCOME_DEFERRED : verdict_outcome(events);
}
