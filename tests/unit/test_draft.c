/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_draft: the edits of one round, which collide or stand together, and the octets of each verb.
 *
 * Findings are written as words, one for each case of the round: OFFSET-LENGTH:TEXT, several edits
 * of one finding joined by +, findings of the same case by a comma. What must wait is left out of
 * the result.
 */
#include "common/rules/draft.h"

#include <string.h>

static const CalendarLimits plenty = {100, 100, 100, 100};

typedef struct {
    Calendar calendar;
    GStringChunk *strings;
    Draft draft;
} Bench;

static void bench_init(Bench *bench, const char *text)
{
    calendar_init(&bench->calendar, octets_of(text), &plenty);
    bench->strings = g_string_chunk_new(64);
    draft_init(&bench->draft, &bench->calendar, bench->strings);
}

static void bench_clear(Bench *bench)
{
    draft_clear(&bench->draft);
    g_string_chunk_free(bench->strings);
    calendar_clear(&bench->calendar);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

static GString *edited_text(const Bench *bench)
{
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    for (guint i = 0; i < bench->draft.edits->len; i++)
        g_array_append_val(edits, g_array_index(bench->draft.edits, DraftEdit, i).edit);
    splice_sort(edits);
    g_assert_true(splice_is_valid(edits, bench->calendar.text.size));
    return splice_to_string(bench->calendar.text, edits);
}

/* ---- collisions ---- */

typedef struct {
    const char *name;
    const char *cases; /* on "abcdefgh" */
    const char *result;
    gboolean waits;
} CollisionCase;

static const CollisionCase collisions[] = {
    {"nothing", "", "abcdefgh", FALSE},
    {"one", "2-2:X", "abXefgh", FALSE},
    {"apart", "1-1:X 4-1:Y", "aXcdYfgh", FALSE},
    {"apart-backwards", "4-1:X 1-1:Y", "aYcdXfgh", FALSE},
    {"one-octet-between", "1-2:X 4-2:Y", "aXdYgh", FALSE},
    {"same-range", "2-2:X 2-2:Y", "abXefgh", TRUE},
    {"inside", "1-5:X 3-1:Y", "aXgh", TRUE},
    {"around", "3-1:X 1-5:Y", "abcXefgh", TRUE},
    {"overlap", "1-3:X 3-3:Y", "aXefgh", TRUE},
    {"touches-the-end", "1-2:X 3-2:Y", "aXdefgh", TRUE},
    {"touches-the-start", "3-2:X 1-2:Y", "abcXfgh", TRUE},
    {"insertion-at-the-start", "3-2:X 3-0:Y", "abcXfgh", TRUE},
    {"insertion-at-the-end", "3-2:X 5-0:Y", "abcXfgh", TRUE},
    {"insertion-inside", "3-2:X 4-0:Y", "abcXfgh", TRUE},
    {"insertion-beside", "3-2:X 6-0:Y", "abcXfYgh", FALSE},
    {"insertions-at-one-place", "3-0:X 3-0:Y 3-0:Z", "abcXYZdefgh", FALSE},
    {"range-at-an-insertion", "3-0:X 3-2:Y", "abcXYfgh", FALSE},
    {"range-up-to-an-insertion", "3-0:X 1-2:Y", "aYXdefgh", FALSE},
    {"range-across-an-insertion", "3-0:X 2-2:Y", "abcXdefgh", TRUE},
    {"deletion-across-an-insertion", "3-0:X 0-8:", "abcXdefgh", TRUE},
    {"insertion-waits-for-the-first-range", "3-0:X 3-2:Y 3-0:Z", "abcXYfgh", TRUE},
    {"same-case-touches", "1-2:X,3-2:Y", "aXYfgh", FALSE},
    {"same-finding-touches", "1-2:X+3-2:Y", "aXYfgh", FALSE},
    {"finding-as-a-whole", "3-1:X 1-1:P+3-1:Q 6-1:Z", "abcXefZh", TRUE},
    {"finding-as-a-whole-backwards", "3-1:X 3-1:Q+6-1:P 6-1:Z", "abcXefZh", TRUE},
    {"other-finding-of-the-case", "3-1:X 3-1:Q,6-1:P", "abcXefPh", TRUE},
    {"third-knows-both", "1-1:X 5-1:Y 6-1:Z", "aXcdeYgh", TRUE},
    {"at-the-ends", "0-0:X 8-0:Y", "XabcdefghY", FALSE},
};

static void add_edit(Draft *draft, const char *word)
{
    char *end;
    gsize offset = strtoul(word, &end, 10);
    gsize length = strtoul(end + 1, &end, 10);
    g_autoptr(GString) text = g_string_new(end + 1);
    draft_retext(draft, offset, offset + length, draft_keep(draft, text));
}

/* TRUE when it need not wait. */
static gboolean add_finding(Draft *draft, guint number, const char *words)
{
    g_auto(GStrv) edits = g_strsplit(words, "+", -1);
    draft_begin(draft, number, CALENDAR_NONE, CALENDAR_NONE);
    for (char **edit = edits; *edit != NULL; edit++)
        add_edit(draft, *edit);
    return draft_commit(draft);
}

static void test_collision(gconstpointer data)
{
    const CollisionCase *row = data;
    g_auto(Bench) bench;
    bench_init(&bench, "abcdefgh");
    g_auto(GStrv) cases = g_strsplit(row->cases, " ", -1);
    gboolean all = TRUE;
    guint number = 0;
    for (guint order = 0; cases[order] != NULL && *cases[order] != '\0'; order++) {
        g_auto(GStrv) findings = g_strsplit(cases[order], ",", -1);
        draft_begin_case(&bench.draft, order);
        for (char **finding = findings; *finding != NULL; finding++)
            all = add_finding(&bench.draft, number++, *finding) && all;
    }
    g_autoptr(GString) result = edited_text(&bench);
    g_assert_cmpstr(result->str, ==, row->result);
    g_assert_cmpint(bench.draft.waiting, ==, row->waits);
    g_assert_cmpint(all, ==, !row->waits);
}

/* An edit knows its case, its finding, its component. */
static void test_numbers(void)
{
    g_auto(Bench) bench;
    bench_init(&bench, "abcdefgh");
    draft_begin_case(&bench.draft, 7);
    draft_begin(&bench.draft, 3, 5, 4);
    add_edit(&bench.draft, "1-1:X");
    g_assert_true(draft_commit(&bench.draft));
    const DraftEdit *edit = &g_array_index(bench.draft.edits, DraftEdit, 0);
    g_assert_cmpuint(edit->order, ==, 7);
    g_assert_cmpuint(edit->finding, ==, 3);
    g_assert_cmpuint(edit->component, ==, 5);
    g_assert_cmpuint(edit->owner, ==, 4);
    g_assert_cmpint(draft_expect(&bench.draft, edit)->kind, ==, EXPECT_TEXT);
    g_assert_false(edit->refused);
}

/* Deletions of a finding that follow each other are one. */
static void test_deletions_join(void)
{
    g_auto(Bench) bench;
    bench_init(&bench, "abcdefgh");
    draft_begin_case(&bench.draft, 0);
    g_assert_true(add_finding(&bench.draft, 0, "1-1:+2-1:+4-1:"));
    g_assert_true(add_finding(&bench.draft, 1, "5-1:"));
    g_assert_cmpuint(bench.draft.edits->len, ==, 3);
    g_assert_cmpuint(g_array_index(bench.draft.edits, DraftEdit, 0).edit.length, ==, 2);
    g_autoptr(GString) result = edited_text(&bench);
    g_assert_cmpstr(result->str, ==, "adgh");
}

/* ---- verbs ---- */

#define TEXT(line) "BEGIN:X\r\n" line "\r\nEND:X\r\n"

static void begin(Bench *bench)
{
    draft_begin_case(&bench->draft, 0);
    draft_begin(&bench->draft, 0, 0, 0);
}

static void assert_only(Bench *bench, const char *text, Expect wanted)
{
    g_autoptr(GString) result = edited_text(bench);
    g_assert_cmpstr(result->str, ==, text);
    g_assert_cmpuint(bench->draft.edits->len, ==, 1);
    const Expect *expect =
        draft_expect(&bench->draft, &g_array_index(bench->draft.edits, DraftEdit, 0));
    g_assert_cmpint(expect->kind, ==, wanted.kind);
    g_assert_cmpstr(expect->property, ==, wanted.property);
    g_assert_cmpstr(expect->value, ==, wanted.value);
    g_assert_cmpstr(expect->parameter, ==, wanted.parameter);
}

static void test_insert_line(void)
{
    static const char *const rows[][2] = {
        {"BEGIN:X\r\nEND:X\n", "BEGIN:X\r\nA:b\r\nEND:X\n"},
        {"BEGIN:X\nEND:X\r\n", "BEGIN:X\nA:b\nEND:X\r\n"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Bench) bench;
        bench_init(&bench, rows[i][0]);
        begin(&bench);
        draft_insert_line(&bench.draft, calendar_line(&bench.calendar, 0)->next, "A", "b");
        assert_only(&bench, rows[i][1], (Expect){EXPECT_APPEARS, "A", "b", NULL});
    }
}

/* 75 octets on the first line, 74 behind the space of the others. */
static void test_insert_long_line(void)
{
    g_autofree char *value = g_strnfill(75 - 2 + 74 + 1, 'v');
    g_auto(Bench) bench;
    bench_init(&bench, "BEGIN:X\r\nEND:X\r\n");
    begin(&bench);
    draft_insert_line(&bench.draft, calendar_line(&bench.calendar, 0)->next, "A", value);
    g_autofree char *first = g_strnfill(75 - 2, 'v');
    g_autofree char *second = g_strnfill(74, 'v');
    g_autofree char *wanted =
        g_strconcat("BEGIN:X\r\nA:", first, "\r\n ", second, "\r\n v\r\nEND:X\r\n", NULL);
    assert_only(&bench, wanted, (Expect){EXPECT_APPEARS, "A", value, NULL});
}

static void test_set_value(void)
{
    static const char *const rows[][2] = {
        {TEXT("A:old"), TEXT("A:new")},
        {TEXT("A: old \t"), TEXT("A: new \t")},
        {TEXT("A;P=1:\r\n o\r\n ld\r\n "), TEXT("A;P=1:\r\n new\r\n ")},
        {TEXT("A:"), TEXT("A:new")},
        {TEXT("A: \r\n  "), TEXT("A:new \r\n  ")},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Bench) bench;
        bench_init(&bench, rows[i][0]);
        begin(&bench);
        draft_set_value(&bench.draft, calendar_line(&bench.calendar, 1), "A", "new");
        assert_only(&bench, rows[i][1], (Expect){EXPECT_READS, "A", "new", NULL});
    }
}

