/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_splice: edits on octets, applied as pieces.
 *
 * Edits are written as "OFFSET-LENGTH:TEXT" with blanks between them. Beside the text of the
 * result, the pieces are looked at: none is empty, and what stays is not copied. Composed edits are
 * written the same way; whatever they are, they do what both lists do one after the other.
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

/* ---- composing ---- */

/* On "abcdef": what `second` does to what `first` made of it, in one go. */
typedef struct {
    const char *name;
    const char *first;
    const char *second;
    const char *composed;
} ComposeCase;

static const ComposeCase compositions[] = {
    {"nothing", "", "", ""},
    {"first-alone", "1-1:X", "", "1-1:X"},
    {"second-alone", "", "1-1:X", "1-1:X"},
    {"apart", "1-1:X", "4-1:Y", "1-1:X 4-1:Y"},
    {"apart-behind-growth", "1-1:XYZ", "5-1:Q", "1-1:XYZ 3-1:Q"},
    {"apart-behind-loss", "0-3:", "1-1:Q", "0-3: 4-1:Q"},
    {"apart-before", "4-1:XYZ", "1-1:Q", "1-1:Q 4-1:XYZ"},

    {"insertion-before-an-insertion", "2-0:XY", "2-0:Z", "2-0:Z 2-0:XY"},
    {"insertion-behind-an-insertion", "2-0:XY", "4-0:Z", "2-0:XY 2-0:Z"},
    {"insertions-at-both-ends", "2-0:XY", "2-0:P 4-0:Q", "2-0:P 2-0:XY 2-0:Q"},
    {"insertion-inside-inserted-text", "2-0:XY", "3-0:Z", "2-0:XZY"},
    {"insertion-between-insertions", "2-0:X 2-0:Y", "3-0:Z", "2-0:X 2-0:Z 2-0:Y"},
    {"insertion-inside-a-replacement", "2-2:XY", "3-0:Z", "2-2:XZY"},
    {"insertion-at-the-start-of-a-replacement", "2-2:XY", "2-0:Z", "2-0:Z 2-2:XY"},
    {"insertion-at-the-end-of-a-replacement", "2-2:XY", "4-0:Z", "2-2:XY 4-0:Z"},
    {"insertion-where-text-went", "2-2:", "2-0:Z", "2-2: 4-0:Z"},

    {"deletion-across-an-insertion", "2-0:XY", "1-4:", "1-2:"},
    {"deletion-of-an-insertion", "2-0:XY", "2-2:", ""},
    {"deletion-of-the-start-of-an-insertion", "2-0:XY", "2-1:", "2-0:Y"},
    {"deletion-into-an-insertion", "2-0:XY", "1-2:", "1-1:Y"},
    {"deletion-out-of-an-insertion", "2-0:XY", "3-2:", "2-1:X"},
    {"deletion-of-a-replacement", "2-2:XY", "2-2:", "2-2:"},
    {"deletion-across-a-deletion", "2-2:", "1-2:Q", "1-4:Q"},
    {"deletion-before-a-deletion", "2-2:", "1-1:", "1-1: 2-2:"},
    {"deletion-behind-a-deletion", "2-2:", "2-1:", "2-2: 4-1:"},
    {"deletion-before-an-insertion", "2-0:XY", "1-1:", "1-1: 2-0:XY"},
    {"deletion-behind-an-insertion", "2-0:XY", "4-1:", "2-0:XY 2-1:"},

    {"one-over-several", "1-0:X 3-0:Y", "1-4:Q", "1-2:Q"},
    {"several-in-one", "1-4:VWXYZ", "1-1:P 3-1:Q 5-1:R", "1-4:PWQYR"},
    {"chain", "1-1:XX 3-1:YY", "2-3:P 5-1:Q", "1-3:XPQ"},
    {"all", "0-6:X", "0-1:Y", "0-6:Y"},
    {"everything-goes", "0-3:", "0-3:", "0-3: 3-3:"},
    {"at-the-end", "6-0:X", "7-0:Y", "6-0:X 6-0:Y"},
};

static char *edits_text(const GArray *edits)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        g_string_append_printf(text, "%s%" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT ":", i > 0 ? " " : "",
                               edit->offset, edit->length);
        g_string_append_len(text, edit->text.data, (gssize)edit->text.size);
    }
    return g_string_free(text, FALSE);
}

