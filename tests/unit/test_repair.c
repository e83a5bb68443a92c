/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_repair: whole messages to plans.
 *
 * What the rules find is in the tests of their rooms, and golden mails show the octets. Here is
 * what the plan adds: which reason holds, at which limit it begins to, that one part does not speak
 * for another, and that a plan stands on its own.
 */
#include "common/repair.h"

#include <string.h>

#define NOW   G_GINT64_CONSTANT(1767657600) /* 2026-01-06 00:00:00 UTC */
#define EPOCH "16010101T000000Z"
#define HEAD  "Date: Mon, 5 Jan 2026 12:00:00 +0000\n"
#define REPLY                                                                                      \
    "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1\n"                  \
    "DTSTAMP:20260104T030201Z\nEND:VEVENT\nEND:VCALENDAR\n"
#define EVENT(inside)      "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" inside "END:VEVENT\nEND:VCALENDAR\n"
#define CAL_TYPE           "Content-Type: text/calendar; charset=utf-8\n"
#define PART(head, inside) "--b\n" head "\n" inside "\n"
#define MULTI(subtype, inside)                                                                     \
    HEAD "Content-Type: multipart/" subtype "; boundary=b\n\n" inside "--b--\n"

typedef struct {
    const char *name;
    const char *setting; /* dkim, a switch that is off, a rule to enable, or NULL */
    const char *mail;
    const char *findings; /* PART RULE REASON; - for the header */
    guint edits;
} RepairCase;