static void test_delete_line(void)
{
    g_auto(Bench) bench;
    bench_init(&bench, TEXT("A:1\r\n 2\r\nB:3"));
    begin(&bench);
    draft_delete_line(&bench.draft, calendar_line(&bench.calendar, 1), "A");
    assert_only(&bench, TEXT("B:3"), (Expect){EXPECT_VANISHES, "A", NULL, NULL});
}

static void test_remove_parameter(void)
{
    g_auto(Bench) bench;
    Parameter parameter;
    bench_init(&bench, TEXT("A;P=1;\r\n Q=\"x;y\"\r\n ;R=2:v"));
    begin(&bench);
    g_assert_true(calendar_find_parameter(&bench.calendar, calendar_line(&bench.calendar, 1), "Q",
                                          &parameter));
    draft_remove_parameter(&bench.draft, &parameter, "A", "Q", "v");
    assert_only(&bench, TEXT("A;P=1\r\n ;R=2:v"), (Expect){EXPECT_READS, "A", "v", "Q"});
}

static void test_insert_component(void)
{
    g_auto(Bench) bench;
    bench_init(&bench, TEXT("A:1"));
    begin(&bench);
    draft_insert_component(&bench.draft, calendar_line(&bench.calendar, 1)->start,
                           octets_of("BEGIN:Y\nEND:Y\n"), "Y");
    assert_only(&bench, "BEGIN:X\r\nBEGIN:Y\nEND:Y\nA:1\r\nEND:X\r\n",
                (Expect){EXPECT_COMPONENT, "Y", NULL, NULL});
}

