/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_guard_refusal: what becomes of a message when the guard does not agree.
 *
 * No input is known at which libical refuses an edit of ours, so a guard of this program stands in
 * for the engine's, and says what the case wants. A refusal is of one rule in one component: what
 * stands beside it is repaired, and the rule is not tried there again. A component that libical
 * does not find is the fault of its own part alone.
 */
#include "common/calendar/calendar_guard.h"
#include "common/event.h"
#include "common/repair.h"

#include <string.h>

#define NOW  G_GINT64_CONSTANT(1767657600) /* 2026-01-06 00:00:00 UTC */
#define EAST "16010101T000000Z"
#define WEST "16001231T000000Z"
#define EVENT(uid, lines)                                                                          \
    "BEGIN:VEVENT\nUID:" uid "\nDTSTAMP:20260104T030201Z\n" lines "END:VEVENT\n"
#define PART(events)                                                                               \
    "--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n" events "END:VCALENDAR\n"

static const char mail[] =
    "Date: Mon, 1 Jan 1601 00:00:00 +0000\n"
    "Content-Type: multipart/mixed; boundary=b\n\n" PART(
        EVENT("1", "CREATED:" EAST "\nLAST-MODIFIED:" EAST "\n") EVENT("2", "CREATED:" WEST "\n"))
        PART(EVENT("3", "LAST-MODIFIED:" WEST "\n")) "--b--\n";

/* The guard says `verdict` of an edit of `property` (NULL: of any) where `line` is among the lines
 * that it is handed. */
typedef struct {
    const char *name;
    const char *property;
    const char *line;
    GuardVerdict verdict;
    const char *findings;
    guint edits;     /* the stamp included */
    guint events[2]; /* that must be among them; 0: none */
} RefusalCase;

static const RefusalCase cases[] = {
    {"agrees",
     NULL,
     "",
     GUARD_AGREES,
     "created-epoch:repaired created-epoch:repaired modified-epoch:repaired "
     "modified-epoch:repaired header-date-epoch:repaired ",
     6,
     {EVENT_REPAIRED, 0}},
    {"one-rule",
     "CREATED",
     "CREATED:" EAST,
     GUARD_REFUSES,
     "created-epoch:guard created-epoch:repaired modified-epoch:repaired "
     "modified-epoch:repaired header-date-epoch:repaired ",
     5,
     {EVENT_REPAIRED, EVENT_GUARD}},
    {"other-rule",
     "LAST-MODIFIED",
     "LAST-MODIFIED:" EAST,
     GUARD_REFUSES,
     "created-epoch:repaired created-epoch:repaired modified-epoch:guard "
     "modified-epoch:repaired header-date-epoch:repaired ",
     5,
     {EVENT_REPAIRED, EVENT_GUARD}},
    {"one-rule-in-each-component",
     "CREATED",
     "",
     GUARD_REFUSES,
     "created-epoch:guard created-epoch:guard modified-epoch:repaired "
     "modified-epoch:repaired header-date-epoch:repaired ",
     4,
     {EVENT_REPAIRED, EVENT_GUARD}},
    {"everything",
     NULL,
     "",
     GUARD_REFUSES,
     "created-epoch:guard created-epoch:guard modified-epoch:guard "
     "modified-epoch:guard header-date-epoch:repaired ",
     2,
     {EVENT_REPAIRED, EVENT_GUARD}},
    {"no-component",
     NULL,
     WEST "\nEND:VEVENT",
     GUARD_NO_COMPONENT,
     "created-epoch:malformed created-epoch:malformed modified-epoch:malformed "
     "modified-epoch:malformed header-date-epoch:repaired ",
     2,
     {EVENT_REPAIRED, EVENT_NOT_REPAIRABLE}},
    {"no-component-in-one-part",
     "LAST-MODIFIED",
     "LAST-MODIFIED:" WEST,
     GUARD_NO_COMPONENT,
     "created-epoch:repaired created-epoch:repaired modified-epoch:repaired "
     "modified-epoch:malformed header-date-epoch:repaired ",
     5,
     {EVENT_REPAIRED, EVENT_NOT_REPAIRABLE}},
};

/* An edit that is refused is not handed over for ever. */
#define MOST_ASKED 30

static const RefusalCase *current;
static guint asked;

void calendar_guard_init(void)
{
}

static gboolean is_about(const GArray *expectations, const char *property)
{
    for (guint i = 0; i < expectations->len; i++) {
        if (property == NULL ||
            strcmp(g_array_index(expectations, Expect, i).property, property) == 0)
            return TRUE;
    }
    return FALSE;
}

GuardVerdict calendar_guard_check(Octets before, Octets after, const GArray *expectations)
{
    g_assert_true(before.size > 0 && after.size > 0 && expectations->len > 0);
    g_assert_cmpuint(++asked, <, MOST_ASKED);
    g_autofree char *text = octets_dup(before);
    gboolean meant =
        is_about(expectations, current->property) && strstr(text, current->line) != NULL;
    return meant ? current->verdict : GUARD_AGREES;
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
    g_autoptr(GPtrArray) events = events_of_plan(plan);
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
    g_assert_cmpuint(plan->edits->len, ==, current->edits);
    for (gsize i = 0; i < G_N_ELEMENTS(current->events); i++)
        g_assert_true(current->events[i] == 0 || has_event(plan, current->events[i]));
    g_assert_cmpint(has_event(plan, EVENT_GUARD), ==, current->events[1] == EVENT_GUARD);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    repair_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/guard-refusal/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_refusal);
    }
    return g_test_run();
}
