/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_mta_limit: which repairs an MTA takes for sure, and what is known of its limit.
 *
 * Beside single sizes, every size around every limit that people choose is tried by a model of
 * Postfix's queue file: no repair that is made turns a message that is taken into one that is not.
 */
#include "common/transit/mta_limit.h"
#include "milter/mail/mta_taken.h"

#define GROWTH 150
#define KIB    ((gsize)1024)
#define MIB    (1024 * KIB)
#define AUTO   SETTINGS_AUTO

typedef struct {
    const char *name;
    gsize limit;
    gsize taken;
    gsize size;
    gboolean allowed;
} Case;

static const Case cases[] = {
    {"no-limit", 0, 0, 10240000, TRUE},
    {"at-it", 300000, 0, 300000, FALSE},
    {"hardly-below-it", 300000, 0, 299000, FALSE},
    {"within-128-kib", 300000, 0, 300000 - 128 * KIB, FALSE},
    {"below-it", 300000, 0, 168000, TRUE},
    {"above-it", 300000, 0, 300001, TRUE},
    {"unknown-small", AUTO, 0, 20000, TRUE},
    {"unknown-below-64-kib", AUTO, 0, 59000, TRUE},
    {"unknown-at-64-kib", AUTO, 0, 64 * KIB - 1000, FALSE},
    {"unknown-between-round-numbers", AUTO, 0, 280000, TRUE},
    {"unknown-hardly-below-a-round-number", AUTO, 0, 299000, FALSE},
    {"unknown-at-a-round-number", AUTO, 0, 300000, FALSE},
    {"unknown-above-a-round-number", AUTO, 0, 300001, TRUE},
    {"unknown-below-one-in-kib", AUTO, 0, 300 * KIB - 1500, FALSE},
    {"unknown-below-that-of-postfix", AUTO, 0, 10240000 - 500, FALSE},
    {"unknown-below-50-mib", AUTO, 0, 50 * MIB - 2000, FALSE},
    {"unknown-large", AUTO, 0, 30 * MIB + 50000, TRUE},
    {"taken-larger", AUTO, 600000, 299000, TRUE},
    {"taken-hardly-larger", AUTO, 300000, 299000, FALSE},
    {"taken-smaller", AUTO, 100000, 299000, FALSE},
};

static MtaSize sized(gsize size)
{
    return (MtaSize){.size = size, .growth = GROWTH, .recipients = 1};
}

static void test_case(gconstpointer data)
{
    const Case *row = data;
    MtaSize message = sized(row->size);
    g_assert_cmpint(mta_limit_allows(row->limit, row->taken, &message), ==, row->allowed);
}

static const gsize limits[] = {
    100000,   102400,   250000,   256 * KIB, 300000,    500000,    512 * KIB, 1000000,   MIB,
    1024000,  2000000,  2 * MIB,  5000000,   5120000,   5 * MIB,   10000000,  10240000,  10 * MIB,
    15728640, 20000000, 20480000, 20 * MIB,  25000000,  25 * MIB,  26214400,  30 * MIB,  35 * MIB,
    50000000, 51200000, 50 * MIB, 64 * MIB,  100000000, 102400000, 100 * MIB, 150 * MIB,
};

/* What Postfix counts, measured: some 1,000 octets more for one recipient, and the repair with the
 * marks around it. */
static gsize as_it_came(const MtaSize *message, gsize envelope)
{
    return message->size + message->records + envelope;
}

static void check_limit(gsize limit, gsize envelope)
{
    for (gsize size = limit - 4000; size <= limit + 10; size++) {
        MtaSize message = sized(size);
        gboolean taken = as_it_came(&message, envelope) <= limit;
        gboolean repaired_too = as_it_came(&message, envelope) + GROWTH + 100 <= limit;
        gboolean allowed = mta_limit_allows(AUTO, 0, &message);
        g_assert_true(!allowed || !taken || repaired_too);
    }
}

