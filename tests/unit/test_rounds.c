/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_rounds: the cases over the text of a calendar part, until nothing is left of them.
 *
 * A row is a text, what is enabled, the text afterwards and the findings, as RULE PROPERTY OLD>NEW
 * with :REASON behind what is left. What each rule does is in the golden mails; here is how rounds
 * go together, when they end, and what a finding says. The clock stands at 2026-01-06, the Date
 * field gives 2026-01-05 12:00.
 */
#include "common/calendar/calendar_guard.h"
#include "common/rules/rounds.h"

#include <string.h>

#define NOW  G_GINT64_CONSTANT(1767657600)
#define DATE G_GINT64_CONSTANT(1767614400)

#define EPOCH  "16010101T000000Z"
#define T      "20260104T030201Z"
#define T_DATE "20260105T120000Z"
#define DTS    "DTSTAMP:" T "\n"
#define ACC    "X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE"

#define CAL(inside)   "BEGIN:VCALENDAR\n" inside "END:VCALENDAR\n"
#define EVENT(inside) "BEGIN:VEVENT\n" inside "END:VEVENT\n"
#define WHOLE         "VERSION:2.0\nPRODID:x\n"

typedef struct {
    const char *name;
    const char *settings; /* rules and families, a - before one that is disabled; out, none */
    const char *text;
    const char *result; /* NULL: the same */
    const char *findings;
} RoundsCase;

