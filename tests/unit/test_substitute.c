/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_substitute: the time that takes the place of one that was never set.
 *
 * Which times are usable, what a Date field gives for a message, and which fields hold an epoch
 * date. What a component's DTSTAMP gives is in test_rounds.
 */
#include "common/mail/parts.h"
#include "common/rules/substitute.h"

#define DAY (24 * 60 * 60)
#define NOW G_GINT64_CONSTANT(1767657600) /* 2026-01-06 00:00:00 UTC */

static void test_usable(void)
{
    static const struct {
        gint64 seconds;
        gboolean usable;
    } rows[] = {
        {NOW, TRUE},
        {NOW + DAY, TRUE},
        {NOW + DAY + 1, FALSE},
        {G_GINT64_CONSTANT(31536000), TRUE}, /* 1971-01-01 */
        {G_GINT64_CONSTANT(31535999), FALSE},
        {0, FALSE},
        {-1, FALSE},
        {G_GINT64_CONSTANT(-11644473600), FALSE},
        {G_GINT64_CONSTANT(79870665600), FALSE}, /* year 4501 */
        {G_MAXINT64, FALSE},
        {G_MININT64, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(substitute_is_usable(rows[i].seconds, NOW), ==, rows[i].usable);
}

typedef struct {
    const char *name;
    const char *head;
    gint64 fallback;
} DateCase;

static const DateCase dates[] = {
    {"utc", "Date: Mon, 05 Jan 2026 12:00:00 +0000\n", 1767614400},
    {"east", "Date: Mon, 5 Jan 2026 12:00:00 +0530\n", 1767594600},
    {"west", "Date: Mon, 5 Jan 2026 12:00:00 -0800\n", 1767643200},
    {"no-weekday", "Date: 5 Jan 2026 12:00:00 GMT\n", 1767614400},
    {"no-seconds", "Date: 5 Jan 2026 12:00 +0000\n", 1767614400},
    {"zone-name", "Date: Mon, 5 Jan 2026 07:00:00 EST\n", 1767614400},
    {"military-zone", "Date: Mon, 5 Jan 2026 12:00:00 M\n", 1767614400},
    {"military-zone-comment", "Date: Mon, 5 Jan 2026 12:00 a (alpha)\n", 1767614400},
    {"letter-after-zone", "Date: Mon, 5 Jan 2026 14:00:00 +0200 A\n", 1767614400},
    {"zulu", "Date: Mon, 5 Jan 2026 12:00:00 Z\n", 1767614400},
    {"comment", "Date: Mon, 5 Jan 2026 12:00:00 +0000 (GMT)\n", 1767614400},
    {"folded", "Date: Mon,\r\n 5 Jan 2026\r\n\t12:00:00 +0000\r\n", 1767614400},
    {"case", "DATE:5 jan 2026 12:00:00 +0000\n", 1767614400},
    {"first-counts", "Date: 5 Jan 2026 12:00:00 +0000\nDate: 4 Jan 2026 12:00:00 +0000\n",
     1767614400},
    {"first-counts-though-unusable", "Date: nonsense\nDate: 5 Jan 2026 12:00:00 +0000\n", NOW},
    {"tomorrow", "Date: Wed, 7 Jan 2026 00:00:00 +0000\n", NOW + DAY},
    {"day-after", "Date: Wed, 7 Jan 2026 00:00:01 +0000\n", NOW},
    {"1971", "Date: Fri, 1 Jan 1971 00:00:00 +0000\n", 31536000},
    {"1970", "Date: Thu, 31 Dec 1970 23:59:59 +0000\n", NOW},
    {"1971-in-the-east", "Date: Fri, 1 Jan 1971 00:30:00 +0100\n", NOW},
    {"epoch", "Date: Mon, 1 Jan 1601 00:00:00 +0000\n", NOW},
    {"no-such-day", "Date: 31 Foo 2026 12:00:00 +0000\n", NOW},
    {"no-time", "Date: Mon, 5 Jan 2026\n", NOW},
    {"time-with-dots", "Date: Mon, 5 Jan 2026 12.00.00 +0000\n", NOW},
    {"time-with-blanks", "Date: Mon, 5 Jan 2026 12 : 00 : 00 +0000\n", NOW},
    {"nonsense", "Date: yesterday\n", NOW},
    {"empty", "Date:\n", NOW},
    {"absent", "X-Date: 5 Jan 2026 12:00:00 +0000\n", NOW},
    {"in-body", "X: 1\n\nDate: 5 Jan 2026 12:00:00 +0000\n", NOW},
};

static void test_date(gconstpointer data)
{
    const DateCase *row = data;
    g_auto(Message) message;
    message_init(&message, octets_of(row->head));
    MessageTimes times = substitute_message_times(&message, NOW);
    g_assert_cmpint(times.now, ==, NOW);
    g_assert_cmpint(times.fallback, ==, row->fallback);
}

typedef struct {
    const char *value;
    gboolean epoch;
} FieldCase;

static const FieldCase fields[] = {
    {"Mon, 01 Jan 1601 00:00:00 +0000", TRUE},
    {"Mon, 1 Jan 1601 00:00:00 GMT", TRUE},
    {"1 Jan 1601 00:00 +0000", TRUE},
    {"1 Jan 1601 23:59:59 -0800", TRUE},
    {"1 Jan 1601 00:00:00 +1400", TRUE},
    {"Mon, 1 jan 1601 00:00:00 +0100 (CET)", TRUE},
    {"Sun, 31 Dec 1600 16:00:00 -0800", TRUE},
    {"31 Dec 1600 23:59:59 +0000", TRUE},
    {"Tue, 2 Jan 1601 00:00:00 +0000", FALSE},
    {"Sat, 30 Dec 1600 00:00:00 +0000", FALSE},
    {"1 Jan 1600 00:00:00 +0000", FALSE},
    {"31 Dec 1601 00:00:00 +0000", FALSE},
    {"1 Feb 1601 00:00:00 +0000", FALSE},
    {"Mon, 1 Jan 2001 00:00:00 +0000", FALSE},
    {"Mon, 1 Jan 2024 16:01:00 +1601", FALSE},
    {"Sun, 31 Dec 2000 16:00:00 +1600", FALSE},
    {"Fri, 1 Jan 4501 00:00:00 +0000", FALSE},
    {"1601", FALSE},
    {"16010101T000000Z", FALSE},
    {"", FALSE},
};

static void test_field(gconstpointer data)
{
    const FieldCase *row = data;
    g_assert_cmpint(substitute_field_is_epoch(row->value), ==, row->epoch);
}

/* What is longer than a line is no date, whatever GMime would read. */
static void test_long(void)
{
    g_autofree char *blanks = g_strnfill(998, ' ');
    g_autofree char *mail =
        g_strconcat("Date: Mon, 5 Jan 2026 12:00:00 +0000 (", blanks, ")\n\n", NULL);
    g_auto(Message) message;
    message_init(&message, octets_of(mail));
    g_assert_cmpint(substitute_message_times(&message, NOW).fallback, ==, NOW);
    g_autofree char *epoch = g_strconcat("Mon, 01 Jan 1601 00:00:00 +0000 (", blanks, ")", NULL);
    g_assert_false(substitute_field_is_epoch(epoch));
    epoch[998] = '\0';
    g_assert_true(substitute_field_is_epoch(epoch));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    parts_init();
    for (gsize i = 0; i < G_N_ELEMENTS(dates); i++) {
        g_autofree char *path = g_strconcat("/substitute/date/", dates[i].name, NULL);
        g_test_add_data_func(path, &dates[i], test_date);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *path = g_strdup_printf("/substitute/field/\"%s\"", fields[i].value);
        g_test_add_data_func(path, &fields[i], test_field);
    }
    g_test_add_func("/substitute/usable", test_usable);
    g_test_add_func("/substitute/long", test_long);
    return g_test_run();
}