static void test_limits(void)
{
    static const gsize envelopes[] = {700, 950, 1300};
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        for (gsize e = 0; e < G_N_ELEMENTS(envelopes); e++)
            check_limit(limits[i], envelopes[e]);
    }
}

/* How many of all sizes are left as they came, in thousandths. */
static guint left_of(gsize from, gsize to)
{
    guint left = 0;
    for (guint i = 0; i < 1000; i++) {
        MtaSize message = sized(from + (to - from) / 1000 * i);
        left += mta_limit_allows(AUTO, 0, &message) ? 0 : 1;
    }
    return left;
}

static void test_most_are_repaired(void)
{
    g_assert_cmpuint(left_of(0, 60000), <=, 3);
    g_assert_cmpuint(left_of(60000, 1000000), <, 180);
    g_assert_cmpuint(left_of(1000000, 64 * MIB), <, 30);
}

static void test_many_recipients(void)
{
    MtaSize message = sized(280000);
    g_assert_true(mta_limit_allows(AUTO, 0, &message));
    message.recipients = 100;
    g_assert_false(mta_limit_allows(AUTO, 0, &message));
}

static void test_records(void)
{
    g_autofree char *line = g_strnfill(5200, 'a');
    line[127] = '\n';
    g_assert_cmpuint(mta_limit_records((Octets){line, 127}), ==, 0);
    g_assert_cmpuint(mta_limit_records((Octets){line, 128}), ==, 1);
    g_assert_cmpuint(mta_limit_records((Octets){line, 5000}), ==, 1 + 1 + 3 * 2);
    g_assert_cmpuint(mta_limit_records(octets_of(NULL)), ==, 0);
    for (gsize i = 0; i < 5000; i += 128)
        line[i + 127] = '\n';
    g_assert_cmpuint(mta_limit_records((Octets){line, 4992}), ==, 39);
    g_assert_cmpuint(mta_limit_records_max(4992), >=, 39);
}

static void test_taken(void)
{
    g_assert_cmpuint(mta_taken_largest("mx1", 1), ==, 0);
    mta_taken_note("mx1", 1, 500);
    mta_taken_note("mx1", 1, 300);
    mta_taken_note("mx2", 1, 900);
    mta_taken_note(NULL, 1, 5000);
    g_assert_cmpuint(mta_taken_largest("mx1", 1), ==, 500);
    g_assert_cmpuint(mta_taken_largest("mx2", 1), ==, 900);
    g_assert_cmpuint(mta_taken_largest("mx3", 1), ==, 0);
    g_assert_cmpuint(mta_taken_largest(NULL, 1), ==, 0);
}

static void test_reload_forgets(void)
{
    mta_taken_note("mx1", 2, 500);
    mta_taken_note("mx1", 3, 200);
    mta_taken_note("mx1", 2, 900); /* it began before */
    g_assert_cmpuint(mta_taken_largest("mx1", 3), ==, 200);
    g_assert_cmpuint(mta_taken_largest("mx1", 2), ==, 0);
}

static void test_not_without_bound(void)
{
    for (guint i = 0; i < 1000; i++) {
        g_autofree char *name = g_strdup_printf("mx%u", i);
        mta_taken_note(name, 4, 100);
    }
    g_assert_cmpuint(mta_taken_largest("mx0", 4), ==, 100);
    g_assert_cmpuint(mta_taken_largest("mx999", 4), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/mta-limit/case/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/mta-limit/limits", test_limits);
    g_test_add_func("/mta-limit/most-are-repaired", test_most_are_repaired);
    g_test_add_func("/mta-limit/many-recipients", test_many_recipients);
    g_test_add_func("/mta-limit/records", test_records);
    g_test_add_func("/mta-taken/taken", test_taken);
    g_test_add_func("/mta-taken/reload-forgets", test_reload_forgets);
    g_test_add_func("/mta-taken/not-without-bound", test_not_without_bound);
    return g_test_run();
}
