/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_guard_refusal: what becomes of a message when the guard does not agree.
 *
 * No input is known at which libical refuses an edit of ours, so a guard of this program stands in
 * for the engine's, and says what the case wants. A refusal is a bug of ours: not one octet of the
 * message may change then, in no part and in no field. A component that libical does not find is
 * the fault of its own part alone.
 */
#include "common/calendar/calendar_guard.h"
#include "common/event.h"
#include "common/repair.h"

#define NOW G_GINT64_CONSTANT(1767657600) /* 2026-01-06 00:00:00 UTC */
#define EVENT(uid, property)                                                                       \
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:" uid "\nDTSTAMP:20260104T030201Z\n" property              \
    ":16010101T000000Z\nEND:VEVENT\nEND:VCALENDAR\n"

static const char mail[] =
    "Date: Mon, 1 Jan 1601 00:00:00 +0000\n"
    "Content-Type: multipart/mixed; boundary=b\n\n"
    "--b\nContent-Type: text/calendar\n\n" EVENT(
        "1", "CREATED") "--b\nContent-Type: text/calendar\n\n" EVENT("2",
                                                                     "LAST-MODIFIED") "--b--\n";

/* What the guard says of the first and of the second part. */
typedef struct {
    const char *name;
    GuardVerdict verdicts[2];
    const char *findings;
    guint body_edits;
    guint header_edits; /* the stamp included */
    guint event;        /* that must be among them */
} RefusalCase;

static const RefusalCase cases[] = {
    {"agrees",
     {GUARD_AGREES, GUARD_AGREES},
     "created-epoch:repaired modified-epoch:repaired header-date-epoch:repaired ",
     2,
     2,
     EVENT_REPAIRED},
    {"refuses-first",
     {GUARD_REFUSES, GUARD_AGREES},
     "created-epoch:guard modified-epoch:guard header-date-epoch:guard ",
     0,
     0,
     EVENT_GUARD},
    {"refuses-second",
     {GUARD_AGREES, GUARD_REFUSES},
     "created-epoch:guard modified-epoch:guard header-date-epoch:guard ",
     0,
     0,
     EVENT_GUARD},
    {"no-component",
     {GUARD_NO_COMPONENT, GUARD_AGREES},
     "created-epoch:malformed modified-epoch:repaired header-date-epoch:repaired ",
     1,
     2,
     EVENT_REPAIRED},
};

static const RefusalCase *current;
static guint asked;

void calendar_guard_init(void)
{
}

GuardVerdict calendar_guard_check(Octets before, Octets after, const GArray *intents)
{
    g_assert_true(before.size > 0 && after.size > 0 && intents->len == 1);
    g_assert_cmpuint(asked, <, G_N_ELEMENTS(current->verdicts));
    return current->verdicts[asked++];
}

static char *findings_text(const Plan *plan)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        g_string_append_printf(text, "%s:%s ", finding->rule->name, reason_word(finding->reason));
        g_assert_true(finding->reason == REASON_NONE || finding->new_value == NULL);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean has_event(const Plan *plan, guint id)
{
    g_autoptr(GPtrArray) events = events_of_plan(plan, TRUE);
    for (guint i = 0; i < events->len; i++) {
        if (((const Event *)g_ptr_array_index(events, i))->kind->id == id)
            return TRUE;
    }
    return FALSE;
}

static void test_refusal(gconstpointer data)
{
    g_auto(Policy) policy;
    g_auto(Message) message;
    current = data;
    asked = 0;
    policy_init(&policy);
    message_init(&message, octets_of(mail));
    g_autoptr(Plan) plan = repair_message(&message, &policy, NOW);
    g_autofree char *findings = findings_text(plan);
    g_assert_cmpstr(findings, ==, current->findings);
    g_assert_cmpuint(plan->body_edits->len, ==, current->body_edits);
    g_assert_cmpuint(plan->header_edits->len, ==, current->header_edits);
    g_assert_true(has_event(plan, current->event));
    g_assert_cmpint(plan_changes(plan), ==, current->event == EVENT_REPAIRED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    repair_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/guard-refusal/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_refusal);
    }
    return g_test_run();
}
