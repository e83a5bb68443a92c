/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_splice: edits on octets, applied as pieces.
 *
 * Edits are written as "OFFSET-LENGTH:TEXT" with blanks between them. Beside the text of the
 * result, the pieces are looked at: none is empty, and what stays is not copied.
 */
#include "common/mail/splice.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *octets;
    const char *edits;
    const char *result;
} SpliceCase;

static const SpliceCase cases[] = {
    {"none", "abcdef", "", "abcdef"},
    {"replace", "abcdef", "2-2:XYZ", "abXYZef"},
    {"insert", "abcdef", "3-0:X", "abcXdef"},
    {"delete", "abcdef", "1-4:", "af"},
    {"at-start", "abcdef", "0-1:X", "Xbcdef"},
    {"at-end", "abcdef", "6-0:X", "abcdefX"},
    {"last", "abcdef", "5-1:X", "abcdeX"},
    {"all", "abcdef", "0-6:X", "X"},
    {"nothing-left", "abcdef", "0-6:", ""},
    {"touching", "abcdef", "1-2:X 3-2:Y", "aXYf"},
    {"several", "abcdef", "0-0:1 1-1:2 3-0:3 5-1:4", "1a2c3de4"},
    {"two-at-one-place", "abcdef", "2-0:X 2-0:Y", "abXYcdef"},
    {"insert-then-replace", "abcdef", "2-0:X 2-1:Y", "abXYdef"},
    {"nothing-done", "abcdef", "2-0: 4-0:", "abcdef"},
    {"empty-octets", "", "0-0:X", "X"},
};

/* Texts point into `words`. */
static GArray *read_edits(char **words)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    for (char **word = words; *word != NULL && **word != '\0'; word++) {
        char *end;
        Edit edit = {.offset = strtoul(*word, &end, 10)};
        edit.length = strtoul(end + 1, &end, 10);
        edit.text = octets_of(end + 1);
        g_array_append_val(edits, edit);
    }
    return edits;
}

static void test_result(gconstpointer data)
{
    const SpliceCase *row = data;
    g_auto(GStrv) words = g_strsplit(row->edits, " ", -1);
    g_autoptr(GArray) edits = read_edits(words);
    Octets octets = octets_of(row->octets);
    g_assert_true(splice_is_valid(edits, octets.size));
    g_autoptr(GString) result = splice_to_string(octets, edits);
    g_assert_cmpstr(result->str, ==, row->result);
}

/* Pieces as they come, and how many are still wanted. */
typedef struct {
    GArray *pieces;
    guint wanted;
} Collector;

static gboolean collect(Octets piece, gpointer data)
{
    Collector *collector = data;
    g_assert_cmpuint(piece.size, >, 0);
    g_array_append_val(collector->pieces, piece);
    return collector->pieces->len < collector->wanted;
}

static void test_pieces(void)
{
    static const char text[] = "abcdef";
    g_auto(GStrv) words = g_strsplit("0-1:X 2-0: 3-1:Y 4-2:", " ", -1);
    g_autoptr(GArray) edits = read_edits(words);
    g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Octets));
    Collector collector = {pieces, G_MAXUINT};
    g_assert_true(splice_apply(octets_of(text), edits, collect, &collector));

    const char *const wanted[] = {words[0] + 4, text + 1, text + 2, words[2] + 4};
    g_assert_cmpuint(pieces->len, ==, G_N_ELEMENTS(wanted));
    for (guint i = 0; i < pieces->len; i++)
        g_assert_true(g_array_index(pieces, Octets, i).data == wanted[i]);
}

/* The piece that is refused is the last one, whichever it is. */
static void test_stop(void)
{
    g_auto(GStrv) words = g_strsplit("1-1:X 3-0:Y", " ", -1);
    g_autoptr(GArray) edits = read_edits(words);
    for (guint wanted = 1; wanted <= 5; wanted++) {
        g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(Octets));
        Collector collector = {pieces, wanted};
        g_assert_false(splice_apply(octets_of("abcdef"), edits, collect, &collector));
        g_assert_cmpuint(pieces->len, ==, wanted);
    }
}

static void test_binary(void)
{
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    Edit edit = {.offset = 1, .length = 1, .text = {"\0\xff\0", 3}};
    g_array_append_val(edits, edit);
    g_autoptr(GString) result = splice_to_string((Octets){"\0a\0", 3}, edits);
    g_assert_cmpuint(result->len, ==, 5);
    g_assert_cmpint(memcmp(result->str, "\0\0\xff\0\0", 5), ==, 0);
}

typedef struct {
    const char *edits;
    gboolean valid; /* for six octets */
} ValidCase;

static void test_valid(void)
{
    static const ValidCase rows[] = {
        {"", TRUE},           {"0-6:", TRUE},
        {"6-0:X", TRUE},      {"1-2: 3-0: 3-1:", TRUE},
        {"7-0:X", FALSE},     {"0-7:", FALSE},
        {"6-1:", FALSE},      {"5-18446744073709551615:", FALSE},
        {"1-2: 2-1:", FALSE}, {"1-2: 2-0:X", FALSE},
        {"3-1: 1-1:", FALSE}, {"3-1: 3-0:X", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) words = g_strsplit(rows[i].edits, " ", -1);
        g_autoptr(GArray) edits = read_edits(words);
        g_assert_cmpint(splice_is_valid(edits, 6), ==, rows[i].valid);
    }
}

/* More edits than a sort by insertion would be used for, so that a sort that is not stable shows.
 */
static void test_sort_stable(void)
{
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    for (guint i = 0; i < 26 * 4; i++) {
        Edit edit = {.offset = i % 4 == 0 ? 1 : 0, .text = {letters + i / 4, 1}};
        g_array_append_val(edits, edit);
    }
    splice_sort(edits);
    g_autoptr(GString) result = splice_to_string(octets_of("__"), edits);
    g_autoptr(GString) wanted = g_string_new(NULL);
    for (const char *c = letters; *c != '\0'; c++)
        g_string_append_printf(wanted, "%c%c%c", *c, *c, *c);
    g_string_append_printf(wanted, "_%s_", letters);
    g_assert_cmpstr(result->str, ==, wanted->str);
}

static void test_sort_order(void)
{
    g_auto(GStrv) words = g_strsplit("4-1:e 2-1:d 2-0:b 0-1:a 2-0:c", " ", -1);
    g_autoptr(GArray) edits = read_edits(words);
    splice_sort(edits);
    g_assert_true(splice_is_valid(edits, 6));
    g_autoptr(GString) order = g_string_new(NULL);
    for (guint i = 0; i < edits->len; i++)
        g_string_append_c(order, *g_array_index(edits, Edit, i).text.data);
    g_assert_cmpstr(order->str, ==, "abcde");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/splice/result/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_result);
    }
    g_test_add_func("/splice/pieces", test_pieces);
    g_test_add_func("/splice/stop", test_stop);
    g_test_add_func("/splice/binary", test_binary);
    g_test_add_func("/splice/valid", test_valid);
    g_test_add_func("/splice/sort-stable", test_sort_stable);
    g_test_add_func("/splice/sort-order", test_sort_order);
    return g_test_run();
}
