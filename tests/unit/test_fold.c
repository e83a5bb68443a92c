/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_fold: where a long content line is cut.
 *
 * A line is written as its pieces: cut there, each but the first has a space in front of it in the
 * end. Every cut is held to the rule as well: no later place in the piece was allowed.
 */
#include "common/calendar/fold.h"

#include <string.h>

#define A10 "aaaaaaaaaa"
#define A50 A10 A10 A10 A10 A10
#define A70 A50 A10 A10
#define A74 A70 "aaaa"
#define E   "\xc3\xa9"
#define EUR "\xe2\x82\xac"
#define B10 "\\\\\\\\\\\\\\\\\\\\"

typedef struct {
    const char *name;
    const char *pieces; /* with a | at each cut */
    gboolean is_utf8;
} FoldCase;

static const FoldCase cases[] = {
    {"empty", "", TRUE},
    {"short", "UID:1", TRUE},
    {"75-octets", A74 "b", TRUE},
    {"76-octets", A74 "b|c", TRUE},
    {"two-pieces", A74 "b|" A74, TRUE},
    {"three-pieces", A74 "b|" A74 "|c", TRUE},
    {"folded-before", " " A74 "|" A74 "|b", TRUE},
    {"character-at-the-cut", A74 "|" E A10, TRUE},
    {"character-before-the-cut", A70 "aaa" E "|" A10, TRUE},
    {"character-behind-the-cut", A74 "a|" E A10, TRUE},
    {"three-octets-one-behind", A74 "|" EUR, TRUE},
    {"three-octets-two-behind", A70 "aaa|" EUR, TRUE},
    {"no-utf-8", A74 "\xc3|\xa9" A10, FALSE},
    {"backslash-last", A74 "|\\n" A10, TRUE},
    {"backslash-behind", A74 "a|\\n" A10, TRUE},
    {"backslashes-last", A70 "aa|\\\\\\n" A10, TRUE},
    {"only-backslashes", B10 B10 B10 B10 B10 B10 B10 "\\\\\\\\\\|" B10, TRUE},
    {"blank-at-the-cut", A74 "b| c", TRUE},
};

typedef struct {
    GString *text;
    Octets line;
    gsize done;
} Cutting;

static void note_cut(gsize offset, gpointer data)
{
    Cutting *cutting = data;
    g_assert_cmpuint(offset, >, cutting->done);
    g_assert_cmpuint(offset, <, cutting->line.size);
    g_string_append_len(cutting->text, cutting->line.data + cutting->done,
                        (gssize)(offset - cutting->done));
    g_string_append_c(cutting->text, '|');
    cutting->done = offset;
}

static char *fold(Octets line, gboolean is_utf8)
{
    Cutting cutting = {g_string_new(NULL), line, 0};
    fold_each(line, is_utf8, note_cut, &cutting);
    g_string_append_len(cutting.text, line.data + cutting.done, (gssize)(line.size - cutting.done));
    return g_string_free(cutting.text, FALSE);
}

static void test_pieces(gconstpointer data)
{
    const FoldCase *row = data;
    g_auto(GStrv) pieces = g_strsplit(row->pieces, "|", -1);
    g_autofree char *line = g_strjoinv("", pieces);
    g_autofree char *folded = fold(octets_of(line), row->is_utf8);
    g_assert_cmpstr(folded, ==, row->pieces);
}

static gboolean may_cut(const char *line, gsize at)
{
    return ((guchar)line[at] & 0xc0) != 0x80 && line[at - 1] != '\\';
}

/* No piece is too long, none is shorter than it must be, and cuts are at allowed places where the
 * piece has one. */
static void check_cuts(const char *line, char **pieces)
{
    gsize start = 0;
    for (guint i = 0; pieces[i] != NULL; i++) {
        gsize room = i == 0 ? FOLD_OCTETS : FOLD_OCTETS - 1;
        gsize end = start + strlen(pieces[i]);
        gsize last = MIN(start + room, strlen(line));
        g_assert_cmpuint(end, <=, last);
        gboolean has_place = FALSE;
        for (gsize at = start + 1; pieces[i + 1] != NULL && at <= last; at++) {
            has_place |= may_cut(line, at);
            g_assert_false(at > end && may_cut(line, at));
        }
        g_assert_true(pieces[i + 1] == NULL || may_cut(line, end) || (!has_place && end == last));
        start = end;
    }
}

static void test_random(void)
{
    static const char *const words[] = {"a", "b", E, EUR, "\\", "\\n", "\xf0\x9f\x93\x85", " "};
    for (guint round = 0; round < 2000 && !g_test_failed(); round++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(round);
        g_autoptr(GString) line = g_string_new(NULL);
        for (gint n = g_rand_int_range(random, 0, 400); n > 0; n--)
            g_string_append(line, words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))]);
        g_autofree char *folded = fold((Octets){line->str, line->len}, TRUE);
        g_auto(GStrv) pieces = g_strsplit(folded, "|", -1);
        g_autofree char *joined = g_strjoinv("", pieces);
        g_assert_cmpstr(joined, ==, line->str);
        check_cuts(line->str, pieces);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/fold/pieces/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_pieces);
    }
    g_test_add_func("/fold/random", test_random);
    return g_test_run();
}
