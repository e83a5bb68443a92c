/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_calendar_rules: each row that looks at a calendar, on the octets of the calendar.
 *
 * A case is the METHOD, the lines of one VEVENT (or of another component, written out), the rules
 * that are enabled, and what comes of it: the lines afterwards and the findings, as RULE PROPERTY
 * OLD>NEW with a * behind what is left. The clock stands at 2026-01-06, the Date field gives
 * 2026-01-05 12:00.
 */
#include "common/rules/calendar_rules.h"

#include <string.h>

#define NOW  G_GINT64_CONSTANT(1767657600)
#define DATE G_GINT64_CONSTANT(1767614400)

#define EPOCH  "16010101T000000Z"
#define DTS    "DTSTAMP:20260104T030201Z\n"
#define T      "20260104T030201Z"
#define T_DATE "20260105T120000Z"
#define ACC    "X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE:"
#define OCC    "X-MICROSOFT-CDO-OWNER-CRITICAL-CHANGE:"
#define RT     "X-MICROSOFT-CDO-REPLYTIME:"
#define BUSY   "X-MICROSOFT-CDO-BUSYSTATUS:"
#define INT    "X-MICROSOFT-CDO-INTENDEDSTATUS:"

typedef struct {
    const char *name;
    const char *enable; /* a rule or family; a - before it disables; NULL: the default */
    const char *method; /* NULL: none */
    const char *lines;  /* of the VEVENT, or components where the first line is a BEGIN */
    const char *result; /* NULL: the same */
    const char *findings;
} RuleCase;

