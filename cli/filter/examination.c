/* SPDX-License-Identifier: BSD-2-Clause
 *
 * examination: see examination.h.
 */
#include "cli/filter/examination.h"

#include "cli/command.h"
#include "cli/filter/stream.h"
#include "cli/filter/trace.h"
#include "common/transit/mta_limit.h"
#include "common/transit/switch_watch.h"
#include "common/transit/verdict.h"

/* What was read of a large message is not to stay resident while a slow reader takes it. */
#define REST_OCTETS (1024 * 1024)

#define OVER_LIMIT "the repair might take it over the limit of the MTA (mta-bytes)"

typedef struct {
    const Examination *examination;
    Message message;
} Work;

typedef struct {
    Passage *passage;
    GError *error;
} Output;

static gboolean write_piece(Octets piece, gpointer data)
{
    Output *output = data;
    while (piece.size > 0) {
        gsize size = MIN(piece.size, REST_OCTETS);
        if (!stream_write(octets_slice(piece, 0, size), &output->error))
            return FALSE;
        piece = octets_slice(piece, size, piece.size);
        if (size == REST_OCTETS)
            passage_rest(output->passage);
    }
    return TRUE;
}

/* FALSE, which was said, when the output fails. */
static gboolean write_message(const Work *work, const GArray *edits, Attempt *attempt)
{
    Output output = {.passage = work->examination->passage};
    attempt_begin_writing(attempt);
    if (splice_apply(work->message.octets, edits, write_piece, &output)) {
        attempt_has_written(attempt);
        return TRUE;
    }
    command_trouble("%s", output.error->message);
    g_error_free(output.error);
    return FALSE;
}

/* Line ends that an MTA counts with a CR that is not there. */
static gsize count_bare_line_ends(Octets octets)
{
    gsize count = 0;
    for (gsize i = 0; i < octets.size; i++)
        count += octets.data[i] == '\n' && (i == 0 || octets.data[i - 1] != '\r');
    return count;
}

static gboolean has_room(const Work *work, const Plan *plan)
{
    Octets octets = work->message.octets;
    const MtaSize size = {
        .size = octets.size + count_bare_line_ends(octets),
        .records = mta_limit_records(octets),
        .growth = plan_growth(plan),
        .recipients = work->message.recipients == NULL ? 0 : work->message.recipients->len,
    };
    return mta_limit_allows(work->examination->settings->mta_bytes, 0, &size);
}

/* Those that are on in each of the policies that hold. */
static guint switches_on(const Settings *settings, const Choice *choice)
{
    guint on = choice == NULL ? switch_watch_once(settings) : ~0U;
    for (guint i = 0; choice != NULL && i < choice->sections->len; i++) {
        guint section = g_array_index(choice->sections, guint, i);
        on &= switch_watch_once(section == 0 ? settings
                                             : g_ptr_array_index(settings->sections, section - 1));
    }
    return on;
}

static Plan *make_plan(const Work *work)
{
    const Settings *settings = work->examination->settings;
    const Choice *choice = work->examination->choice;
    const Policy *policy = choice == NULL ? &settings->policy : choice->policy;
    gint64 begin = g_get_monotonic_time();
    Plan *plan = verdict_plan(&work->message, policy, switches_on(settings, choice),
                              g_get_real_time() / G_USEC_PER_SEC);
    metrics_time_plan(g_get_monotonic_time() - begin);
    return plan;
}

static void examine(Attempt *attempt, gpointer data)
{
    const Work *work = data;
    const Examination *examination = work->examination;
    repair_init();
    trace_open(examination->settings);
    g_autoptr(Plan) plan = make_plan(work);
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(Edit));
    gboolean taken = !plan_changes(plan) || has_room(work, plan);
    if (!write_message(work, taken ? plan->edits : none, attempt))
        return;

    g_autoptr(GPtrArray) events = events_of_plan(plan);
    if (!taken)
        verdict_not_taken(events, "passed as it came", OVER_LIMIT);
    verdict_log(events, &work->message, examination->where);
    metrics_count_plan(plan, taken);
    trace_finish(examination->settings, verdict_outcome(events));
}

AttemptEnd examination_run(const Examination *examination, char **why)
{
    g_autoptr(GError) error = NULL;
    Octets octets;
    if (!passage_view(examination->passage, &octets, &error)) {
        *why = g_strdup(error->message);
        return ATTEMPT_NOTHING;
    }
    Work work = {.examination = examination};
    message_init(&work.message, octets);
    work.message.recipients = examination->recipients;
    AttemptEnd end = attempt_run(examine, &work, why);
    message_clear(&work.message);
    return end;
}