static const RoundsCase cases[] = {
    {"nothing", "", CAL(EVENT(DTS)), NULL, ""},
    {"empty", "", "", NULL, ""},

    /* rounds */
    {"insertions-at-one-place", "none attendee-change-missing stamp-missing",
     CAL("METHOD:REPLY\n" EVENT("")),
     CAL("METHOD:REPLY\n" EVENT(ACC ":" T_DATE "\nDTSTAMP:" T_DATE "\n")),
     "attendee-change-missing " ACC " >" T_DATE "\nstamp-missing DTSTAMP >" T_DATE},
    {"structure-first", "", CAL("METHOD:REPLY\n" EVENT("DTSTAMP;:" T "\n")),
     CAL("VERSION:2.0\nPRODID:-//calmend//NONSGML calmend//EN\nMETHOD:REPLY\n" EVENT(DTS ACC ":" T
                                                                                             "\n")),
     "version-missing VERSION >2.0\nproduct-missing PRODID >-//calmend//NONSGML calmend//EN\n"
     "parameter-empty DTSTAMP " T ">" T "\nattendee-change-missing " ACC " >" T},
    {"line-ends-alone", "", "BEGIN:VCALENDAR \r\r\nEND:VCALENDAR\r\r\n",
     "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
     "doubled-return text CR CR LF>CR LF\nline-blanks BEGIN VCALENDAR >VCALENDAR"},
    {"waits-for-the-nesting", "none fold-missing", "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n",
     NULL, "attendee-change-missing " ACC " >:malformed\ncalendar-unreadable text >:malformed"},
    {"one-line-twice", "", CAL(EVENT(DTS "CREATED;:" EPOCH "\n")),
     CAL(EVENT(DTS "CREATED:" T "\n")),
     "parameter-empty CREATED " EPOCH ">" EPOCH "\ncreated-epoch CREATED " EPOCH ">" T},
    {"seven-rounds", "", "BEGIN:VCALENDAR\r\r\r\r\r\r\r\r\nEND:VCALENDAR\r\r\r\r\r\r\r\r\n",
     "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
     "doubled-return text CR CR LF>CR LF\ndoubled-return text CR CR LF>CR LF\n"
     "doubled-return text CR CR LF>CR LF\ndoubled-return text CR CR LF>CR LF\n"
     "doubled-return text CR CR LF>CR LF\ndoubled-return text CR CR LF>CR LF\n"
     "doubled-return text CR CR LF>CR LF"},
    {"eight-rounds", "", "BEGIN:VCALENDAR\r\r\r\r\r\r\r\r\r\nEND:VCALENDAR\r\r\r\r\r\r\r\r\r\n",
     NULL,
     "doubled-return text CR CR LF>:limit\ndoubled-return text CR CR LF>:limit\n"
     "doubled-return text CR CR LF>:limit\ndoubled-return text CR CR LF>:limit\n"
     "doubled-return text CR CR LF>:limit\ndoubled-return text CR CR LF>:limit\n"
     "doubled-return text CR CR LF>:limit\ndoubled-return text CR CR LF>:limit"},

    /* the substitute time */
    {"time-of-own-component", "",
     CAL(EVENT(DTS) EVENT("DTSTAMP:20260103T000000Z\nCREATED:" EPOCH "\n")),
     CAL(EVENT(DTS) EVENT("DTSTAMP:20260103T000000Z\nCREATED:20260103T000000Z\n")),
     "created-epoch CREATED " EPOCH ">20260103T000000Z"},
    {"time-local", "", CAL(EVENT("DTSTAMP:20260104T030201\nCREATED:" EPOCH "\n")),
     CAL(EVENT("DTSTAMP:20260104T030201\nCREATED:" T_DATE "\n")),
     "created-epoch CREATED " EPOCH ">" T_DATE},
    {"time-tomorrow", "", CAL(EVENT("DTSTAMP:20260107T000000Z\nCREATED:" EPOCH "\n")),
     CAL(EVENT("DTSTAMP:20260107T000000Z\nCREATED:20260107T000000Z\n")),
     "created-epoch CREATED " EPOCH ">20260107T000000Z"},
    {"time-in-the-future", "", CAL(EVENT("DTSTAMP:20260107T000001Z\nCREATED:" EPOCH "\n")),
     CAL(EVENT("DTSTAMP:20260107T000001Z\nCREATED:" T_DATE "\n")),
     "created-epoch CREATED " EPOCH ">" T_DATE},
    {"time-1971", "", CAL(EVENT("DTSTAMP:19710101T000000Z\nCREATED:" EPOCH "\n")),
     CAL(EVENT("DTSTAMP:19710101T000000Z\nCREATED:19710101T000000Z\n")),
     "created-epoch CREATED " EPOCH ">19710101T000000Z"},
    {"time-1970", "", CAL(EVENT("DTSTAMP:19701231T235959Z\nCREATED:" EPOCH "\n")),
     CAL(EVENT("DTSTAMP:19701231T235959Z\nCREATED:" T_DATE "\n")),
     "created-epoch CREATED " EPOCH ">" T_DATE},
    {"time-two-stamps", "-duplicate-line", CAL("METHOD:REPLY\n" WHOLE EVENT(DTS DTS)),
     CAL("METHOD:REPLY\n" WHOLE EVENT(DTS ACC ":" T_DATE "\n" DTS)),
     "attendee-change-missing " ACC " >" T_DATE "\nstamp-epoch DTSTAMP " T ">:leave"},
    {"time-as-a-date", "", CAL(EVENT(DTS "CREATED;VALUE=DATE:16010101\n")),
     CAL(EVENT(DTS "CREATED;VALUE=DATE:20260104\n")), "created-epoch CREATED 16010101>20260104"},

    /* what counts as absent, and as one */
    {"like-a-line", "none", CAL("METHOD:REPLY\n" EVENT(DTS ACC " :" T "\n")), NULL, ""},
    {"like-a-line-without-colon", "none", CAL("METHOD:REPLY\n" EVENT(DTS ACC "\n")), NULL, ""},
    {"longer-name", "none", CAL("METHOD:REPLY\n" EVENT(DTS ACC "X:1\n")),
     CAL("METHOD:REPLY\n" EVENT(DTS ACC ":" T "\n" ACC "X:1\n")),
     "attendee-change-missing " ACC " >" T},

    /* METHOD */
    {"method-last-counts", "none", CAL("METHOD:REQUEST\n" EVENT(DTS) "method;X=1: Reply \n"),
     CAL("METHOD:REQUEST\n" EVENT(DTS ACC ":" T "\n") "method;X=1: Reply \n"),
     "attendee-change-missing " ACC " >" T},
    {"method-of-own-calendar", "none", CAL("METHOD:REPLY\n") CAL(EVENT(DTS)), NULL, ""},
    {"method-in-a-component", "none", CAL(EVENT(DTS "METHOD:REPLY\n")), NULL, ""},

    /* what nobody looks at */
    {"timezone", "",
     CAL("BEGIN:VTIMEZONE\nTZID:x\nLAST-MODIFIED:" EPOCH
         "\nBEGIN:STANDARD\nDTSTART:16010101T000000\nEND:STANDARD\nEND:VTIMEZONE\n"),
     NULL, ""},
    {"event-in-timezone", "",
     CAL("BEGIN:VTIMEZONE\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nDTSTAMP:" EPOCH
         "\nEND:VEVENT\nEND:VCALENDAR\nEND:VTIMEZONE\n"),
     NULL, ""},
    {"event-in-event", "", CAL(EVENT(DTS "BEGIN:VEVENT\nCREATED:" EPOCH "\nEND:VEVENT\n")), NULL,
     ""},
    {"alarm", "", CAL(EVENT(DTS "BEGIN:VALARM\nCREATED:" EPOCH "\nEND:VALARM\n")), NULL, ""},
    {"calendar-in-event", "none",
     CAL(EVENT(DTS "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n" DTS
                   "END:VEVENT\nEND:VCALENDAR\nCREATED:" EPOCH "\n")),
     CAL(EVENT(DTS "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n" DTS ACC ":" T
                   "\nEND:VEVENT\nEND:VCALENDAR\nCREATED:" T "\n")),
     "attendee-change-missing " ACC " >" T "\ncreated-epoch CREATED " EPOCH ">" T},

    /* levels */
    {"disabled", "none -attendee-change-missing", CAL("METHOD:REPLY\n" EVENT(DTS)), NULL, ""},
    {"family-disabled", "none -epoch", CAL("METHOD:REPLY\n" EVENT(DTS "CREATED:" EPOCH "\n")), NULL,
     ""},
};