static const RuleCase cases[] = {
    /* attendee-change-missing */
    {"acc-missing-reply", NULL, "REPLY", DTS "UID:1\n", DTS ACC T "\nUID:1\n",
     "attendee-change-missing " ACC " >" T},
    {"acc-missing-counter", NULL, "counter", DTS, DTS ACC T "\n",
     "attendee-change-missing " ACC " >" T},
    {"acc-missing-blanks", NULL, " Reply \t", DTS, DTS ACC T "\n",
     "attendee-change-missing " ACC " >" T},
    {"acc-missing-request", NULL, "REQUEST", DTS, NULL, ""},
    {"acc-missing-cancel", NULL, "CANCEL", DTS, NULL, ""},
    {"acc-missing-declinecounter", NULL, "DECLINECOUNTER", DTS, NULL, ""},
    {"acc-missing-no-method", NULL, NULL, DTS, NULL, ""},
    {"acc-missing-empty-method", NULL, "", DTS, NULL, ""},
    {"acc-missing-disabled", "-attendee-change-missing", "REPLY", DTS, NULL, ""},
    {"acc-missing-family-disabled", "-epoch", "REPLY", DTS RT EPOCH "\n", NULL, ""},
    {"acc-there", NULL, "REPLY", DTS ACC T "\n", NULL, ""},
    {"acc-there-lower-case", NULL, "REPLY", DTS "x-microsoft-cdo-attendee-critical-change:" T "\n",
     NULL, ""},
    {"acc-there-as-a-value", NULL, "REPLY", DTS "X-MICROSOFT-CDO-MODPROPS:" ACC "\n",
     DTS ACC T "\nX-MICROSOFT-CDO-MODPROPS:" ACC "\n", "attendee-change-missing " ACC " >" T},
    {"acc-empty-is-there", NULL, "REPLY", DTS ACC "\n", NULL, "attendee-change-epoch " ACC " >*"},
    {"acc-missing-no-stamp", NULL, "REPLY", "UID:1\n", "UID:1\n" ACC T_DATE "\n",
     "attendee-change-missing " ACC " >" T_DATE},
    {"acc-missing-before-alarm", NULL, "REPLY", "UID:1\nBEGIN:VALARM\nEND:VALARM\nX:2\n",
     "UID:1\n" ACC T_DATE "\nBEGIN:VALARM\nEND:VALARM\nX:2\n",
     "attendee-change-missing " ACC " >" T_DATE},
    {"acc-missing-empty-event", NULL, "REPLY", "", ACC T_DATE "\n",
     "attendee-change-missing " ACC " >" T_DATE},
    {"acc-missing-after-folds", NULL, "REPLY", "DTSTAMP:20260104\n T030201Z\n \nUID:1\n",
     "DTSTAMP:20260104\n T030201Z\n \n" ACC T "\nUID:1\n", "attendee-change-missing " ACC " >" T},
    {"acc-missing-two-stamps", NULL, "REPLY", DTS DTS "UID:1\n", DTS ACC T_DATE "\n" DTS "UID:1\n",
     "attendee-change-missing " ACC " >" T_DATE "\nstamp-epoch DTSTAMP " T ">*"},
    {"acc-missing-todo", NULL, "REPLY", "BEGIN:VTODO\n" DTS "END:VTODO\n", NULL, ""},

    /* attendee-change-epoch */
    {"acc-epoch", NULL, "REQUEST", DTS ACC EPOCH "\n", DTS ACC T "\n",
     "attendee-change-epoch " ACC " " EPOCH ">" T},
    {"acc-epoch-west", NULL, NULL, DTS ACC "16001231T160000\n", DTS ACC T "\n",
     "attendee-change-epoch " ACC " 16001231T160000>" T},
    {"acc-epoch-folded", NULL, "REPLY", DTS ACC "\n  1601\n 0101T000000Z \n \n",
     DTS ACC "\n  " T " \n \n", "attendee-change-epoch " ACC " " EPOCH ">" T},
    {"acc-epoch-todo", NULL, "REPLY", "BEGIN:VTODO\n" DTS ACC EPOCH "\nEND:VTODO\n", NULL, ""},

    /* owner-change-epoch */
    {"occ-request", NULL, "REQUEST", DTS OCC EPOCH "\n", DTS OCC T "\n",
     "owner-change-epoch " OCC " " EPOCH ">" T},
    {"occ-publish", NULL, "PUBLISH", DTS OCC EPOCH "\n", DTS OCC T "\n",
     "owner-change-epoch " OCC " " EPOCH ">" T},
    {"occ-cancel", NULL, "CANCEL", DTS OCC EPOCH "\n", DTS OCC T "\n",
     "owner-change-epoch " OCC " " EPOCH ">" T},
    {"occ-no-method", NULL, NULL, DTS OCC EPOCH "\n", DTS OCC T "\n",
     "owner-change-epoch " OCC " " EPOCH ">" T},
    {"occ-refresh", "owner-change-epoch", "REFRESH", DTS OCC EPOCH "\n", NULL, ""},
    {"occ-reply", NULL, "REPLY", DTS ACC T "\n" OCC EPOCH "\n", NULL,
     "owner-change-epoch " OCC " " EPOCH ">*"},
    {"occ-reply-opt", "owner-change-epoch", "REPLY", DTS ACC T "\n" OCC EPOCH "\n \nX:1\n",
     DTS ACC T "\nX:1\n", "owner-change-epoch " OCC " " EPOCH ">"},

    /* reply-time-epoch */
    {"rt-reply", NULL, "REPLY", DTS ACC T "\n" RT EPOCH "\n", DTS ACC T "\n" RT T "\n",
     "reply-time-epoch " RT " " EPOCH ">" T},
    {"rt-request", NULL, "REQUEST", DTS RT EPOCH "\n", NULL, ""},
    {"rt-request-twice", NULL, "REQUEST", DTS RT EPOCH "\n" RT "\n", NULL, ""},
    {"rt-request-opt", "reply-time-epoch", "REQUEST", DTS RT EPOCH "\nX:1\n", DTS "X:1\n",
     "reply-time-epoch " RT " " EPOCH ">"},
    {"rt-reply-opt", "reply-time-epoch", "REPLY", DTS ACC T "\n" RT EPOCH "\n",
     DTS ACC T "\n" RT T "\n", "reply-time-epoch " RT " " EPOCH ">" T},

    /* stamp-epoch, created-epoch, modified-epoch */
    {"stamp-epoch", NULL, NULL, "DTSTAMP:" EPOCH "\n", "DTSTAMP:" T_DATE "\n",
     "stamp-epoch DTSTAMP " EPOCH ">" T_DATE},
    {"stamp-epoch-reply", NULL, "REPLY", "DTSTAMP:" EPOCH "\n",
     "DTSTAMP:" T_DATE "\n" ACC T_DATE "\n",
     "attendee-change-missing " ACC " >" T_DATE "\nstamp-epoch DTSTAMP " EPOCH ">" T_DATE},
    {"stamp-epoch-freebusy", NULL, NULL, "BEGIN:VFREEBUSY\nDTSTAMP:" EPOCH "\nEND:VFREEBUSY\n",
     "BEGIN:VFREEBUSY\nDTSTAMP:" T_DATE "\nEND:VFREEBUSY\n",
     "stamp-epoch DTSTAMP " EPOCH ">" T_DATE},
    {"created-modified", NULL, NULL, "CREATED:" EPOCH "\n" DTS "LAST-MODIFIED:" EPOCH "\n",
     "CREATED:" T "\n" DTS "LAST-MODIFIED:" T "\n",
     "created-epoch CREATED " EPOCH ">" T "\nmodified-epoch LAST-MODIFIED " EPOCH ">" T},
    {"created-journal", NULL, NULL, "BEGIN:VJOURNAL\n" DTS "CREATED:" EPOCH "\nEND:VJOURNAL\n",
     "BEGIN:VJOURNAL\n" DTS "CREATED:" T "\nEND:VJOURNAL\n", "created-epoch CREATED " EPOCH ">" T},
    {"created-freebusy", NULL, NULL, "BEGIN:VFREEBUSY\n" DTS "CREATED:" EPOCH "\nEND:VFREEBUSY\n",
     NULL, ""},
    {"created-date", NULL, NULL, DTS "CREATED;VALUE=DATE:16010101\n",
     DTS "CREATED;VALUE=DATE:20260104\n", "created-epoch CREATED 16010101>20260104"},
    {"created-date-time", NULL, NULL, DTS "CREATED;value=\"date-time\":16010101\n",
     DTS "CREATED;value=\"date-time\":" T "\n", "created-epoch CREATED 16010101>" T},
    {"created-tzid", NULL, NULL, DTS "CREATED;TZID=X:16010101T000000\n", NULL,
     "created-epoch CREATED 16010101T000000>*"},
    {"created-twice", NULL, NULL, DTS "CREATED:" EPOCH "\nCREATED:" T "\n", NULL,
     "created-epoch CREATED " EPOCH ">*"},
    {"created-empty", NULL, NULL, DTS "CREATED: \n", NULL, "created-epoch CREATED >*"},
    {"created-no-date", NULL, NULL, DTS "CREATED:1601-01-01\n", NULL,
     "created-epoch CREATED 1601-01-01>*"},
    {"created-good", NULL, NULL, DTS "CREATED:20250101T000000Z\n", NULL, ""},

    /* stamp-missing */
    {"stamp-missing", NULL, NULL, "UID:1\n", NULL, ""},
    {"stamp-missing-opt", "stamp-missing", NULL, "UID:1\n", "DTSTAMP:" T_DATE "\nUID:1\n",
     "stamp-missing DTSTAMP >" T_DATE},
    {"stamp-missing-both", "stamp-missing", "REPLY", "", "DTSTAMP:" T_DATE "\n" ACC T_DATE "\n",
     "stamp-missing DTSTAMP >" T_DATE "\nattendee-change-missing " ACC " >" T_DATE},

    /* completed, sequence time, response time */
    {"completed", NULL, NULL, "BEGIN:VTODO\n" DTS "COMPLETED:" EPOCH "\nEND:VTODO\n", NULL,
     "completed-epoch COMPLETED " EPOCH ">*"},
    {"completed-opt", "completed-epoch", NULL,
     "BEGIN:VTODO\n" DTS "COMPLETED:" EPOCH "\nEND:VTODO\n", "BEGIN:VTODO\n" DTS "END:VTODO\n",
     "completed-epoch COMPLETED " EPOCH ">"},
    {"completed-event", NULL, NULL, DTS "COMPLETED:" EPOCH "\n", NULL, ""},
    {"sequence-time", NULL, NULL, DTS "X-MS-OLK-APPTSEQTIME:" EPOCH "\n", NULL,
     "sequence-time-epoch X-MS-OLK-APPTSEQTIME " EPOCH ">*"},
    {"sequence-time-opt", "sequence-time-epoch", NULL, DTS "X-MS-OLK-APPTSEQTIME:" EPOCH "\n", DTS,
     "sequence-time-epoch X-MS-OLK-APPTSEQTIME " EPOCH ">"},
    {"response-time", NULL, NULL, DTS "ATTENDEE;X-MS-OLK-RESPTIME=" EPOCH ":a\n", NULL,
     "response-time-epoch ATTENDEE " EPOCH ">*"},
    {"response-time-opt", "response-time-epoch", NULL,
     DTS "ATTENDEE;CN=\"a:b\";X-MS-OLK-RESPTIME=\"" EPOCH "\";RSVP=TRUE:a\n"
         "ATTENDEE;X-MS-OLK-RESPTIME=" T ":b\nATTENDEE:c\nATTENDEE;X-MS-OLK-RESPTIME=" EPOCH ":d\n",
     DTS "ATTENDEE;CN=\"a:b\";RSVP=TRUE:a\nATTENDEE;X-MS-OLK-RESPTIME=" T
         ":b\nATTENDEE:c\nATTENDEE:d\n",
     "response-time-epoch ATTENDEE " EPOCH ">\nresponse-time-epoch ATTENDEE " EPOCH ">"},
    {"response-time-twice", "response-time-epoch", NULL,
     DTS "ATTENDEE;X-MS-OLK-RESPTIME=" EPOCH ";X-MS-OLK-RESPTIME=16010101:a\n", DTS "ATTENDEE:a\n",
     "response-time-epoch ATTENDEE " EPOCH ">\nresponse-time-epoch ATTENDEE 16010101>"},

    /* busy-status */
    {"busy", NULL, "REQUEST", DTS BUSY "BUSY\n", NULL, ""},
    {"busy-opt", "busy-status", "REQUEST", DTS "X:1\n" BUSY " busy\n",
     DTS INT "BUSY\nX:1\n" BUSY " TENTATIVE\n", "busy-status " BUSY " busy>TENTATIVE"},
    {"busy-opt-family", "kb955480", "REQUEST", DTS BUSY "BUSY\n",
     DTS INT "BUSY\n" BUSY "TENTATIVE\n", "busy-status " BUSY " BUSY>TENTATIVE"},
    {"busy-opt-intended", "busy-status", "REQUEST", DTS BUSY "BUSY\n" INT "FREE\n", NULL, ""},
    {"busy-opt-intended-msn", "busy-status", "REQUEST",
     DTS BUSY "BUSY\nX-MICROSOFT-MSNCALENDAR-INTENDEDSTATUS:BUSY\n", NULL, ""},
    {"busy-opt-free", "busy-status", "REQUEST", DTS BUSY "FREE\n", NULL, ""},
    {"busy-opt-reply", "busy-status", "REPLY", DTS ACC T "\n" BUSY "BUSY\n", NULL, ""},
    {"busy-opt-twice", "busy-status", "REQUEST", DTS BUSY "BUSY\n" BUSY "BUSY\n", NULL,
     "busy-status " BUSY " BUSY>*"},

    /* schedule-epoch */
    {"schedule", NULL, NULL,
     DTS "DTSTART:" EPOCH "\nDTEND;TZID=X:16010101T000000\nRECURRENCE-ID:" T "\nEXDATE:" T
         ",16010101\nEXDATE:" EPOCH "\nRDATE;VALUE=PERIOD:" EPOCH "/PT1H\n",
     NULL,
     "schedule-epoch DTSTART " EPOCH ">*\nschedule-epoch DTEND 16010101T000000>*\n"
     "schedule-epoch EXDATE " T ",16010101>*\nschedule-epoch EXDATE " EPOCH ">*\n"
     "schedule-epoch RDATE " EPOCH "/PT1H>*"},
    {"schedule-other-component", NULL, NULL, "BEGIN:X-OTHER\nDUE:" EPOCH "\nEND:X-OTHER\n", NULL,
     "schedule-epoch DUE " EPOCH ">*"},
    {"schedule-enabled-still-left", "epoch", NULL, DTS "DTSTART:" EPOCH "\n", NULL,
     "schedule-epoch DTSTART " EPOCH ">*"},

    /* what nobody looks at */
    {"timezone", NULL, NULL,
     "BEGIN:VTIMEZONE\nLAST-MODIFIED:" EPOCH "\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
     "RDATE:16010101T000000\nEND:STANDARD\nEND:VTIMEZONE\n",
     NULL, ""},
    {"event-in-timezone", NULL, "REPLY",
     "BEGIN:VTIMEZONE\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nDTSTAMP:" EPOCH
     "\nEND:VEVENT\nEND:VCALENDAR\nEND:VTIMEZONE\n",
     NULL, ""},
    {"alarm", NULL, NULL, DTS "BEGIN:VALARM\nCREATED:" EPOCH "\nEND:VALARM\n", NULL, ""},
    {"event-in-event", NULL, "REQUEST", DTS "BEGIN:VEVENT\nDTSTAMP:" EPOCH "\nEND:VEVENT\n", NULL,
     ""},
    {"calendar-in-event", NULL, NULL,
     DTS "CREATED:" EPOCH "\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n" DTS
         "END:VEVENT\nEND:VCALENDAR\nLAST-MODIFIED:" EPOCH "\n",
     DTS "CREATED:" T "\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n" DTS ACC T
         "\nEND:VEVENT\nEND:VCALENDAR\nLAST-MODIFIED:" T "\n",
     "created-epoch CREATED " EPOCH ">" T "\nmodified-epoch LAST-MODIFIED " EPOCH ">" T
     "\nattendee-change-missing " ACC " >" T},
    {"other-values", NULL, "REQUEST",
     DTS "SEQUENCE:16010101\nX-MICROSOFT-CDO-OWNERAPPTID:16010101\nUID:" EPOCH "\n" OCC
         "45010101T000000Z\nX-OTHER:" EPOCH "\n",
     NULL, ""},

    /* the substitute time */
    {"time-stamp-local", NULL, NULL, "DTSTAMP:20260104T030201\nCREATED:" EPOCH "\n",
     "DTSTAMP:20260104T030201\nCREATED:" T_DATE "\n", "created-epoch CREATED " EPOCH ">" T_DATE},
    {"time-stamp-future", NULL, NULL, "DTSTAMP:20260107T000001Z\nCREATED:" EPOCH "\n",
     "DTSTAMP:20260107T000001Z\nCREATED:" T_DATE "\n", "created-epoch CREATED " EPOCH ">" T_DATE},
    {"time-stamp-tomorrow", NULL, NULL, "DTSTAMP:20260107T000000Z\nCREATED:" EPOCH "\n",
     "DTSTAMP:20260107T000000Z\nCREATED:20260107T000000Z\n",
     "created-epoch CREATED " EPOCH ">20260107T000000Z"},
    {"time-stamp-tzid", NULL, NULL, "DTSTAMP;TZID=X:" T "\nCREATED:" EPOCH "\n",
     "DTSTAMP;TZID=X:" T "\nCREATED:" T_DATE "\n",
     "stamp-epoch DTSTAMP " T ">*\ncreated-epoch CREATED " EPOCH ">" T_DATE},
    {"time-of-own-component", NULL, NULL,
     "BEGIN:VEVENT\n" DTS "END:VEVENT\nBEGIN:VEVENT\nDTSTAMP:20260103T000000Z\nCREATED:" EPOCH
     "\nEND:VEVENT\n",
     "BEGIN:VEVENT\n" DTS "END:VEVENT\nBEGIN:VEVENT\nDTSTAMP:20260103T000000Z\n"
     "CREATED:20260103T000000Z\nEND:VEVENT\n",
     "created-epoch CREATED " EPOCH ">20260103T000000Z"},
};