static const RepairCase cases[] = {
    {"no-token", NULL, "Date: Mon, 1 Jan 1601 00:00:00 +0000\n\n" REPLY, "", 0},
    {"no-part", NULL,
     "Date: Mon, 1 Jan 1601 00:00:00 +0000\nContent-Description: calendar\n\n" REPLY, "", 0},
    {"alone", NULL, HEAD CAL_TYPE "\n" REPLY, "1 attendee-change-missing repaired", 1},
    {"header-too", NULL, "Date: Mon, 1 Jan 1601 00:00:00 +0000\n" CAL_TYPE "\n" REPLY,
     "1 attendee-change-missing repaired\n- header-date-epoch repaired", 2},
    {"header-alone", NULL, "Date: Mon, 1 Jan 1601 00:00:00 +0000\n" CAL_TYPE "\n" EVENT("UID:1\n"),
     "- header-date-epoch repaired", 1},
    {"twice", NULL,
     MULTI("mixed", PART(CAL_TYPE, REPLY) PART("Content-Type: application/ics\n", REPLY)),
     "1 attendee-change-missing repaired\n2 attendee-change-missing repaired", 2},
    {"method-and-calendar", "method-parameter-missing", MULTI("mixed", PART(CAL_TYPE, REPLY)),
     "1 attendee-change-missing repaired\n1 method-parameter-missing repaired", 2},
    {"switch-off", "FixRecipientTrackStatusTime",
     "Date: Mon, 1 Jan 1601 00:00:00 +0000\n" CAL_TYPE "\n" REPLY,
     "1 attendee-change-missing switch_off\n- header-date-epoch switch_off", 0},
    {"other-switch-off", "FixCalendarMail", HEAD CAL_TYPE "\n" REPLY,
     "1 attendee-change-missing repaired", 1},
    {"switch-off-signed", "FixRecipientTrackStatusTime", MULTI("signed", PART(CAL_TYPE, REPLY)),
     "1 attendee-change-missing signed", 0},
    {"two-methods", "method-parameter-missing",
     MULTI("mixed",
           PART(CAL_TYPE, EVENT("UID:1\n") "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n"
                                           "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n")),
     "", 0},

    /* reasons */
    {"signed", NULL, MULTI("signed", PART(CAL_TYPE, REPLY)), "1 attendee-change-missing signed", 0},
    {"encrypted", NULL, MULTI("encrypted", PART(CAL_TYPE, REPLY)),
     "1 attendee-change-missing signed", 0},
    {"forwarded", NULL, MULTI("mixed", PART("Content-Type: message/rfc822\n", CAL_TYPE "\n" REPLY)),
     "1.1 attendee-change-missing quoted", 0},
    {"report", NULL, MULTI("report", PART(CAL_TYPE, REPLY)), "1 attendee-change-missing quoted", 0},
    {"forwarded-beside", NULL,
     MULTI("mixed",
           PART("Content-Type: message/rfc822\n", CAL_TYPE "\n" REPLY) PART(CAL_TYPE, REPLY)),
     "1.1 attendee-change-missing quoted\n2 attendee-change-missing repaired", 1},
    {"charset-label", NULL, HEAD "Content-Type: text/calendar; charset=utf-16\n\n" REPLY,
     "1 attendee-change-missing charset", 0},
    {"charset-nul", NULL,
     HEAD CAL_TYPE "Content-Transfer-Encoding: quoted-printable\n\n" REPLY "=00\n",
     "1 attendee-change-missing charset", 0},
    {"charset-utf-16", NULL,
     HEAD CAL_TYPE "Content-Transfer-Encoding: base64\n\n"
                   "//5CAEUARwBJAE4AOgBWAEMAQQBMAEUATgBEAEEAUgAKAEIARQBHAEkATgA6AFYARQBWAEUATgBU\n"
                   "AAoAQwBSAEUAQQBUAEUARAA6ADEANgAwADEAMAAxADAAMQAKAEUATgBEADoAVgBFAFYARQBOAFQA\n"
                   "CgBFAE4ARAA6AFYAQwBBAEwARQBOAEQAQQBSAAoA\n",
     "1 created-epoch charset", 0},
    {"encoding-unknown", NULL, HEAD CAL_TYPE "Content-Transfer-Encoding: x-other\n\n" REPLY,
     "1 attendee-change-missing encoding", 0},
    {"encoding-broken", NULL,
     HEAD CAL_TYPE "Content-Transfer-Encoding: quoted-printable\n\n" REPLY "=X\n",
     "1 attendee-change-missing encoding", 0},
    {"encoding-uuencode", NULL,
     HEAD CAL_TYPE "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a.ics\n"
                   "M0D5'24XZ5D-!3$5.1$%2\"D)%1TE..E9%5D5.5`I#4D5!5$5$.C$V,#$P,3`Q\n"
                   ":\"D5.1#I6159%3E0*14Y$.E9#04Q%3D1!4@H`\n`\nend\n",
     "1 created-epoch encoding", 0},
    {"malformed", NULL, HEAD CAL_TYPE "\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1\n",
     "1 attendee-change-missing malformed\n1 calendar-unreadable malformed", 0},
    {"malformed-beside", NULL,
     MULTI("mixed", PART(CAL_TYPE, REPLY "BEGIN:X\n") PART(CAL_TYPE, REPLY)),
     "1 attendee-change-missing malformed\n2 attendee-change-missing repaired", 1},
    {"leave", NULL, HEAD CAL_TYPE "\n" EVENT("DTSTART:" EPOCH "\n"), "1 schedule-epoch leave", 0},
    {"leave-signed", NULL, MULTI("signed", PART(CAL_TYPE, EVENT("DTSTART:" EPOCH "\n"))),
     "1 schedule-epoch leave", 0},
    {"dkim-default", NULL, "DKIM-Signature: x\n" HEAD CAL_TYPE "\n" REPLY,
     "1 attendee-change-missing repaired", 1},
    {"dkim-leave", "dkim",
     "dkim-signature: x\nDate: Mon, 1 Jan 1601 00:00:00 +0000\n" CAL_TYPE "\n" REPLY,
     "1 attendee-change-missing policy\n- header-date-epoch policy", 0},
    {"dkim-leave-signed", "dkim", "DKIM-Signature: x\n" MULTI("signed", PART(CAL_TYPE, REPLY)),
     "1 attendee-change-missing signed", 0},
    {"dkim-leave-none", "dkim", HEAD CAL_TYPE "\nDKIM-Signature: x\n" REPLY,
     "1 attendee-change-missing repaired", 1},
};

