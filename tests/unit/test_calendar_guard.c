/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_calendar_guard: it agrees to what was intended, and to nothing else.
 *
 * A case is the lines of a VEVENT before and after, and what is expected, written as words:
 * +NAME=VALUE appears, -NAME goes, NAME=VALUE reads so afterwards, NAME;PARAMETER loses that
 * parameter, ~NAME=VALUE reads so with any parameters, ~NAME;FORMER was called otherwise, *NAME is
 * a component that comes in. Each kind of change that nobody intended must be refused, alone and
 * beside one that was.
 */
#include "common/calendar/calendar_guard.h"

#include <string.h>

#define EPOCH "16010101T000000Z"
#define T     "20260104T030201Z"
#define DTS   "DTSTAMP:" T "\n"
#define ACC   "X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE"
#define OCC   "X-MICROSOFT-CDO-OWNER-CRITICAL-CHANGE"
#define RESP  "X-MS-OLK-RESPTIME"

typedef struct {
    const char *name;
    const char *before;
    const char *after;
    const char *expects;
    GuardVerdict verdict;
} GuardCase;

static const GuardCase cases[] = {
    /* what was intended */
    {"nothing", DTS "UID:1\n", DTS "UID:1\n", "", GUARD_AGREES},
    {"appear", DTS "UID:1\n", DTS ACC ":" T "\nUID:1\n", "+" ACC "=" T, GUARD_AGREES},
    {"appear-last", DTS, DTS ACC ":" T "\n", "+" ACC "=" T, GUARD_AGREES},
    {"appear-first", "UID:1\n", DTS "UID:1\n", "+DTSTAMP=" T, GUARD_AGREES},
    {"change", DTS "CREATED:" EPOCH "\n", DTS "CREATED:" T "\n", "CREATED=" T, GUARD_AGREES},
    {"change-extension", DTS OCC ":" EPOCH "\n", DTS OCC ":" T "\n", OCC "=" T, GUARD_AGREES},
    {"change-date", "CREATED;VALUE=DATE:16010101\n", "CREATED;VALUE=DATE:20260104\n",
     "CREATED=20260104", GUARD_AGREES},
    {"change-value-type", "DTSTAMP;VALUE=DATE-TIME;X-A=1:" EPOCH "\n",
     "DTSTAMP;VALUE=DATE-TIME;X-A=1:" T "\n", "DTSTAMP=" T, GUARD_AGREES},
    {"change-extension-date", OCC ";X-A=1;VALUE=DATE;X-B=2:16010101\n",
     OCC ";X-A=1;VALUE=DATE;X-B=2:20260104\n", OCC "=20260104", GUARD_AGREES},
    {"change-folded", "CREATED:1601\n 0101T000000Z\n", "CREATED:" T "\n", "CREATED=" T,
     GUARD_AGREES},
    {"change-lower-case", "created:" EPOCH "\nx-a:1\n", "created:" T "\nx-a:1\n", "CREATED=" T,
     GUARD_AGREES},
    {"change-extension-lower-case", "x-microsoft-cdo-owner-critical-change:" EPOCH "\n",
     "x-microsoft-cdo-owner-critical-change:" T "\n", OCC "=" T, GUARD_AGREES},
    {"lose-parameter-lower-case", "ATTENDEE;x-ms-olk-resptime=" EPOCH ";x-b=1:mailto:a@b\n",
     "ATTENDEE;x-b=1:mailto:a@b\n", "ATTENDEE;" RESP, GUARD_AGREES},
    {"vanish", DTS OCC ":" EPOCH "\nUID:1\n", DTS "UID:1\n", "-" OCC, GUARD_AGREES},
    {"vanish-unreadable", DTS "DTSTAMP;;TZID=UTC: \nDTSTAMP;;TZID=UTC: \nUID:1\n",
     DTS "DTSTAMP;;TZID=UTC: \nUID:1\n", "-DTSTAMP", GUARD_AGREES},
    {"vanish-last", DTS OCC ":" EPOCH "\n", DTS, "-" OCC, GUARD_AGREES},
    {"lose-parameter", "ATTENDEE;CN=A;" RESP "=" EPOCH ";RSVP=TRUE:mailto:a@b\n",
     "ATTENDEE;CN=A;RSVP=TRUE:mailto:a@b\n", "ATTENDEE;" RESP, GUARD_AGREES},
    {"lose-parameter-second", "ATTENDEE;" RESP "=" T ";CN=A;" RESP "=" EPOCH ":mailto:a@b\n",
     "ATTENDEE;" RESP "=" T ";CN=A:mailto:a@b\n", "ATTENDEE;" RESP, GUARD_AGREES},
    {"lose-parameter-first-and-last",
     "ATTENDEE;" RESP "=" EPOCH ";CN=A;" RESP "=" T ";" RESP "=" EPOCH ":mailto:a@b\n",
     "ATTENDEE;CN=A;" RESP "=" T ":mailto:a@b\n", "ATTENDEE;" RESP, GUARD_AGREES},
    {"several", DTS "CREATED:" EPOCH "\nLAST-MODIFIED:" EPOCH "\n" OCC ":" EPOCH "\n",
     DTS ACC ":" T "\nCREATED:" T "\nLAST-MODIFIED:" T "\n",
     "-" OCC " LAST-MODIFIED=" T " CREATED=" T " +" ACC "=" T, GUARD_AGREES},
    {"two-of-a-kind",
     "ATTENDEE;" RESP "=" EPOCH ":mailto:a@b\nATTENDEE:mailto:c@d\n"
     "ATTENDEE;" RESP "=" EPOCH ":mailto:e@f\n",
     "ATTENDEE:mailto:a@b\nATTENDEE:mailto:c@d\nATTENDEE:mailto:e@f\n",
     "ATTENDEE;" RESP " ATTENDEE;" RESP, GUARD_AGREES},

    /* an intent that is not there, or not as it was meant */
    {"appear-did-not", DTS, DTS, "+" ACC "=" T, GUARD_REFUSES},
    {"appear-other-value", DTS, DTS ACC ":20260104T030202Z\n", "+" ACC "=" T, GUARD_REFUSES},
    {"appear-other-name", DTS, DTS OCC ":" T "\n", "+" ACC "=" T, GUARD_REFUSES},
    {"appear-twice", DTS, DTS ACC ":" T "\n" ACC ":" T "\n", "+" ACC "=" T, GUARD_REFUSES},
    {"appear-inside-a-fold", "DTSTAMP:2026\n 0104T030201Z\n",
     "DTSTAMP:2026\n" ACC ":" T "\n 0104T030201Z\n", "+" ACC "=" T, GUARD_REFUSES},
    {"change-did-not", "CREATED:" EPOCH "\n", "CREATED:" EPOCH "\n", "CREATED=" T, GUARD_REFUSES},
    {"change-other-value", "CREATED:" EPOCH "\n", "CREATED:20260104T030202Z\n", "CREATED=" T,
     GUARD_REFUSES},
    {"change-half", "CREATED:" EPOCH "\n", "CREATED:2026010T0000Z\n", "CREATED=" T, GUARD_REFUSES},
    {"change-other-name", "CREATED:" EPOCH "\n", "LAST-MODIFIED:" T "\n", "CREATED=" T,
     GUARD_REFUSES},
    {"change-and-its-parameter", "CREATED;X-A=1:" EPOCH "\n", "CREATED;X-A=2:" T "\n", "CREATED=" T,
     GUARD_REFUSES},
    {"change-and-parameter-after-value-type", "DTSTAMP;VALUE=DATE-TIME;X-A=1:" EPOCH "\n",
     "DTSTAMP;VALUE=DATE-TIME;X-A=2:" T "\n", "DTSTAMP=" T, GUARD_REFUSES},
    {"change-and-new-parameter", "CREATED:" EPOCH "\n", "CREATED;X-A=2:" T "\n", "CREATED=" T,
     GUARD_REFUSES},
    {"change-and-lost-parameter", "CREATED;X-A=1:" EPOCH "\n", "CREATED:" T "\n", "CREATED=" T,
     GUARD_REFUSES},
    {"vanish-did-not", DTS OCC ":" EPOCH "\n", DTS OCC ":" EPOCH "\n", "-" OCC, GUARD_REFUSES},
    {"vanish-wrong-one", DTS OCC ":" EPOCH "\nUID:1\n", DTS OCC ":" EPOCH "\n", "-" OCC,
     GUARD_REFUSES},
    {"vanish-took-the-next", DTS OCC ":" EPOCH "\nUID:1\nX-A:1\n", DTS "X-A:1\n", "-" OCC,
     GUARD_REFUSES},
    {"lose-parameter-other", "ATTENDEE;CN=A;" RESP "=" EPOCH ":mailto:a@b\n",
     "ATTENDEE;" RESP "=" EPOCH ":mailto:a@b\n", "ATTENDEE;" RESP, GUARD_REFUSES},
    {"lose-parameter-other-order", "ATTENDEE;CN=A;" RESP "=" EPOCH ";RSVP=TRUE:mailto:a@b\n",
     "ATTENDEE;RSVP=TRUE;CN=A:mailto:a@b\n", "ATTENDEE;" RESP, GUARD_REFUSES},
    {"lose-parameter-both", "ATTENDEE;CN=A;" RESP "=" EPOCH ":mailto:a@b\n",
     "ATTENDEE:mailto:a@b\n", "ATTENDEE;" RESP, GUARD_REFUSES},
    {"lose-parameter-and-value", "ATTENDEE;" RESP "=" EPOCH ":mailto:a@b\n",
     "ATTENDEE:mailto:a@c\n", "ATTENDEE;" RESP, GUARD_REFUSES},

    /* what nobody intended */
    {"other-value", DTS "UID:1\n", DTS "UID:2\n", "", GUARD_REFUSES},
    {"other-extension", "X-A:1\n", "X-A:2\n", "", GUARD_REFUSES},
    {"other-name", "X-A:1\n", "X-B:1\n", "", GUARD_REFUSES},
    {"other-parameter", "ATTENDEE;CN=A:mailto:a@b\n", "ATTENDEE;CN=B:mailto:a@b\n", "",
     GUARD_REFUSES},
    {"other-order", DTS "UID:1\n", "UID:1\n" DTS, "", GUARD_REFUSES},
    {"lost", DTS "UID:1\n", DTS, "", GUARD_REFUSES},
    {"new", DTS, DTS "UID:1\n", "", GUARD_REFUSES},
    {"swallowed-by-fold", "SUMMARY:a\nUID:1\n", "SUMMARY:a\n UID:1\n", "", GUARD_REFUSES},
    {"torn-line", "SUMMARY:a b:c\n", "SUMMARY:a\nb:c\n", "", GUARD_REFUSES},
    {"component-new", "UID:1\n", "UID:1\nBEGIN:VALARM\nACTION:AUDIO\nEND:VALARM\n", "*VALARM",
     GUARD_AGREES},
    {"component-not-new", "UID:1\n", "UID:1\n", "*VALARM", GUARD_REFUSES},
    {"component-of-other-kind", "UID:1\n", "UID:1\nBEGIN:VTODO\nUID:2\nEND:VTODO\n", "*VALARM",
     GUARD_REFUSES},
    {"component-twice", "UID:1\n",
     "UID:1\nBEGIN:VALARM\nACTION:AUDIO\nEND:VALARM\nBEGIN:VALARM\nACTION:AUDIO\nEND:VALARM\n",
     "*VALARM", GUARD_REFUSES},
    {"alarm-new", "UID:1\n", "UID:1\nBEGIN:VALARM\nACTION:AUDIO\nEND:VALARM\n", "", GUARD_REFUSES},
    {"beside-an-intent", DTS "CREATED:" EPOCH "\nUID:1\n", DTS "CREATED:" T "\nUID:2\n",
     "CREATED=" T, GUARD_REFUSES},
    {"beside-an-appearance", DTS "UID:1\n", DTS ACC ":" T "\nUID:2\n", "+" ACC "=" T,
     GUARD_REFUSES},
};

