/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_spool_block: blocks are bounded, used again, and given to the system; a spool uses them and
 * does without them.
 */
#include "common/transit/spool.h"
#include "common/transit/spool_block.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LIMIT  ((gsize)1024 * 1024)
#define MARK   'x'
#define PERIOD (10 * G_USEC_PER_SEC)

static gint64 now;

/* Lets so much time pass that what is not needed goes. */
static void pass_time(void)
{
    for (int look = 0; look < 2; look++)
        spool_block_tick(now += PERIOD);
}

static void begin(guint blocks)
{
    spool_block_allow(blocks * SPOOL_BLOCK_SIZE);
    pass_time();
}

/* A block that is marked as used. */
static char *take_marked(void)
{
    char *block = spool_block_take();
    g_assert_nonnull(block);
    block[0] = MARK;
    block[SPOOL_BLOCK_SIZE - 1] = MARK;
    return block;
}

/* TRUE when the next block is one that was used before. */
static gboolean is_kept(void)
{
    char *block = spool_block_take();
    g_assert_nonnull(block);
    gboolean kept = block[0] == MARK;
    spool_block_give(block);
    return kept;
}

static void test_bounded(void)
{
    begin(2);
    char *first = take_marked();
    char *second = take_marked();
    g_assert_null(spool_block_take());
    spool_block_give(first);
    g_assert_true(is_kept());
    spool_block_drop(second);
    spool_block_allow(2 * SPOOL_BLOCK_SIZE - 1);
    g_assert_true(spool_block_take() == first);
    g_assert_null(spool_block_take());
    spool_block_give(first);
}

static void test_allowed_less(void)
{
    begin(2);
    char *first = take_marked();
    char *second = take_marked();
    spool_block_allow(SPOOL_BLOCK_SIZE);
    spool_block_give(first);
    g_assert_null(spool_block_take());
    spool_block_give(second);
    g_assert_true(is_kept());
    spool_block_allow(0);
    spool_block_tick(now += PERIOD);
    g_assert_null(spool_block_take());
}

static void test_unneeded_goes(void)
{
    begin(2);
    char *first = take_marked();
    char *second = take_marked();
    spool_block_give(first);
    spool_block_give(second);
    spool_block_tick(now += PERIOD);
    spool_block_tick(now + 1);
    g_assert_true(is_kept());
    spool_block_tick(now += PERIOD);
    first = spool_block_take();
    g_assert_true(first[0] == MARK);
    g_assert_false(is_kept());
    spool_block_give(first);
    pass_time();
    g_assert_false(is_kept());
}

static void test_no_memory(void)
{
    begin(1);
    struct rlimit all;
    getrlimit(RLIMIT_AS, &all);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = all.rlim_max};
    setrlimit(RLIMIT_AS, &none);
    char *block = spool_block_take();
    setrlimit(RLIMIT_AS, &all);
    g_assert_null(block);
    spool_block_give(take_marked());
}

/* The octet at a place of what is spooled. */
static char octet_at(gsize at)
{
    return (char)('a' + at % 23);
}

static void fill(Spool *spool, gsize size)
{
    char chunk[65535];
    while (spool->size < size) {
        gsize wanted = MIN(size - spool->size, sizeof chunk);
        for (gsize i = 0; i < wanted; i++)
            chunk[i] = octet_at(spool->size + i);
        g_assert_true(spool_add(spool, (Octets){chunk, wanted}, NULL));
    }
}

static gboolean check_piece(Octets piece, gpointer data)
{
    gsize *at = data;
    for (gsize i = 0; i < piece.size; i++)
        g_assert_cmpint(piece.data[i], ==, octet_at(*at + i));
    *at += piece.size;
    return TRUE;
}

static void assert_whole(Spool *spool, gsize size)
{
    Octets octets;
    gsize viewed = 0;
    gsize poured = 0;
    g_assert_true(spool_view(spool, &octets, NULL));
    check_piece(octets, &viewed);
    g_assert_true(spool_pour(spool, check_piece, &poured, NULL));
    g_assert_cmpuint(viewed, ==, size);
    g_assert_cmpuint(poured, ==, size);
}

typedef struct {
    const char *name;
    guint blocks;
    gsize size;
    gboolean in_block;
    gboolean in_file;
} SpoolRow;

static const SpoolRow spool_rows[] = {
    {"small", 1, 1000, FALSE, FALSE},
    {"at-the-border", 1, 128 * 1024, FALSE, FALSE},
    {"above-the-border", 1, 128 * 1024 + 1, TRUE, FALSE},
    {"above-the-limit", 1, LIMIT + 1, TRUE, FALSE},
    {"full", 1, SPOOL_BLOCK_SIZE, TRUE, FALSE},
    {"too-large", 1, SPOOL_BLOCK_SIZE + 1, FALSE, TRUE},
    {"no-block", 0, LIMIT, FALSE, FALSE},
    {"no-block-above-the-limit", 0, LIMIT + 1, FALSE, TRUE},
};

static void test_spool(gconstpointer data)
{
    const SpoolRow *row = data;
    g_auto(Spool) spool = {0};
    begin(row->blocks);
    spool_init(&spool, LIMIT);
    fill(&spool, row->size);
    g_assert_cmpint(spool.in_block, ==, row->in_block);
    g_assert_cmpint(spool.file >= 0, ==, row->in_file);
    g_assert_cmpint(spool_is_large(&spool), ==, row->size > LIMIT);
    assert_whole(&spool, row->size);
    spool_clear(&spool);
    g_assert_false(spool.in_block);
}

/* A block is free again after a message that it held, and after one that it did not hold. */
static void test_given_back(void)
{
    g_auto(Spool) spool = {0};
    begin(1);
    spool_init(&spool, LIMIT);
    fill(&spool, 2 * LIMIT);
    spool_clear(&spool);
    spool_block_give(take_marked());
    g_assert_true(is_kept());
    fill(&spool, SPOOL_BLOCK_SIZE + 1);
    g_assert_false(is_kept());
}

/* What is of a file is read from it, not from the view; and everything else is copied. */
static void test_copy(void)
{
    g_auto(Spool) spool = {0};
    Octets view;
    char copy[] = "------";
    begin(0);
    spool_init(&spool, 0);
    g_assert_true(spool_add(&spool, octets_of("a message"), NULL));
    g_assert_true(spool_view(&spool, &view, NULL));
    g_assert_cmpint(pwrite(spool.file, "MESS", 4, 2), ==, 4);
    g_assert_true(spool_copy(&spool, octets_slice(view, 1, 7), copy));
    g_assert_cmpstr(copy, ==, " MESSa");
    g_assert_true(spool_copy(&spool, octets_of("other"), copy));
    g_assert_cmpstr(copy, ==, "othera");
    g_assert_cmpint(ftruncate(spool.file, 4), ==, 0);
    g_assert_false(spool_copy(&spool, octets_slice(view, 1, 7), copy));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spool-block/bounded", test_bounded);
    g_test_add_func("/spool-block/allowed-less", test_allowed_less);
    g_test_add_func("/spool-block/unneeded-goes", test_unneeded_goes);
    g_test_add_func("/spool-block/no-memory", test_no_memory);
    for (gsize i = 0; i < G_N_ELEMENTS(spool_rows); i++) {
        g_autofree char *path = g_strdup_printf("/spool-block/spool/%s", spool_rows[i].name);
        g_test_add_data_func(path, &spool_rows[i], test_spool);
    }
    g_test_add_func("/spool-block/given-back", test_given_back);
    g_test_add_func("/spool-block/copy", test_copy);
    return g_test_run();
}