static char *findings_text(const GArray *findings)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = &g_array_index(findings, Finding, i);
        gboolean repaired = finding->reason == REASON_NONE;
        g_string_append_printf(text, "%s%s %s %s>%s%s%s", i > 0 ? "\n" : "", finding->rule->name,
                               finding->property,
                               finding->old_value == NULL ? "" : finding->old_value,
                               finding->new_value == NULL ? "" : finding->new_value,
                               repaired ? "" : ":", repaired ? "" : reason_word(finding->reason));
        g_assert_true(repaired || finding->new_value == NULL);
    }
    return g_string_free(text, FALSE);
}

/* ---- a text in the hands of the rounds ---- */

typedef struct {
    Policy policy;
    Message message;
    Part part;
    Transfer transfer;
    Plan *plan;
    RoundsResult result;
    Octets text;
} Bench;

static void set_policy(Policy *policy, const char *settings)
{
    g_auto(GStrv) words = g_strsplit(settings, " ", -1);
    policy_init(policy);
    for (char **word = words; *word != NULL && **word != '\0'; word++) {
        if (g_str_equal(*word, "none"))
            policy_set_profile(policy, 0);
        else if (g_str_equal(*word, "out"))
            policy_set_profile(policy, PROFILE_OUTBOUND);
        else if (**word == '-')
            g_assert_true(policy_set_level(policy, *word + 1, RULE_DISABLED));
        else
            g_assert_true(policy_set_level(policy, *word, RULE_ENABLED));
    }
}

static void bench_run(Bench *bench, const char *text, Reason seal)
{
    static const MessageTimes times = {.now = NOW, .fallback = DATE};
    static char number[] = "2.1";
    static char type[] = "text/calendar";
    bench->text = octets_of(text);
    message_init(&bench->message, octets_of("A: 1\n\n"));
    bench->part = (Part){.kind = PART_CALENDAR, .number = number, .type = type};
    bench->transfer = (Transfer){.decoded = bench->text, .faithful = TRUE};
    bench->plan = plan_new();
    PartWork work = {
        .message = &bench->message,
        .policy = &bench->policy,
        .times = &times,
        .part = &bench->part,
        .transfer = &bench->transfer,
        .seal = seal,
        .plan = bench->plan,
    };
    rounds_run(&work, bench->text, &bench->result);
}

