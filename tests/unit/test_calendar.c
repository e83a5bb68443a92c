/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_calendar: an iCalendar stream as components and content lines with positions.
 *
 * A stream is written as its components, one a line: the number of the component around it or -,
 * its name, a ! where it has no END, and its own properties as NAME=VALUE, without the = where
 * there is no colon. A fold put anywhere into a stream must leave that text as it is.
 */
#include "common/calendar/calendar.h"

#include <string.h>

static const CalendarLimits plenty = {
    .lines = 1000, .components = 100, .nesting = 100, .parameters = 100};

typedef struct {
    const char *name;
    const char *text;
    const char *components;
    gboolean nested;
} StreamCase;

#define EVENT(inside) "BEGIN:VEVENT\r\n" inside "END:VEVENT\r\n"
#define CAL(inside)   "BEGIN:VCALENDAR\r\n" inside "END:VCALENDAR\r\n"

static const StreamCase streams[] = {
    {"event", CAL("METHOD:REPLY\r\n" EVENT("UID:1\r\nDTSTAMP:2\r\n")),
     "- VCALENDAR METHOD=REPLY\n0 VEVENT UID=1 DTSTAMP=2", TRUE},
    {"method-last", CAL(EVENT("UID:1\r\n") "METHOD:REPLY\r\n"),
     "- VCALENDAR METHOD=REPLY\n0 VEVENT UID=1", TRUE},
    {"own-around-nested",
     CAL(EVENT("A:1\r\nBEGIN:VALARM\r\nB:2\r\nEND:VALARM\r\nC:3\r\nBEGIN:VALARM\r\nEND:VALARM\r\n"
               "D:4\r\n")),
     "- VCALENDAR\n0 VEVENT A=1 C=3 D=4\n1 VALARM B=2\n1 VALARM", TRUE},
    {"two-streams", CAL("A:1\r\n") CAL("A:2\r\n"), "- VCALENDAR A=1\n- VCALENDAR A=2", TRUE},
    {"siblings", CAL(EVENT("A:1\r\n") EVENT("A:2\r\n")), "- VCALENDAR\n0 VEVENT A=1\n0 VEVENT A=2",
     TRUE},
    {"lf", "BEGIN:VCALENDAR\nA:1\nEND:VCALENDAR\n", "- VCALENDAR A=1", TRUE},
    {"mixed-line-ends", "BEGIN:VCALENDAR\nA:1\r\nB:2\nEND:VCALENDAR", "- VCALENDAR A=1 B=2", TRUE},
    {"bare-cr", "BEGIN:X\nA:1\rB:2\nEND:X\n", "- X A=1\rB:2", TRUE},
    {"case", "begin:vevent\nEnd:VEvent\n", "- vevent", TRUE},
    {"parameters-and-blanks", "BEGIN;X=1: VEVENT \t\nEND : VEVENT\nEND:\tVEVENT\n",
     "- VEVENT END =VEVENT", TRUE},
    {"byte-order-mark", "\xef\xbb\xbf" CAL("A:1\r\n"), "- VCALENDAR A=1", TRUE},
    {"byte-order-mark-inside",
     "\n\xef\xbb\xbf"
     "BEGIN:X\nEND:X\n",
     "", FALSE},
    {"two-byte-order-marks",
     "\xef\xbb\xbf\xef\xbb\xbf"
     "BEGIN:X\n",
     "", TRUE},
    {"half-byte-order-mark", "\xef\xbb", "", TRUE},
    {"nobodys-lines",
     "\r\nHELLO\r\nA:1\r\n" CAL("\r\nB:1\r\nno colon\r\n\r\n\r\nC:2\r\n") "bye\nD:3",
     "- VCALENDAR B=1 no colon C=2", TRUE},
    {"empty-values", "BEGIN:X\nA:\nB: \t \n:\n:v\n;p:v\nEND:X\n", "- X A= B= = =v =v", TRUE},
    {"quoted-colon", "BEGIN:X\nA;TZID=\"a:b;c\":v:w\nB;P=\"x\"\"y:z\":v\nEND:X\n", "- X A=v:w B=v",
     TRUE},
    {"quote-in-value", "BEGIN:X\nA:\"v:w\nB:\"\nEND:X\n", "- X A=\"v:w B=\"", TRUE},
    {"open-quote", "BEGIN:X\nA;P=\"v:w\nEND:X\n", "- X A=", TRUE},
    {"indented-is-a-fold", "BEGIN:X\nA:1\n  END:X\nEND:X\n", "- X A=1 END:X", TRUE},
    {"blank-at-start", " BEGIN:X\nA:1\nEND:X\n", "", FALSE},
    {"line-of-blanks", "BEGIN:X\nA:1\n \t\nB:2\nEND:X\n", "- X A=1 B=2", TRUE},
    {"other-names", "BEGIN:X\nBEGINS:Y\nXBEGIN:Y\nBEGI:Y\nENDE:X\nEND:X\n",
     "- X BEGINS=Y XBEGIN=Y BEGI=Y ENDE=X", TRUE},
    {"group-name", "BEGIN:X\nitem1.A:1\nEND:X\n", "- X item1.A=1", TRUE},
    {"no-end", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nA:1\nEND:VEVENT\n", "- VCALENDAR !\n0 VEVENT A=1",
     FALSE},
    {"no-ends", "BEGIN:A\nBEGIN:B\nX:1\n", "- A !\n0 B ! X=1", FALSE},
    {"end-only", "END:A\nBEGIN:B\nEND:B\n", "- B", FALSE},
    {"end-too-many", "BEGIN:B\nEND:B\nEND:B\n", "- B", FALSE},
    {"wrong-end", "BEGIN:A\nBEGIN:B\nEND:A\nEND:B\n", "- A\n0 B", FALSE},
    {"end-without-name", "BEGIN:A\nEND:\n", "- A", FALSE},
    {"end-cut", "BEGIN:AB\nEND:A\n", "- AB", FALSE},
    {"empty", "", "", TRUE},
    {"only-line-ends", "\r\n\n\r\n", "", TRUE},
};

