/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_calendar_date: the written forms of dates (RFC 5545 3.3.4, 3.3.5), as text and as times.
 *
 * What is an epoch date is a matter of its eight digits alone, whatever time follows and whether it
 * exists. A time is read only from the one form that it is written in.
 */
#include "common/calendar/calendar_date.h"

typedef struct {
    const char *value;
    gboolean is_date;
    gboolean is_epoch;
} FormCase;

static const FormCase forms[] = {
    {"20260106T080910Z", TRUE, FALSE},
    {"20260106T080910", TRUE, FALSE},
    {"20260106", TRUE, FALSE},
    {"20260106t080910z", TRUE, FALSE},
    {"99999999T999999Z", TRUE, FALSE},
    {"16010101T000000Z", TRUE, TRUE},
    {"16010101T000000", TRUE, TRUE},
    {"16010101", TRUE, TRUE},
    {"16010101T235959Z", TRUE, TRUE},
    {"16010101t000000z", TRUE, TRUE},
    {"16010101T999999Z", TRUE, TRUE},
    {"16001231T160000Z", TRUE, TRUE},
    {"16001231", TRUE, TRUE},
    {"16010102T000000Z", TRUE, FALSE},
    {"16001230T000000Z", TRUE, FALSE},
    {"16011231T000000Z", TRUE, FALSE},
    {"16000101T000000Z", TRUE, FALSE},
    {"45010101T000000Z", TRUE, FALSE},
    {"", FALSE, FALSE},
    {"1601010", FALSE, FALSE},
    {"160101010", FALSE, FALSE},
    {"16010101T", FALSE, FALSE},
    {"16010101T0000", FALSE, FALSE},
    {"16010101T0000Z", FALSE, FALSE},
    {"16010101T000000ZZ", FALSE, FALSE},
    {"16010101T000000X", FALSE, FALSE},
    {"16010101 000000Z", FALSE, FALSE},
    {"1601-01-01", FALSE, FALSE},
    {"1601O101T000000Z", FALSE, FALSE},
    {"16010101T00000OZ", FALSE, FALSE},

    {"-6010101", FALSE, FALSE},
    {"+16010101T00000Z", FALSE, FALSE},
};

static void test_form(gconstpointer data)
{
    const FormCase *row = data;
    g_assert_cmpint(calendar_date_is(octets_of(row->value)), ==, row->is_date);
    g_assert_cmpint(calendar_date_is_epoch(octets_of(row->value)), ==, row->is_epoch);
    g_assert_cmpint(calendar_date_has_epoch(octets_of(row->value)), ==, row->is_epoch);
}

/* Octets are looked at one by one: what stands behind the end does not count. */
static void test_bounds(void)
{
    g_assert_true(calendar_date_is((Octets){"16010101T000000Zx", 16}));
    g_assert_true(calendar_date_is_epoch((Octets){"16010101T", 8}));
    g_assert_false(calendar_date_is((Octets){"16010101T00\00000Z", 16}));
    g_assert_false(calendar_date_is(octets_of(" 16010101")));
    g_assert_false(calendar_date_is(octets_of("16010101 ")));
    g_assert_false(calendar_date_is((Octets){NULL, 0}));
    g_assert_false(calendar_date_has_epoch((Octets){NULL, 0}));
}

typedef struct {
    const char *value;
    gboolean has_epoch;
} ListCase;

static const ListCase lists[] = {
    {"20260106T080910Z,16010101T000000Z", TRUE},
    {"16010101,20260106", TRUE},
    {"20260106, 16001231T000000 ,20260107", TRUE},
    {"16010101T000000Z/PT1H", TRUE},
    {"20260106T000000Z/16010101T000000Z", TRUE},
    {"20260106T000000Z/PT1H,16010101T000000Z/PT1H", TRUE},
    {",,16010101,", TRUE},
    {" 16010101\t", TRUE},
    {"20260106,20260107", FALSE},
    {"2026010616010101", FALSE},
    {"16010101x,y16010101", FALSE},
    {"16010101;20260106", FALSE},
    {",", FALSE},
    {"/", FALSE},
    {"P16010101D", FALSE},
};

static void test_list(gconstpointer data)
{
    const ListCase *row = data;
    g_assert_cmpint(calendar_date_has_epoch(octets_of(row->value)), ==, row->has_epoch);
}

typedef struct {
    const char *value;
    gint64 seconds; /* since 1970-01-01 UTC; -1: cannot be read */
} TimeCase;

static const TimeCase times[] = {
    {"19700101T000000Z", 0},
    {"19700101T000001Z", 1},
    {"20260106T080910Z", 1767686950},
    {"20240229T120000Z", 1709208000},
    {"20380119T031408Z", G_GINT64_CONSTANT(2147483648)},
    {"99991231T235959Z", G_GINT64_CONSTANT(253402300799)},
    {"20250229T120000Z", -1},
    {"20261301T000000Z", -1},
    {"20260001T000000Z", -1},
    {"20260100T000000Z", -1},
    {"20260132T000000Z", -1},
    {"20260106T240000Z", -1},
    {"20260106T006000Z", -1},
    {"20260106T000060Z", -1},
    {"00000101T000000Z", -1},
    {"20260106T080910", -1},
    {"20260106", -1},
    {"20260106t080910Z", -1},
    {"20260106T080910z", -1},
    {"20260106T080910ZZ", -1},
    {"", -1},
};

static void test_time(gconstpointer data)
{
    const TimeCase *row = data;
    gint64 seconds = -1;
    gboolean read = calendar_date_read_utc(octets_of(row->value), &seconds);
    g_assert_cmpint(read, ==, row->seconds >= 0);
    g_assert_cmpint(seconds, ==, row->seconds);
    if (row->seconds < 0)
        return;
    char text[CALENDAR_TIME_SIZE];
    calendar_date_write_utc(row->seconds, text);
    g_assert_cmpstr(text, ==, row->value);
}

static void test_time_of_epoch(void)
{
    gint64 seconds;
    g_assert_true(calendar_date_read_utc(octets_of("16010101T000000Z"), &seconds));
    g_assert_cmpint(seconds, ==, G_GINT64_CONSTANT(-11644473600));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *path = g_strdup_printf("/calendar-date/form/\"%s\"", forms[i].value);
        g_test_add_data_func(path, &forms[i], test_form);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autofree char *path = g_strdup_printf("/calendar-date/list/%" G_GSIZE_FORMAT, i);
        g_test_add_data_func(path, &lists[i], test_list);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *path = g_strdup_printf("/calendar-date/time/\"%s\"", times[i].value);
        g_test_add_data_func(path, &times[i], test_time);
    }
    g_test_add_func("/calendar-date/bounds", test_bounds);
    g_test_add_func("/calendar-date/time-of-epoch", test_time_of_epoch);
    return g_test_run();
}
