/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_delimiters: which line ends a part of which multipart.
 *
 * The open multiparts are written with a | between them, outermost first. A delimiter is written as
 * the number of its multipart, from 0, with a - where it closes it; no delimiter as nothing.
 */
#include "common/mail/delimiters.h"

#include <string.h>

typedef struct {
    const char *open;
    const char *line;
    const char *found;
} LineCase;

static const LineCase lines[] = {
    {"b", "--b\n", "0"},
    {"b", "--b\r\n", "0"},
    {"b", "--b", "0"},
    {"b", "--b \t \r\n", "0"},
    {"b", "--b--\n", "0-"},
    {"b", "--b--  \n", "0-"},
    {"b", "--b--", "0-"},
    {"b", "--bb\n", ""},
    {"b", "--\n", ""},
    {"b", "--", ""},
    {"b", "-\n", ""},
    {"b", "\n", ""},
    {"b", "-b\n", ""},
    {"b", "--B\n", ""},
    {"b", " --b\n", ""},
    {"b", "--b-\n", ""},
    {"b", "--b---\n", ""},
    {"b", "--b --\n", ""},
    {"b", "--b x\n", ""},
    {"b", "--b\rx\n", ""},
    {"b(1):= x", "--b(1):= x\n", "0"},
    {"", "--\n", "0"},
    {"", "----\n", "0-"},

    /* blanks at the end of a boundary */
    {"b ", "--b \n", "0"},
    {"b ", "--b\n", "0"},
    {"b ", "--b --\n", "0-"},
    {"b ", "--b--\n", "0-"},
    {"b ", "--b  --\n", ""},

    /* several */
    {"a|b", "--a\n", "0"},
    {"a|b", "--b\n", "1"},
    {"a|b", "--a--\n", "0-"},
    {"a|b", "--b--\n", "1-"},
    {"b|bb", "--bb\n", "1"},
    {"bb|b", "--bb\n", "0"},
    {"b|b", "--b\n", "1"},
    {"b|b", "--b--\n", "1-"},
    {"b|a|b", "--b\n", "2"},
    {"b|b--", "--b--\n", "1"},
    {"b--|b", "--b--\n", "1-"},
    {"b|b--", "--b----\n", "1-"},
};

static void open_all(Delimiters *delimiters, const char *open)
{
    g_auto(GStrv) boundaries = g_strsplit(open, "|", -1);
    guint tag = 0;
    if (*open == '\0')
        delimiters_open(delimiters, g_string_new(""), tag);
    for (char **each = boundaries; *each != NULL; each++)
        delimiters_open(delimiters, g_string_new(*each), tag++);
}

static char *found_text(const Delimiters *delimiters, const char *line)
{
    Delimiter found;
    if (!delimiters_match(delimiters, octets_of(line), 0, &found))
        return g_strdup("");
    g_assert_cmpuint(found.line, ==, 0);
    g_assert_cmpuint(found.next, ==, strlen(line));
    return g_strdup_printf("%u%s", found.tag, found.closes ? "-" : "");
}

static void test_lines(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_auto(Delimiters) delimiters = {0};
        open_all(&delimiters, lines[i].open);
        g_autofree char *found = found_text(&delimiters, lines[i].line);
        g_assert_cmpstr(found, ==, lines[i].found);
    }
}

/* What was hidden by an inner one of its name is found again. */
static void test_close(void)
{
    g_auto(Delimiters) delimiters = {0};
    open_all(&delimiters, "b|a|b");
    g_assert_cmpuint(delimiters_count(&delimiters), ==, 3);
    g_assert_cmpuint(delimiters_innermost(&delimiters), ==, 2);
    delimiters_close(&delimiters, 2);
    g_autofree char *outer = found_text(&delimiters, "--b\n");
    g_assert_cmpstr(outer, ==, "0");
    delimiters_close(&delimiters, 1);
    g_autofree char *closed = found_text(&delimiters, "--a\n");
    g_assert_cmpstr(closed, ==, "");
    delimiters_close(&delimiters, 0);
    g_autofree char *none = found_text(&delimiters, "--b\n");
    g_assert_cmpstr(none, ==, "");
    g_assert_cmpuint(delimiters_count(&delimiters), ==, 0);
}

static void test_next(void)
{
    static const char text[] = "x\n--\n--a\n x--b\n--b-\n---b\n\r--b\n--b\r\n--b\n";
    Octets octets = octets_of(text);
    g_auto(Delimiters) delimiters = {0};
    Delimiter found;
    g_assert_false(delimiters_next(&delimiters, octets, 0, &found));
    open_all(&delimiters, "b");
    g_assert_true(delimiters_next(&delimiters, octets, 0, &found));
    g_assert_true(text + found.line == strstr(text, "--b\r\n"));
    g_assert_true(delimiters_next(&delimiters, octets, found.line, &found));
    g_assert_true(text + found.line == strstr(text, "--b\r\n"));
    g_assert_true(delimiters_next(&delimiters, octets, found.next, &found));
    g_assert_cmpuint(found.next, ==, strlen(text));
    g_assert_false(delimiters_next(&delimiters, octets, found.next, &found));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/delimiters/lines", test_lines);
    g_test_add_func("/delimiters/close", test_close);
    g_test_add_func("/delimiters/next", test_next);
    return g_test_run();
}