static Plan *plan_for(const char *mail, const Policy *policy)
{
    g_auto(Message) message;
    message_init(&message, octets_of(mail));
    return repair_message(&message, policy, NOW);
}

static char *findings_text(const Plan *plan)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        g_string_append_printf(text, "%s%s %s %s", i > 0 ? "\n" : "",
                               finding->part == NULL ? "-" : finding->part, finding->rule->name,
                               reason_word(finding->reason));
        g_assert_true(finding->reason == REASON_NONE || finding->new_value == NULL);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void set_policy(Policy *policy, const char *setting)
{
    policy_init(policy);
    g_assert_true(policy_set_level(policy, "stamp", RULE_DISABLED));
    policy_set_profile(policy, 0);
    if (g_strcmp0(setting, "dkim") == 0)
        policy->leave_signed = TRUE;
    else if (g_strcmp0(setting, "FixRecipientTrackStatusTime") == 0)
        policy->switches = 1U << SWITCH_MAIL;
    else if (g_strcmp0(setting, "FixCalendarMail") == 0)
        policy->switches = 1U << SWITCH_TRACK_STATUS;
    else if (setting != NULL)
        g_assert_true(policy_set_level(policy, setting, RULE_ENABLED));
}

static void test_plan(gconstpointer data)
{
    const RepairCase *row = data;
    g_auto(Policy) policy;
    set_policy(&policy, row->setting);
    g_autoptr(Plan) plan = plan_for(row->mail, &policy);
    g_autofree char *findings = findings_text(plan);
    g_assert_cmpstr(findings, ==, row->findings);
    g_assert_cmpuint(plan->edits->len, ==, row->edits);

    Octets octets = octets_of(row->mail);
    g_assert_true(splice_is_valid(plan->edits, octets.size));
    g_autoptr(GString) result = splice_to_string(octets, plan->edits);
    g_assert_cmpint(plan_changes(plan), ==, strcmp(result->str, row->mail) != 0);
    g_assert_cmpuint(plan_growth(plan), ==, MAX(result->len, octets.size) - octets.size);
    g_autoptr(Plan) again = plan_for(result->str, &policy);
    g_assert_false(plan_changes(again));
}

/* ---- limits ---- */

typedef struct {
    const char *name;
    gsize offset; /* of the limit in PolicyLimits */
    gsize size;   /* of that */
    const char *mail;
    guint64 needed;
    const char *detail; /* with one less */
} LimitCase;

#define LIMIT(member) G_STRUCT_OFFSET(PolicyLimits, member), sizeof(((PolicyLimits *)NULL)->member)

static const LimitCase limits[] = {
    {"message-bytes", LIMIT(message_bytes), HEAD CAL_TYPE "\n" REPLY,
     sizeof(HEAD CAL_TYPE "\n" REPLY) - 1, "octets"},
    {"parts", LIMIT(parts.count), MULTI("mixed", PART("", "x") PART("", "x") PART(CAL_TYPE, REPLY)),
     4, "parts"},
    {"depth", LIMIT(parts.depth),
     MULTI("mixed", PART("Content-Type: multipart/mixed; boundary=c\n",
                         "--c\n" CAL_TYPE "\n" REPLY "--c--\n")),
     2, "nesting"},
    {"components", LIMIT(calendar.components), HEAD CAL_TYPE "\n" REPLY, 2, "components"},
    {"nesting", LIMIT(calendar.nesting), HEAD CAL_TYPE "\n" REPLY, 2, "one inside of another"},
    {"parameters", LIMIT(calendar.parameters),
     HEAD CAL_TYPE "\n" EVENT("X;A=1;B=2;C=3:x\nCREATED:" EPOCH "\n"), 3, "parameters"},
    {"content-lines", LIMIT(calendar.lines), HEAD CAL_TYPE "\n" REPLY, 9, "content lines"},
};