static const struct {
    char sign;
    ExpectKind kind;
} signs[] = {
    {'+', EXPECT_APPEARS},
    {'-', EXPECT_VANISHES},
    {'~', EXPECT_RESHAPED},
    {'*', EXPECT_COMPONENT},
};

/* Cuts `text` before `end` and gives what stands behind it; NULL: it is not there. */
static char *cut(char *text, char end)
{
    char *at = strchr(text, end);
    if (at == NULL)
        return NULL;
    *at = '\0';
    return at + 1;
}

static Expect read_expect(char *word)
{
    Expect expect = {.kind = EXPECT_READS};
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
        expect.kind = *word == signs[i].sign ? signs[i].kind : expect.kind;
    expect.property = word + (expect.kind == EXPECT_READS ? 0 : 1);
    expect.value = cut(word, '=');
    expect.parameter = cut(word, ';');
    return expect;
}

/* The words as expectations; their strings point into `words`. */
static GArray *read_expects(char **words)
{
    GArray *expects = g_array_new(FALSE, FALSE, sizeof(Expect));
    for (char **word = words; *word != NULL && **word != '\0'; word++) {
        Expect expect = read_expect(*word);
        g_array_append_val(expects, expect);
    }
    return expects;
}

static GuardVerdict check(const char *before, const char *after, const char *expects)
{
    g_auto(GStrv) words = g_strsplit(expects, " ", -1);
    g_autoptr(GArray) list = read_expects(words);
    return calendar_guard_check(octets_of(before), octets_of(after), list);
}