static char *calendar_text(const RuleCase *row, const char *lines)
{
    gboolean components = g_str_has_prefix(lines, "BEGIN:");
    return g_strconcat("BEGIN:VCALENDAR\n",
                       row->method == NULL ? "" : "METHOD:", row->method == NULL ? "" : row->method,
                       row->method == NULL ? "" : "\n", components ? "" : "BEGIN:VEVENT\n", lines,
                       components ? "" : "END:VEVENT\n", "END:VCALENDAR\n", NULL);
}

static char *findings_text(const GArray *findings)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = &g_array_index(findings, Finding, i);
        gboolean attribute = g_str_has_prefix(finding->property, "X-MICROSOFT-");
        g_string_append_printf(text, "%s%s %s%s %s>%s%s", i > 0 ? "\n" : "", finding->rule->name,
                               finding->property, attribute ? ":" : "",
                               finding->old_value == NULL ? "" : finding->old_value,
                               finding->new_value == NULL ? "" : finding->new_value,
                               finding->reason == REASON_NONE ? "" : "*");
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- a calendar in the hands of the rules ---- */

typedef struct {
    Calendar calendar;
    Policy policy;
    GStringChunk *strings;
    GArray *findings;
    GArray *changes;
} Bench;

static Part bench_part = {.number = (char *)"2.1", .type = (char *)"text/calendar"};