static void set_limit(Policy *policy, const LimitCase *row, guint64 value)
{
    char *member = (char *)&policy->limits + row->offset;
    if (row->size == sizeof(guint))
        *(guint *)(void *)member = (guint)value;
    else
        *(gsize *)(void *)member = (gsize)value;
}

static void test_limit(gconstpointer data)
{
    const LimitCase *row = data;
    g_auto(Policy) policy;
    set_policy(&policy, NULL);
    set_limit(&policy, row, row->needed);
    g_autoptr(Plan) enough = plan_for(row->mail, &policy);
    g_assert_true(plan_changes(enough));

    set_limit(&policy, row, row->needed - 1);
    g_autoptr(Plan) plan = plan_for(row->mail, &policy);
    g_assert_false(plan_changes(plan));
    g_assert_cmpuint(plan->findings->len, ==, 1);
    const Finding *finding = &g_array_index(plan->findings, Finding, 0);
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT " ", row->needed - 1);
    g_assert_cmpstr(finding->rule->name, ==, "limit");
    g_assert_cmpint(finding->reason, ==, REASON_LIMIT);
    g_assert_nonnull(strstr(finding->detail, row->detail));
    g_assert_true(strstr(finding->detail, number) != NULL ||
                  g_str_has_suffix(finding->detail, g_strchomp(number)));
}

/* A calendar over a limit says nothing of the one beside it. */
static void test_limit_beside(void)
{
    g_auto(Policy) policy;
    set_policy(&policy, NULL);
    policy.limits.calendar.components = 2;
    g_autoptr(Plan) plan =
        plan_for(MULTI("mixed", PART(CAL_TYPE, REPLY REPLY) PART(CAL_TYPE, REPLY)), &policy);
    g_autofree char *findings = findings_text(plan);
    g_assert_cmpstr(findings, ==, "1 limit limit\n2 attendee-change-missing repaired");
    g_assert_cmpuint(plan->edits->len, ==, 1);
}

/* More parameters than are read, more fields than are kept: no part is looked for. */
static void test_limit_fields(void)
{
    static const struct {
        const char *before, *repeated, *after;
    } rows[] = {
        {"Content-Type: text/calendar", ";a=b", "\n\n" REPLY},
        {"", "A: b\n", CAL_TYPE "\n" REPLY},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) mail = g_string_new(rows[i].before);
        for (guint j = 0; j <= MESSAGE_MAX_FIELDS; j++)
            g_string_append(mail, rows[i].repeated);
        g_string_append(mail, rows[i].after);
        g_auto(Policy) policy;
        set_policy(&policy, NULL);
        g_autoptr(Plan) plan = plan_for(mail->str, &policy);
        g_autofree char *findings = findings_text(plan);
        g_assert_cmpstr(findings, ==, "- limit limit");
        g_assert_false(plan_changes(plan));
    }
}

/* Over the size and without a calendar it is a plain mail. */
static void test_limit_plain(void)
{
    g_auto(Policy) policy;
    set_policy(&policy, NULL);
    policy.limits.message_bytes = 1;
    g_autoptr(Plan) plan = plan_for("Subject: x\n\nbody\n", &policy);
    g_assert_cmpuint(plan->findings->len, ==, 0);
}

/* ---- the plan itself ---- */

