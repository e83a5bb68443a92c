/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_filetime: FILETIMEs against the calendar, at every border.
 */
#include "common/tnef/filetime.h"

#define SECOND    G_GUINT64_CONSTANT(10000000)
#define UNIX_ZERO G_GUINT64_CONSTANT(0x019db1ded53e8000) /* 1970-01-01 */
#define NONE_4501 G_GUINT64_CONSTANT(0x0cb34557a3dd4000) /* 4501-01-01 */

typedef struct {
    guint64 filetime;
    const char *text;
    gboolean unset;
    gboolean usable; /* at NOW */
} TimeCase;

#define NOW      1767657600 /* 2026-01-06 */
#define NOW_TIME (UNIX_ZERO + NOW * SECOND)
#define DAY      (86400 * SECOND)

static const TimeCase cases[] = {
    {0, "16010101T000000Z", TRUE, FALSE},
    {1, "16010101T000000Z", TRUE, FALSE},
    {SECOND, "16010101T000001Z", TRUE, FALSE},
    {2 * DAY - 1, "16010102T235959Z", TRUE, FALSE},
    {2 * DAY, "16010103T000000Z", FALSE, FALSE},
    {UNIX_ZERO - 1, "19691231T235959Z", FALSE, FALSE},
    {UNIX_ZERO, "19700101T000000Z", FALSE, TRUE},
    {NOW_TIME, "20260106T000000Z", FALSE, TRUE},
    {NOW_TIME + 1234567, "20260106T000000Z", FALSE, TRUE},
    {NOW_TIME + DAY, "20260107T000000Z", FALSE, TRUE},
    {NOW_TIME + DAY + 1, "20260107T000000Z", FALSE, FALSE},
    {NONE_4501, "45010101T000000Z", FALSE, FALSE},
    {G_GUINT64_CONSTANT(2650467743999999999), "99991231T235959Z", FALSE, FALSE},
    {G_GUINT64_CONSTANT(2650467744000000000), "0x24c85a5ed1c04000", FALSE, FALSE},
    {G_MAXUINT64, "0xffffffffffffffff", FALSE, FALSE},
};

static void test_times(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        char text[FILETIME_TEXT_SIZE];
        filetime_write(cases[i].filetime, text);
        g_assert_cmpstr(text, ==, cases[i].text);
        g_assert_cmpint(filetime_is_unset(cases[i].filetime), ==, cases[i].unset);
        g_assert_cmpint(filetime_is_usable(cases[i].filetime, NOW), ==, cases[i].usable);
    }
}

static void test_from_unix(void)
{
    g_assert_cmpuint(filetime_from_unix(0), ==, UNIX_ZERO);
    g_assert_cmpuint(filetime_from_unix(NOW), ==, NOW_TIME);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filetime/times", test_times);
    g_test_add_func("/filetime/from-unix", test_from_unix);
    return g_test_run();
}