static void test_event(gconstpointer data)
{
    const GuardCase *row = data;
    g_autofree char *before = g_strconcat("BEGIN:VEVENT\n", row->before, "END:VEVENT\n", NULL);
    g_autofree char *after = g_strconcat("BEGIN:VEVENT\n", row->after, "END:VEVENT\n", NULL);
    g_assert_cmpint(check(before, after, row->expects), ==, row->verdict);
}

static void test_crlf(gconstpointer data)
{
    const GuardCase *row = data;
    g_auto(GStrv) before_lines = g_strsplit(row->before, "\n", -1);
    g_auto(GStrv) after_lines = g_strsplit(row->after, "\n", -1);
    g_autofree char *before_text = g_strjoinv("\r\n", before_lines);
    g_autofree char *after_text = g_strjoinv("\r\n", after_lines);
    g_autofree char *before = g_strconcat("BEGIN:VEVENT\r\n", before_text, "END:VEVENT\r\n", NULL);
    g_autofree char *after = g_strconcat("BEGIN:VEVENT\r\n", after_text, "END:VEVENT", NULL);
    g_assert_cmpint(check(before, after, row->expects), ==, row->verdict);
}

/* The component itself becomes another, falls apart, or is none at all. */
static void test_component(void)
{
    g_assert_cmpint(
        check("BEGIN:VEVENT\nUID:1\nEND:VEVENT\n", "BEGIN:VTODO\nUID:1\nEND:VTODO\n", ""), ==,
        GUARD_REFUSES);
    g_assert_cmpint(check("BEGIN:VEVENT\nUID:1\nEND:VEVENT\n", "", ""), ==, GUARD_REFUSES);
    g_assert_cmpint(check("BEGIN:VEVENT\nUID:1\nEND:VEVENT\n",
                          "BEGIN:VEVENT\nUID:1\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\n", ""),
                    ==, GUARD_REFUSES);
    g_assert_cmpint(check("", "", ""), ==, GUARD_NO_COMPONENT);
    g_assert_cmpint(check("nothing\n", "nothing\n", ""), ==, GUARD_NO_COMPONENT);
}