/* Findings own their strings: the parts that they came from are gone. */
static void test_finding(void)
{
    g_auto(Policy) policy;
    set_policy(&policy, NULL);
    g_autoptr(Plan) plan = plan_for(
        MULTI("mixed", PART("", "x") PART("Content-Type: TEXT/Calendar\n", REPLY)), &policy);
    g_assert_cmpuint(plan->findings->len, ==, 1);
    const Finding *finding = &g_array_index(plan->findings, Finding, 0);
    g_assert_cmpstr(finding->part, ==, "2");
    g_assert_cmpstr(finding->type, ==, "text/calendar");
    g_assert_cmpstr(finding->method, ==, "REPLY");
    g_assert_cmpstr(finding->uid, ==, "1");
    g_assert_cmpstr(finding->component, ==, "VEVENT");
    g_assert_null(finding->old_value);
    g_assert_cmpstr(finding->new_value, ==, "20260104T030201Z");
}

static void test_stamp(void)
{
    g_auto(Policy) policy;
    policy_init(&policy);
    policy_set_profile(&policy, 0);
    g_autoptr(Plan) plan =
        plan_for("Date: Mon, 1 Jan 1601 00:00:00 +0000\n" CAL_TYPE "\n" REPLY, &policy);
    g_assert_cmpuint(plan->edits->len, ==, 3);
    const Edit *stamp = &g_array_index(plan->edits, Edit, 0);
    g_autofree char *text = octets_dup(stamp->text);
    g_assert_cmpuint(stamp->offset + stamp->length, ==, 0);
    g_assert_true(g_str_has_prefix(text, "X-Calmend: "));
    g_assert_true(g_str_has_suffix(text, "rules=attendee-change-missing,\n\theader-date-epoch\n") ||
                  g_str_has_suffix(text, "rules=attendee-change-missing, header-date-epoch\n"));
}

static void test_withdraw(void)
{
    static const Reason before[] = {REASON_NONE, REASON_LEAVE, REASON_NONE, REASON_SIGNED};
    static const Reason after[] = {REASON_NONE, REASON_LEAVE, REASON_GUARD, REASON_SIGNED};
    g_autoptr(Plan) plan = plan_new();
    for (guint i = 0; i < G_N_ELEMENTS(before); i++) {
        Finding finding = {.rule = rules_get(0), .new_value = "x", .reason = before[i]};
        g_array_append_val(plan->findings, finding);
    }
    plan_withdraw(plan, 1, REASON_GUARD);
    for (guint i = 0; i < G_N_ELEMENTS(after); i++)
        g_assert_cmpint(g_array_index(plan->findings, Finding, i).reason, ==, after[i]);
    g_assert_null(g_array_index(plan->findings, Finding, 2).new_value);
    g_assert_nonnull(g_array_index(plan->findings, Finding, 0).new_value);

    static const Edit edit = {.length = 1};
    g_array_append_val(plan->edits, edit);
    g_assert_true(plan_changes(plan));
    plan_drop_edits(plan, REASON_GUARD);
    g_assert_false(plan_changes(plan));
    g_assert_cmpint(g_array_index(plan->findings, Finding, 0).reason, ==, REASON_GUARD);
}

static void test_reasons(void)
{
    g_autoptr(GHashTable) words = g_hash_table_new(g_str_hash, g_str_equal);
    for (int reason = REASON_NONE; reason < REASONS; reason++) {
        g_assert_cmpstr(reason_text((Reason)reason), !=, "");
        g_assert_true(g_hash_table_add(words, (gpointer)reason_word((Reason)reason)));
    }
    g_assert_cmpstr(reason_word(REASON_SIGNED), ==, "signed");
    plan_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    repair_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/repair/plan/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_plan);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autofree char *path = g_strconcat("/repair/limit/", limits[i].name, NULL);
        g_test_add_data_func(path, &limits[i], test_limit);
    }
    g_test_add_func("/repair/limit-beside", test_limit_beside);
    g_test_add_func("/repair/limit-plain", test_limit_plain);
    g_test_add_func("/repair/limit-fields", test_limit_fields);
    g_test_add_func("/repair/finding", test_finding);
    g_test_add_func("/repair/stamp", test_stamp);
    g_test_add_func("/plan/withdraw", test_withdraw);
    g_test_add_func("/plan/reasons", test_reasons);
    return g_test_run();
}