/* Reads the text and applies the rules, one of them enabled or, with a -, disabled. */
static void bench_init(Bench *bench, const char *text, const char *enable, Reason seal)
{
    static const MessageTimes times = {.now = NOW, .fallback = DATE};
    calendar_init(&bench->calendar, octets_of(text), 1000, 100);
    policy_init(&bench->policy);
    gboolean disable = enable != NULL && *enable == '-';
    if (enable != NULL)
        g_assert_true(policy_set_level(&bench->policy, enable + (disable ? 1 : 0),
                                       disable ? RULE_DISABLED : RULE_ENABLED));
    bench->strings = g_string_chunk_new(256);
    bench->findings = g_array_new(FALSE, FALSE, sizeof(Finding));
    bench->changes = calendar_changes_new();
    CalendarContext context = {
        .policy = &bench->policy,
        .times = &times,
        .part = &bench_part,
        .seal = seal,
        .strings = bench->strings,
        .findings = bench->findings,
        .changes = bench->changes,
    };
    calendar_rules_apply(&bench->calendar, &context);
}

static void bench_clear(Bench *bench)
{
    g_array_unref(bench->changes);
    g_array_unref(bench->findings);
    g_string_chunk_free(bench->strings);
    policy_clear(&bench->policy);
    calendar_clear(&bench->calendar);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

/* Every change lies in its component, from the BEGIN line to the end of the END line. */
static void assert_changes(const Bench *bench)
{
    Octets text = bench->calendar.text;
    for (guint i = 0; i < bench->changes->len; i++) {
        const ComponentChange *change = &g_array_index(bench->changes, ComponentChange, i);
        g_autofree char *component = octets_dup(octets_slice(text, change->start, change->end));
        g_assert_true(g_str_has_prefix(component, "BEGIN:V"));
        g_assert_nonnull(strstr(component, "\nEND:V"));
        g_assert_true(g_str_has_suffix(component, "\n"));
        g_assert_cmpuint(change->intents->len, >, 0);
        for (guint k = 0; k < change->edits->len; k++)
            g_assert_cmpuint(g_array_index(change->edits, Edit, k).offset, >, change->start);
        g_assert_true(splice_is_valid(change->edits, change->end));
    }
}

static GString *edited_text(const Bench *bench)
{
    g_autoptr(GArray) edits = calendar_changes_edits(bench->changes);
    g_assert_true(splice_is_valid(edits, bench->calendar.text.size));
    return splice_to_string(bench->calendar.text, edits);
}

static void check_case(const RuleCase *row, const char *text, const char *wanted)
{
    g_auto(Bench) bench;
    bench_init(&bench, text, row->enable, REASON_NONE);
    g_autofree char *findings = findings_text(bench.findings);
    g_autoptr(GString) result = edited_text(&bench);
    g_assert_cmpstr(findings, ==, row->findings);
    g_assert_cmpstr(result->str, ==, wanted);
    assert_changes(&bench);
}

/* As it is, and with CR LF, where what comes in ends so too. */
static void test_case(gconstpointer data)
{
    const RuleCase *row = data;
    g_autofree char *text = calendar_text(row, row->lines);
    g_autofree char *wanted = calendar_text(row, row->result == NULL ? row->lines : row->result);
    check_case(row, text, wanted);

    g_auto(GStrv) text_lines = g_strsplit(text, "\n", -1);
    g_auto(GStrv) wanted_lines = g_strsplit(wanted, "\n", -1);
    g_autofree char *crlf = g_strjoinv("\r\n", text_lines);
    g_autofree char *wanted_crlf = g_strjoinv("\r\n", wanted_lines);
    check_case(row, crlf, wanted_crlf);
}

/* The first pass leaves nothing for a second one. */
static void test_case_twice(gconstpointer data)
{
    const RuleCase *row = data;
    if (row->result == NULL)
        return;
    g_autofree char *text = calendar_text(row, row->result);
    g_auto(Bench) bench;
    bench_init(&bench, text, row->enable, REASON_NONE);
    g_assert_cmpuint(bench.changes->len, ==, 0);
}

static void test_line_endings(void)
{
    static const char *const rows[][2] = {
        {"BEGIN:VEVENT\nDTSTAMP:" T "\r\nX:1\nEND:VEVENT\n",
         "BEGIN:VEVENT\nDTSTAMP:" T "\r\n" ACC T "\r\nX:1\nEND:VEVENT\n"},
        {"BEGIN:VEVENT\r\nDTSTAMP:" T "\nX:1\r\nEND:VEVENT\r\n",
         "BEGIN:VEVENT\r\nDTSTAMP:" T "\n" ACC T "\nX:1\r\nEND:VEVENT\r\n"},
        {"BEGIN:VEVENT\nX:1\r\nEND:VEVENT\n",
         "BEGIN:VEVENT\nX:1\r\n" ACC T_DATE "\r\nEND:VEVENT\n"},
        {"BEGIN:VEVENT\nDTSTAMP:" T "\r\r\nEND:VEVENT\n",
         "BEGIN:VEVENT\nDTSTAMP:" T "\r\r\n" ACC T_DATE "\r\nEND:VEVENT\n"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            g_strconcat("BEGIN:VCALENDAR\nMETHOD:REPLY\n", rows[i][0], "END:VCALENDAR", NULL);
        g_autofree char *wanted =
            g_strconcat("BEGIN:VCALENDAR\nMETHOD:REPLY\n", rows[i][1], "END:VCALENDAR", NULL);
        g_auto(Bench) bench;
        bench_init(&bench, text, NULL, REASON_NONE);
        g_autoptr(GString) result = edited_text(&bench);
        g_assert_cmpstr(result->str, ==, wanted);
    }
}

/* Under a seal everything is found, nothing is edited, and what rules leave stays left. */
static void test_seal(void)
{
    static const char text[] = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nCREATED:" EPOCH
                               "\nDTSTART:" EPOCH "\nEND:VEVENT\nEND:VCALENDAR\n";
    static const Reason wanted[] = {REASON_SIGNED, REASON_SIGNED, REASON_LEAVE};
    g_auto(Bench) bench;
    bench_init(&bench, text, NULL, REASON_SIGNED);
    g_assert_cmpuint(bench.changes->len, ==, 0);
    g_assert_cmpuint(bench.findings->len, ==, G_N_ELEMENTS(wanted));
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
        const Finding *finding = &g_array_index(bench.findings, Finding, i);
        g_assert_cmpint(finding->reason, ==, wanted[i]);
        g_assert_null(finding->new_value);
    }
}

static void test_finding(void)
{
    static const char text[] = "BEGIN:VCALENDAR\nPRODID:-//X//Y\nMETHOD:PUBLISH\nBEGIN:Vevent\n"
                               "UID: u\n 1\nCREATED:x\nEND:VEVENT\nMETHOD:Request\n"
                               "END:VCALENDAR\n";
    g_auto(Bench) bench;
    bench_init(&bench, text, NULL, REASON_NONE);
    g_assert_cmpuint(bench.findings->len, ==, 1);
    const Finding *finding = &g_array_index(bench.findings, Finding, 0);
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
}

static void test_detail(void)
{
    static const char *const rows[][2] = {
        {"CREATED:" EPOCH "\nCREATED:" EPOCH "\n", "stands more than once"},
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
        bench_init(&bench, text, NULL, REASON_NONE);
        g_assert_cmpuint(bench.findings->len, ==, 1);
        g_assert_cmpstr(g_array_index(bench.findings, Finding, 0).detail, ==, rows[i][1]);
    }
}

typedef struct {
    const char *text;
    const char *method;
    guint count;
} MethodCase;

static const MethodCase methods[] = {
    {"BEGIN:VCALENDAR\nMETHOD: Reply \nEND:VCALENDAR\n", "Reply", 1},
    {"BEGIN:VCALENDAR\nMETHOD:A\nmethod;X=1:B\nEND:VCALENDAR\n", "B", 2},
    {"BEGIN:VCALENDAR\nMETHOD:A\nEND:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR\n", "A", 1},
    {"BEGIN:VCALENDAR\nMETHOD:A\nEND:VCALENDAR\nBEGIN:VCALENDAR\nMETHOD:B\nEND:VCALENDAR\n", "B",
     2},
    {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nMETHOD:A\nEND:VEVENT\nEND:VCALENDAR\n", NULL, 0},
    {"METHOD:A\nBEGIN:VCALENDAR\nEND:VCALENDAR\nMETHOD:B\n", NULL, 0},
    {"BEGIN:VCALENDAR\nMETHOD:\nEND:VCALENDAR\n", "", 1},
    {"", NULL, 0},
};

static void test_method(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        g_auto(Calendar) calendar;
        calendar_init(&calendar, octets_of(methods[i].text), 100, 100);
        guint count;
        g_autofree char *method = calendar_rules_method(&calendar, &count);
        g_assert_cmpstr(method, ==, methods[i].method);
        g_assert_cmpuint(count, ==, methods[i].count);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *once = g_strconcat("/calendar-rules/once/", cases[i].name, NULL);
        g_autofree char *twice = g_strconcat("/calendar-rules/twice/", cases[i].name, NULL);
        g_test_add_data_func(once, &cases[i], test_case);
        g_test_add_data_func(twice, &cases[i], test_case_twice);
    }
    g_test_add_func("/calendar-rules/line-endings", test_line_endings);
    g_test_add_func("/calendar-rules/seal", test_seal);
    g_test_add_func("/calendar-rules/finding", test_finding);
    g_test_add_func("/calendar-rules/detail", test_detail);
    g_test_add_func("/calendar-rules/method", test_method);
    return g_test_run();
}