static void bench_clear(Bench *bench)
{
    rounds_result_clear(&bench->result);
    plan_free(bench->plan);
    message_clear(&bench->message);
    policy_clear(&bench->policy);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

/* The last text is what the composed edits make of the first one. */
static void assert_result(const Bench *bench, const char *wanted)
{
    const RoundsResult *result = &bench->result;
    g_assert_true(splice_is_valid(result->edits, bench->text.size));
    g_autoptr(GString) edited = splice_to_string(bench->text, result->edits);
    g_assert_cmpstr(edited->str, ==, wanted);
    if (!result->is_left && result->edits->len > 0)
        g_assert_cmpstr(result->text->str, ==, wanted);
}

static void check_case(const RoundsCase *row, const char *text, const char *wanted)
{
    g_auto(Bench) bench;
    set_policy(&bench.policy, row->settings);
    bench_run(&bench, text, REASON_NONE);
    g_autofree char *findings = findings_text(bench.plan->findings);
    g_assert_cmpstr(findings, ==, row->findings);
    assert_result(&bench, wanted);
}

static void check_at_rest(const RoundsCase *row, const char *text)
{
    g_auto(Bench) bench;
    set_policy(&bench.policy, row->settings);
    bench_run(&bench, text, REASON_NONE);
    g_assert_cmpuint(bench.result.edits->len, ==, 0);
    for (guint i = 0; i < bench.plan->findings->len; i++)
        g_assert_cmpint(g_array_index(bench.plan->findings, Finding, i).reason, !=, REASON_NONE);
}

static char *with_returns(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    return g_strjoinv("\r\n", lines);
}

/* As it is, and, where lines end in LF, with CR LF, where what comes in ends so, too. A second pass
 * has nothing to do. */
static void test_case(gconstpointer data)
{
    const RoundsCase *row = data;
    const char *wanted = row->result == NULL ? row->text : row->result;
    check_case(row, row->text, wanted);
    check_at_rest(row, wanted);
    if (strchr(row->text, '\r') != NULL)
        return;
    g_autofree char *crlf = with_returns(row->text);
    g_autofree char *wanted_crlf = with_returns(wanted);
    check_case(row, crlf, wanted_crlf);
}

static void test_line_endings(void)
{
    static const char *const rows[][2] = {
        {"BEGIN:VEVENT\nDTSTAMP:" T "\r\nX-A:1\nEND:VEVENT\n",
         "BEGIN:VEVENT\nDTSTAMP:" T "\r\n" ACC ":" T "\r\nX-A:1\nEND:VEVENT\n"},
        {"BEGIN:VEVENT\r\nDTSTAMP:" T "\nX-A:1\r\nEND:VEVENT\r\n",
         "BEGIN:VEVENT\r\nDTSTAMP:" T "\n" ACC ":" T "\nX-A:1\r\nEND:VEVENT\r\n"},
        {"BEGIN:VEVENT\nX-A:1\r\nEND:VEVENT\n",
         "BEGIN:VEVENT\nX-A:1\r\n" ACC ":" T_DATE "\r\nEND:VEVENT\n"},
        {"BEGIN:VEVENT\nX-A:1\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\n",
         "BEGIN:VEVENT\nX-A:1\n" ACC ":" T_DATE "\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\n"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            g_strconcat("BEGIN:VCALENDAR\nMETHOD:REPLY\n", rows[i][0], "END:VCALENDAR", NULL);
        g_autofree char *wanted =
            g_strconcat("BEGIN:VCALENDAR\nMETHOD:REPLY\n", rows[i][1], "END:VCALENDAR", NULL);
        g_auto(Bench) bench;
        set_policy(&bench.policy, "none");
        bench_run(&bench, text, REASON_NONE);
        assert_result(&bench, wanted);
    }
}

/* Under a seal everything is found, in every round, nothing is edited, and what rules leave stays
 * left. */
static void test_seal(void)
{
    g_auto(Bench) bench;
    set_policy(&bench.policy, "");
    bench_run(&bench,
              CAL("METHOD:REPLY\n" EVENT("CREATED:" EPOCH "\nDTSTAMP;:" T "\nDTSTART:" EPOCH "\n")),
              REASON_SIGNED);
    g_autofree char *findings = findings_text(bench.plan->findings);
    g_assert_cmpstr(findings, ==,
                    "version-missing VERSION >:signed\nproduct-missing PRODID >:signed\n"
                    "parameter-empty DTSTAMP " T ">:signed\n"
                    "attendee-change-missing " ACC " >:signed\n"
                    "created-epoch CREATED " EPOCH ">:signed\n"
                    "schedule-epoch DTSTART " EPOCH ">:leave");
    g_assert_cmpuint(bench.result.edits->len + bench.result.fields->len, ==, 0);
}

/* Edits of a family whose switch is off are not made; those of the other one are. */
static void test_switch(void)
{
    g_auto(Bench) bench;
    set_policy(&bench.policy, "");
    bench.policy.switches = 1U << SWITCH_TRACK_STATUS;
    bench_run(&bench, CAL("METHOD:REPLY\n" EVENT(DTS)), REASON_NONE);
    g_autofree char *findings = findings_text(bench.plan->findings);
    g_assert_cmpstr(findings, ==,
                    "attendee-change-missing " ACC " >" T "\n"
                    "version-missing VERSION >:switch_off\nproduct-missing PRODID >:switch_off");
    assert_result(&bench, CAL("METHOD:REPLY\n" EVENT(DTS ACC ":" T "\n")));
}

static void test_finding(void)
{
    g_auto(Bench) bench;
    set_policy(&bench.policy, "none");
    bench_run(&bench,
              "BEGIN:VCALENDAR\nPRODID:-//X//Y\nMETHOD:PUBLISH\nBEGIN:Vevent\nUID: u\n 1\n"
              "CREATED:x\nEND:VEVENT\nMETHOD:Request\nEND:VCALENDAR\n",
              REASON_NONE);
    g_assert_cmpuint(bench.plan->findings->len, ==, 1);
    const Finding *finding = &g_array_index(bench.plan->findings, Finding, 0);
    g_assert_cmpstr(finding->rule->name, ==, "created-epoch");
    g_assert_cmpstr(finding->part, ==, "2.1");
    g_assert_cmpstr(finding->type, ==, "text/calendar");
    g_assert_cmpstr(finding->method, ==, "Request");
    g_assert_cmpstr(finding->uid, ==, "u1");
    g_assert_cmpstr(finding->producer, ==, "-//X//Y");
    g_assert_cmpstr(finding->component, ==, "Vevent");
    g_assert_cmpstr(finding->property, ==, "CREATED");
    g_assert_cmpstr(finding->old_value, ==, "x");
    g_assert_cmpstr(finding->detail, ==, "no date");
    g_assert_true(finding->rule_case == &finding->rule->cases[0]);
}

static void test_detail(void)
{
    static const char *const rows[][2] = {
        {"CREATED:" EPOCH "\nCREATED:" T "\n", "stands more than once"},
        {"CREATED: \n", "empty"},
        {"CREATED:0\n", "no date"},
        {"CREATED;TZID=X:16010101T000000\n", "has a TZID"},
        {"CREATED:" EPOCH "\n", NULL},
        {"DTSTART:" EPOCH "\n", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", rows[i][0],
                                            "END:VEVENT\nEND:VCALENDAR\n", NULL);
        g_auto(Bench) bench;
        set_policy(&bench.policy, "none");
        bench_run(&bench, text, REASON_NONE);
        g_assert_cmpuint(bench.plan->findings->len, ==, 1);
        g_assert_cmpstr(g_array_index(bench.plan->findings, Finding, 0).detail, ==, rows[i][1]);
    }
}

/* What a repair would take over a limit is left, with what was done before. */
static void test_limit_between_rounds(void)
{
    g_auto(Bench) bench;
    set_policy(&bench.policy, "");
    bench.policy.limits.calendar.lines = 7;
    bench_run(&bench, CAL("METHOD:REPLY\n" EVENT(DTS "UID:1\n")), REASON_NONE);
    g_autofree char *findings = findings_text(bench.plan->findings);
    g_assert_cmpstr(findings, ==,
                    "limit message >:limit\nversion-missing VERSION >:limit\n"
                    "product-missing PRODID >:limit");
    g_assert_cmpuint(bench.result.edits->len, ==, 0);
    g_assert_true(bench.result.is_left);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    calendar_guard_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/rounds/text/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/rounds/line-endings", test_line_endings);
    g_test_add_func("/rounds/seal", test_seal);
    g_test_add_func("/rounds/switch", test_switch);
    g_test_add_func("/rounds/finding", test_finding);
    g_test_add_func("/rounds/detail", test_detail);
    g_test_add_func("/rounds/limit-between-rounds", test_limit_between_rounds);
    return g_test_run();
}