/* Two MiB may come into a small text, and no more. */
static void test_octets(void)
{
    g_auto(Bench) bench;
    bench_init(&bench, TEXT("A:1"));
    begin(&bench);
    gsize place = calendar_line(&bench.calendar, 1)->start;
    g_autofree char *value = g_strnfill(1024 * 1024, 'x');
    for (guint i = 0; i < 2; i++)
        draft_insert_component(&bench.draft, place, octets_of(value), "Y");
    g_assert_false(bench.draft.is_full);
    g_assert_cmpuint(bench.draft.edits->len, ==, 2);
    draft_insert_component(&bench.draft, place, octets_of(value), "Y");
    g_assert_true(bench.draft.is_full);
    g_assert_cmpuint(bench.draft.edits->len, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(collisions); i++) {
        g_autofree char *path = g_strconcat("/draft/collision/", collisions[i].name, NULL);
        g_test_add_data_func(path, &collisions[i], test_collision);
    }
    g_test_add_func("/draft/numbers", test_numbers);
    g_test_add_func("/draft/deletions-join", test_deletions_join);
    g_test_add_func("/draft/octets", test_octets);
    g_test_add_func("/draft/insert-line", test_insert_line);
    g_test_add_func("/draft/insert-long-line", test_insert_long_line);
    g_test_add_func("/draft/set-value", test_set_value);
    g_test_add_func("/draft/delete-line", test_delete_line);
    g_test_add_func("/draft/remove-parameter", test_remove_parameter);
    g_test_add_func("/draft/insert-component", test_insert_component);
    return g_test_run();
}