static void append_line(GString *out, const Calendar *calendar, const ContentLine *line)
{
    g_autoptr(GString) name = calendar_unfold(calendar, line->start, line->name_end);
    g_autoptr(GString) value = calendar_value(calendar, line);
    g_string_append_printf(out, " %s%s%s", name->str, line->colon ? "=" : "", value->str);
}

static void append_component(GString *out, const Calendar *calendar, const Component *component)
{
    g_autoptr(GString) name = calendar_value(calendar, calendar_line(calendar, component->begin));
    if (component->parent == CALENDAR_NONE)
        g_string_append(out, "-");
    else
        g_string_append_printf(out, "%u", component->parent);
    g_string_append_printf(out, " %s%s", name->str, component->end == CALENDAR_NONE ? " !" : "");
    for (guint line = component->first_own; line != CALENDAR_NONE;
         line = calendar_line(calendar, line)->next_own)
        append_line(out, calendar, calendar_line(calendar, line));
}

static char *components_text(const Calendar *calendar)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < calendar->components->len; i++) {
        g_string_append(out, i > 0 ? "\n" : "");
        append_component(out, calendar, calendar_component(calendar, i));
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void check_stream(Octets text, const char *components, gboolean nested)
{
    g_auto(Calendar) calendar;
    calendar_init(&calendar, text, &plenty);
    g_autofree char *found = components_text(&calendar);
    g_assert_cmpstr(found, ==, components);
    g_assert_cmpint(calendar_nests(&calendar), ==, nested);
    g_assert_false(calendar.over_limits);
}

static void test_stream(gconstpointer data)
{
    const StreamCase *row = data;
    check_stream(octets_of(row->text), row->components, row->nested);
}

/* A fold at every place of a stream but inside of a line ending; two in a row as well. */
static void test_folds_everywhere(gconstpointer data)
{
    static const char text[] =
        CAL("METHOD:REPLY\r\n" EVENT("A;P=\"x:y\";Q=z:v w\r\nB:\xc3\xa9\r\nC;P=1:\r\n"));
    static const char components[] = "- VCALENDAR METHOD=REPLY\n0 VEVENT A=v w B=\xc3\xa9 C=";
    for (gsize at = 0; at < strlen(text); at++) {
        if (text[at] == '\n')
            continue;
        g_autoptr(GString) folded = g_string_new(text);
        g_string_insert(folded, (gssize)at, data);
        check_stream((Octets){folded->str, folded->len}, components, TRUE);
    }
}

static void test_nul(void)
{
    static const char text[] = "BEGIN:X\nA;\0=1;B\0=2:\0v\0\nEND:X\0\n";
    g_auto(Calendar) calendar;
    calendar_init(&calendar, (Octets){text, sizeof text - 1}, &plenty);
    g_assert_cmpuint(calendar.lines->len, ==, 3);
    g_assert_false(calendar_nests(&calendar));
    g_autoptr(GString) value = calendar_value(&calendar, calendar_line(&calendar, 1));
    g_assert_cmpuint(value->len, ==, 3);
    Parameter parameter;
    g_assert_false(
        calendar_find_parameter(&calendar, calendar_line(&calendar, 1), "C", &parameter));
}

/* ---- lines ---- */

typedef struct {
    const char *name;
    const char *line;     /* with its folds and its line ending; another line follows */
    const char *property; /* the raw name */
    const char *rest;     /* from there to the value */
    const char *value;    /* the raw value */
    const char *trimmed;  /* the range that a new value replaces */
} LineCase;

static const LineCase lines[] = {
    {"plain", "A:v\r\n", "A", ":", "v", "v"},
    {"lf", "A:v\n", "A", ":", "v", "v"},
    {"parameters", "A;P=1;Q=\"a:b\":v\r\n", "A", ";P=1;Q=\"a:b\":", "v", "v"},
    {"blanks", "A: \tv w\t \r\n", "A", ":", " \tv w\t ", "v w"},
    {"fold-in-name", "A\r\n B:v\r\n", "A\r\n B", ":", "v", "v"},
    {"fold-after-name", "A\r\n :v\r\n", "A\r\n ", ":", "v", "v"},
    {"fold-in-parameter", "A;P\n =1:v\n", "A", ";P\n =1:", "v", "v"},
    {"fold-before-value", "A:\r\n v\r\n", "A", ":", "\r\n v", "v"},
    {"fold-and-blank-before-value", "A:\r\n  \r\n\tv\r\n", "A", ":", "\r\n  \r\n\tv", "v"},
    {"fold-in-value", "A:v\r\n w\r\n", "A", ":", "v\r\n w", "v\r\n w"},
    {"fold-after-value", "A:v\r\n \r\n", "A", ":", "v\r\n ", "v"},
    {"fold-and-blanks-after-value", "A:v \r\n \t\r\n\t\r\n", "A", ":", "v \r\n \t\r\n\t", "v"},
    {"cr-in-value", "A:v\r\r\n", "A", ":", "v\r", "v\r"},
    {"empty", "A:\r\n", "A", ":", "", ""},
    {"only-folds", "A:\r\n \r\n \r\n", "A", ":", "\r\n \r\n ", ""},
    {"open-quote", "A;P=\":v\r\n", "A", ";P=\":v", "", ""},
};

static char *slice_text(const Calendar *calendar, gsize start, gsize end)
{
    return octets_dup(octets_slice(calendar->text, start, end));
}

static void test_line(gconstpointer data)
{
    const LineCase *row = data;
    g_autofree char *text = g_strconcat("X:1\r\n", row->line, "Y:2\r\n", NULL);
    g_auto(Calendar) calendar;
    calendar_init(&calendar, octets_of(text), &plenty);
    g_assert_cmpuint(calendar.lines->len, ==, 3);
    const ContentLine *line = calendar_line(&calendar, 1);
    g_autofree char *property = slice_text(&calendar, line->start, line->name_end);
    g_autofree char *rest = slice_text(&calendar, line->name_end, line->value);
    g_autofree char *value = slice_text(&calendar, line->value, line->end);
    g_assert_cmpstr(property, ==, row->property);
    g_assert_cmpstr(rest, ==, row->rest);
    g_assert_cmpstr(value, ==, row->value);
    g_assert_cmpuint(line->start, ==, strlen("X:1\r\n"));
    g_assert_cmpuint(line->next, ==, strlen("X:1\r\n") + strlen(row->line));
    g_assert_cmpuint(calendar_line(&calendar, 2)->start, ==, line->next);

    gsize start;
    gsize end;
    calendar_value_range(&calendar, line, &start, &end);
    g_autofree char *trimmed = slice_text(&calendar, start, end);
    g_assert_cmpstr(trimmed, ==, row->trimmed);
    g_assert_cmpuint(start, >=, line->value);
    g_assert_cmpuint(end, <=, line->end);
}

static void test_line_is(void)
{
    static const char *const others[] = {"", "D", "DTSTAM", "DTSTAMPS", "TSTAMP", "DTSTAMP;X"};
    g_auto(Calendar) calendar;
    calendar_init(&calendar, octets_of("\r\n dt\r\n\tSta\n mp\n ;X=1:v\n"), &plenty);
    const ContentLine *line = calendar_line(&calendar, 0);
    g_assert_true(calendar_line_is(&calendar, line, "DTSTAMP"));
    g_assert_true(calendar_line_is(&calendar, line, "dtstamp"));
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(calendar_line_is(&calendar, line, others[i]));
}

static void test_find_property(void)
{
    static const char text[] =
        CAL("A:0\r\n" EVENT("A:1\r\nB:2\r\na:3\r\nBEGIN:VALARM\r\nA:4\r\n"
                            "END:VALARM\r\nA;X=1:5\r\nBEGIN:VALARM\r\nEND:VALARM\r\n"));
    g_auto(Calendar) calendar;
    calendar_init(&calendar, octets_of(text), &plenty);
    const Component *event = calendar_component(&calendar, 1);
    guint count;
    g_autoptr(GString) values = g_string_new(NULL);
    for (guint line = calendar_find_property(&calendar, event, "A", &count); line != CALENDAR_NONE;
         line = calendar_next_property(&calendar, line, "A"))
        append_line(values, &calendar, calendar_line(&calendar, line));
    g_assert_cmpstr(values->str, ==, " A=1 a=3 A=5");
    g_assert_cmpuint(count, ==, 3);
    g_assert_cmpuint(calendar_find_property(&calendar, event, "C", &count), ==, CALENDAR_NONE);
    g_assert_cmpuint(count, ==, 0);
    g_assert_cmpuint(calendar_line(&calendar, event->first_nested)->start, ==,
                     (gsize)(strstr(text, "BEGIN:VALARM") - text));
}

/* Lines that some readers take for the property, whatever goes on behind its name. */
static void test_count_like(void)
{
    static const struct {
        const char *line;
        guint count;
    } rows[] = {
        {"UID:1", 1},  {"uid:1", 1},      {"UID;X=1:1", 1}, {"UID :1", 1},
        {"UID\t", 1},  {"UID", 1},        {"UID\"", 1},     {"U\r\n ID", 1},
        {"UID=1", 1},  {"UID\r\n :1", 1}, {"UID.X:1", 1},   {"UID\xc3\xa9:1", 1},
        {"UIDX:1", 0}, {"UID-X:1", 0},    {"UID2:1", 0},    {"UID\r\n X:1", 0},
        {"XUID:1", 0}, {"UI:1", 0},       {"UI", 0},        {"X:UID", 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat("BEGIN:X\r\n", rows[i].line, "\r\nEND:X\r\n", NULL);
        g_auto(Calendar) calendar;
        calendar_init(&calendar, octets_of(text), &plenty);
        g_assert_cmpuint(calendar_count_like(&calendar, calendar_component(&calendar, 0), "UID"),
                         ==, rows[i].count);
    }
}

/* Only the component's own lines. */
static void test_count_like_own(void)
{
    g_auto(Calendar) calendar;
    calendar_init(&calendar,
                  octets_of("UID\n" CAL("UID:1\nuid\nBEGIN:X\nUID:2\nEND:X\nUID :3\n") "UID:4\n"),
                  &plenty);
    g_assert_cmpuint(calendar_count_like(&calendar, calendar_component(&calendar, 0), "UID"), ==,
                     3);
    g_assert_cmpuint(calendar_count_like(&calendar, calendar_component(&calendar, 1), "UID"), ==,
                     1);
}

/* ---- parameters ---- */

typedef struct {
    const char *name;
    const char *line;
    const char *parameter;
    const char *range; /* what a removal takes; NULL: there is no such parameter */
    const char *value;
} ParameterCase;

static const ParameterCase parameters[] = {
    {"only", "A;P=1:v", "P", ";P=1", "1"},
    {"case", "A;tZid=1:v", "TZID", ";tZid=1", "1"},
    {"last", "A;Q=2;P=1:v", "P", ";P=1", "1"},
    {"first-of-two", "A;P=1;P=2:v", "P", ";P=1", "1"},
    {"quoted", "A;Q=\"a;P=9:b\";P=\"c:d;e,f\":v", "P", ";P=\"c:d;e,f\"", "c:d;e,f"},
    {"list", "A;P=\"a\",\"b\":v", "P", ";P=\"a\",\"b\"", "a\",\"b"},
    {"folded", "A;\r\n P\r\n =\r\n 1\r\n 2\r\n :v", "P", ";\r\n P\r\n =\r\n 1\r\n 2", "12"},
    {"blanks", "A;P= 1 :v", "P", ";P= 1 ", " 1 "},
    {"no-value", "A;P:v", "P", ";P", ""},
    {"empty-value", "A;P=;Q=1:v", "P", ";P=", ""},
    {"equals-in-value", "A;P=1=2:v", "P", ";P=1=2", "1=2"},
    {"one-quote", "A;P=\":v", "P", ";P=\":v", "\":v"},
    {"no-value-at-all", "A;P=1", "P", ";P=1", "1"},
    {"absent", "A;Q=1:v", "P", NULL, NULL},
    {"longer", "A;PP=1:v", "P", NULL, NULL},
    {"shorter", "A;P=1:v", "PP", NULL, NULL},
    {"none", "A:v;P=1", "P", NULL, NULL},
    {"in-other-value", "A;Q=P=1:v", "P", NULL, NULL},
    {"nameless", "A;=1;;P=2:v", "P", ";P=2", "2"},
};

static void test_parameter(gconstpointer data)
{
    const ParameterCase *row = data;
    g_autofree char *text = g_strconcat("X:1\r\n", row->line, "\r\n", NULL);
    g_auto(Calendar) calendar;
    calendar_init(&calendar, octets_of(text), &plenty);
    Parameter parameter;
    gboolean found =
        calendar_find_parameter(&calendar, calendar_line(&calendar, 1), row->parameter, &parameter);
    g_assert_cmpint(found, ==, row->range != NULL);
    if (!found)
        return;
    g_autofree char *range = slice_text(&calendar, parameter.start, parameter.end);
    g_autoptr(GString) value = calendar_parameter_value(&calendar, &parameter);
    g_assert_cmpstr(range, ==, row->range);
    g_assert_cmpstr(value->str, ==, row->value);
}

/* ---- limits ---- */

static gboolean is_over(const char *text, guint max_lines, guint max_components)
{
    g_auto(Calendar) calendar;
    const CalendarLimits limits = {max_lines, max_components, 100, 100};
    calendar_init(&calendar, octets_of(text), &limits);
    g_assert_cmpuint(calendar.lines->len, <=, max_lines);
    g_assert_cmpuint(calendar.components->len, <=, max_components);
    return calendar.over_limits;
}

static void test_limits(void)
{
    const char *text = CAL("A:1\r\n\r\nno colon\r\n" EVENT("B:2\r\n") EVENT("B:3\r\n"));
    g_assert_false(is_over(text, 10, 3));
    g_assert_true(is_over(text, 9, 3));
    g_assert_true(is_over(text, 10, 2));
    g_assert_true(is_over(text, 0, 3));
    g_assert_true(is_over(text, 10, 0));
    g_assert_false(is_over("", 0, 0));
}

static gboolean is_too_deep(const char *text, guint nesting)
{
    g_auto(Calendar) calendar;
    const CalendarLimits limits = {100, 100, nesting, 100};
    calendar_init(&calendar, octets_of(text), &limits);
    return calendar.over_limits;
}

static void test_limit_nesting(void)
{
    const char *text = CAL(EVENT("BEGIN:VALARM\r\nEND:VALARM\r\n") EVENT(""));
    g_assert_false(is_too_deep(text, 3));
    g_assert_true(is_too_deep(text, 2));
    g_assert_true(is_too_deep("BEGIN:X\nBEGIN:X\n", 1));
    g_assert_false(is_too_deep("A:1\n", 0));
}

static gboolean has_too_many_parameters(const char *line, guint most)
{
    g_auto(Calendar) calendar;
    g_autofree char *text = g_strconcat("X;A=1:v\r\n", line, "\r\n", NULL);
    const CalendarLimits limits = {100, 100, 100, most};
    calendar_init(&calendar, octets_of(text), &limits);
    return calendar.over_limits;
}

/* What counts is what a reader would split, folds aside, quoted or not. */
static void test_limit_parameters(void)
{
    g_assert_false(has_too_many_parameters("A;B=1;C=2:v;x;y;z", 2));
    g_assert_true(has_too_many_parameters("A;B=1;C=2;D=3:v", 2));
    g_assert_true(has_too_many_parameters("A;B=1\r\n ;C=2;\r\n D=3:v", 2));
    g_assert_false(has_too_many_parameters("A:;;;;;;", 1));
}

/* Nesting is bounded by the limits alone, and takes no stack. */
static void test_deep(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < 20000; i++)
        g_string_append(text, "BEGIN:X\n");
    for (guint i = 0; i < 20000; i++)
        g_string_append(text, "END:X\n");
    g_auto(Calendar) calendar;
    const CalendarLimits limits = {40000, 20000, 20000, 1};
    calendar_init(&calendar, (Octets){text->str, text->len}, &limits);
    g_assert_false(calendar.over_limits);
    g_assert_true(calendar_nests(&calendar));
    g_assert_cmpuint(calendar_component(&calendar, 19999)->parent, ==, 19998);
    g_assert_cmpuint(calendar_component(&calendar, 0)->end, ==, 39999);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(streams); i++) {
        g_autofree char *path = g_strconcat("/calendar/stream/", streams[i].name, NULL);
        g_test_add_data_func(path, &streams[i], test_stream);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *path = g_strconcat("/calendar/line/", lines[i].name, NULL);
        g_test_add_data_func(path, &lines[i], test_line);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(parameters); i++) {
        g_autofree char *path = g_strconcat("/calendar/parameter/", parameters[i].name, NULL);
        g_test_add_data_func(path, &parameters[i], test_parameter);
    }
    g_test_add_data_func("/calendar/folds/crlf-blank", "\r\n ", test_folds_everywhere);
    g_test_add_data_func("/calendar/folds/lf-tab", "\n\t", test_folds_everywhere);
    g_test_add_data_func("/calendar/folds/twice", "\r\n \n\t", test_folds_everywhere);
    g_test_add_func("/calendar/nul", test_nul);
    g_test_add_func("/calendar/line-is", test_line_is);
    g_test_add_func("/calendar/find-property", test_find_property);
    g_test_add_func("/calendar/limits", test_limits);
    g_test_add_func("/calendar/limit-nesting", test_limit_nesting);
    g_test_add_func("/calendar/limit-parameters", test_limit_parameters);
    g_test_add_func("/calendar/count-like", test_count_like);
    g_test_add_func("/calendar/count-like-own", test_count_like_own);
    g_test_add_func("/calendar/deep", test_deep);
    return g_test_run();
}