/* libical keeps what it cannot read as an error in its place: an intent explains one that goes or
 * is mended, and nothing else does. */
static void test_unreadable(void)
{
    const char *before = "BEGIN:VEVENT\nUID:1\nCREATED:1601\nX-A:1\nEND:VEVENT\n";
    const char *mended = "BEGIN:VEVENT\nUID:1\nCREATED:" T "\nX-A:1\nEND:VEVENT\n";
    const char *gone = "BEGIN:VEVENT\nUID:1\nX-A:1\nEND:VEVENT\n";
    const char *other = "BEGIN:VEVENT\nUID:1\nCREATED:" T "\nX-A:2\nEND:VEVENT\n";
    g_assert_cmpint(check(before, before, ""), ==, GUARD_AGREES);
    g_assert_cmpint(check(before, mended, "CREATED=" T), ==, GUARD_AGREES);
    g_assert_cmpint(check(before, gone, "-CREATED"), ==, GUARD_AGREES);
    g_assert_cmpint(check(before, mended, ""), ==, GUARD_REFUSES);
    g_assert_cmpint(check(before, other, "CREATED=" T), ==, GUARD_REFUSES);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    calendar_guard_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *lf = g_strconcat("/calendar-guard/lf/", cases[i].name, NULL);
        g_autofree char *crlf = g_strconcat("/calendar-guard/crlf/", cases[i].name, NULL);
        g_test_add_data_func(lf, &cases[i], test_event);
        g_test_add_data_func(crlf, &cases[i], test_crlf);
    }
    g_test_add_func("/calendar-guard/component", test_component);
    g_test_add_func("/calendar-guard/unreadable", test_unreadable);
    return g_test_run();
}