/* The composed edits, once they do to `text` what both lists do. */
static GArray *compose(Octets text, const GArray *first, const GArray *second,
                       GStringChunk *strings)
{
    g_autoptr(GString) between = splice_to_string(text, first);
    Octets middle = {between->str, between->len};
    g_assert_true(splice_is_valid(first, text.size) && splice_is_valid(second, middle.size));
    g_autoptr(GString) wanted = splice_to_string(middle, second);
    GArray *composed = splice_compose(first, second, middle, strings);
    g_assert_true(splice_is_valid(composed, text.size));
    g_assert_cmpuint(composed->len, <=, first->len + second->len);
    g_autoptr(GString) result = splice_to_string(text, composed);
    g_assert_cmpstr(result->str, ==, wanted->str);
    return composed;
}

static void test_compose(gconstpointer data)
{
    const ComposeCase *row = data;
    g_auto(GStrv) first_words = g_strsplit(row->first, " ", -1);
    g_auto(GStrv) second_words = g_strsplit(row->second, " ", -1);
    g_autoptr(GArray) first = read_edits(first_words);
    g_autoptr(GArray) second = read_edits(second_words);
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GArray) composed = compose(octets_of("abcdef"), first, second, strings);
    g_autofree char *text = edits_text(composed);
    g_assert_cmpstr(text, ==, row->composed);
}

/* Edits that stand close, so that those of two lists meet in every way. */
static GArray *random_edits(GRand *random, gsize size)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    gsize from = 0;
    for (gint n = g_rand_int_range(random, 0, 8); n > 0; n--) {
        gsize gap = (gsize)g_rand_int_range(random, 0, 4);
        gsize length = (gsize)g_rand_int_range(random, 0, 4);
        Edit edit = {.offset = MIN(from + gap, size)};
        edit.length = MIN(length, size - edit.offset);
        edit.text.data = letters + g_rand_int_range(random, 0, 20);
        edit.text.size = (gsize)g_rand_int_range(random, 0, 4);
        from = edit.offset + edit.length;
        g_array_append_val(edits, edit);
    }
    return edits;
}

/* Seeds are fixed: a failure names the round that made it. Three lists are composed from either
 * end. */
static void test_compose_random(void)
{
    Octets text = octets_of("abcdefghijklmnopqrstuvwxyz");
    for (guint round = 0; round < 20000 && !g_test_failed(); round++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(round);
        g_autoptr(GStringChunk) strings = g_string_chunk_new(256);
        g_autoptr(GArray) first = random_edits(random, text.size);
        g_autoptr(GString) one = splice_to_string(text, first);
        g_autoptr(GArray) second = random_edits(random, one->len);
        g_autoptr(GArray) both = compose(text, first, second, strings);
        g_autoptr(GString) two = splice_to_string(text, both);
        g_autoptr(GArray) third = random_edits(random, two->len);
        g_autoptr(GArray) front = compose(text, both, third, strings);
        g_autoptr(GArray) last = compose((Octets){one->str, one->len}, second, third, strings);
        g_autoptr(GArray) back = compose(text, first, last, strings);
        g_autoptr(GString) left = splice_to_string(text, front);
        g_autoptr(GString) right = splice_to_string(text, back);
        g_assert_cmpstr(left->str, ==, right->str);
        if (g_test_failed())
            g_test_message("round %u", round);
    }
}

/* Both lists on "abcdef": do they make the same of it? */
static void check_same(const char *one, const char *other, gboolean same)
{
    g_auto(GStrv) words = g_strsplit(one, " ", -1);
    g_auto(GStrv) others = g_strsplit(other, " ", -1);
    g_autoptr(GArray) left = read_edits(words);
    g_autoptr(GArray) right = read_edits(others);
    Octets octets = octets_of("abcdef");
    g_assert_cmpint(splice_same(octets, left, octets, right), ==, same);
    g_assert_cmpint(splice_same(octets, right, octets, left), ==, same);
}

static void test_same(void)
{
    check_same("", "", TRUE);
    check_same("1-1:b", "", TRUE);
    check_same("0-6:xyz", "0-3:xy 3-3: 6-0:z", TRUE);
    check_same("2-0:X", "2-0: 3-0:X", FALSE);
    check_same("6-0:X", "", FALSE);
    check_same("5-1:", "", FALSE);
    check_same("0-6:", "", FALSE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(compositions); i++) {
        g_autofree char *path = g_strconcat("/splice/compose/", compositions[i].name, NULL);
        g_test_add_data_func(path, &compositions[i], test_compose);
    }
    g_test_add_func("/splice/compose-random", test_compose_random);
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
    g_test_add_func("/splice/same", test_same);
    return g_test_run();
}
