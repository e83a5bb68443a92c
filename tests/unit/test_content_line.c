/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_content_line: the grammar of a content line (RFC 5545 3.1), octet for octet.
 *
 * How far each reader goes is written with a | in the text: there it stops; where it takes nothing
 * at all and says so, the row says NULL.
 */
#include "common/calendar/content_line.h"

#include <string.h>

typedef const char *(*Skip)(const char *text);

typedef struct {
    const char *name;
    Skip skip;
    const char *text; /* with a | where it stops */
    gboolean refused; /* it gives NULL */
} SkipCase;

static const SkipCase cases[] = {
    {"name", content_line_skip_name, "DTSTAMP|:1", FALSE},
    {"name-letters-digits-hyphens", content_line_skip_name, "x-A1-|;P=1", FALSE},
    {"name-underscore", content_line_skip_name, "X|_A:1", FALSE},
    {"name-group", content_line_skip_name, "item1|.A:1", FALSE},
    {"name-blank", content_line_skip_name, "A| :1", FALSE},
    {"name-none", content_line_skip_name, "|:1", FALSE},
    {"name-alone", content_line_skip_name, "A|", FALSE},

    {"parameter", content_line_skip_parameter, "P=1|:v", FALSE},
    {"parameter-empty-value", content_line_skip_parameter, "P=|;Q=1", FALSE},
    {"parameter-quoted", content_line_skip_parameter, "P=\"a:b;c,d\"|:v", FALSE},
    {"parameter-quoted-empty", content_line_skip_parameter, "P=\"\"|:v", FALSE},
    {"parameter-list", content_line_skip_parameter, "P=1,\"2:3\",4|:v", FALSE},
    {"parameter-list-empty", content_line_skip_parameter, "P=,,|:v", FALSE},
    {"parameter-8-bit", content_line_skip_parameter, "P=\xc3\xa9|:v", FALSE},
    {"parameter-tab", content_line_skip_parameter, "P=a\tb|:v", FALSE},
    {"parameter-control", content_line_skip_parameter, "P=a|\x01:v", FALSE},
    {"parameter-delete", content_line_skip_parameter, "P=a|\x7f:v", FALSE},
    {"parameter-behind-quotes", content_line_skip_parameter, "P=\"a\"|b:v", FALSE},
    {"parameter-quote-inside", content_line_skip_parameter, "P=a|\"b\":v", FALSE},
    {"parameter-open-quote", content_line_skip_parameter, "P=\"a:v", TRUE},
    {"parameter-open-quote-in-list", content_line_skip_parameter, "P=1,\"a:v", TRUE},
    {"parameter-control-in-quotes", content_line_skip_parameter, "P=\"a\x01\":v", TRUE},
    {"parameter-no-value", content_line_skip_parameter, "P:v", TRUE},
    {"parameter-no-name", content_line_skip_parameter, "=1:v", TRUE},
    {"parameter-blank", content_line_skip_parameter, "P =1:v", TRUE},
    {"parameter-nothing", content_line_skip_parameter, "", TRUE},

    {"single", content_line_skip_single_parameter, "P=1|,2:v", FALSE},
    {"single-quoted", content_line_skip_single_parameter, "P=\"1,2\"|,3:v", FALSE},
    {"single-no-value", content_line_skip_single_parameter, "P;Q=1:v", TRUE},

    {"parameters", content_line_skip_parameters, ";P=1;Q=2,3|:v", FALSE},
    {"parameters-none", content_line_skip_parameters, "|:v", FALSE},
    {"parameters-empty", content_line_skip_parameters, "|;:v", FALSE},
    {"parameters-empty-between", content_line_skip_parameters, ";P=1|;;Q=2:v", FALSE},
    {"parameters-bad-last", content_line_skip_parameters, ";P=1|;Q:v", FALSE},
    {"single-parameters", content_line_skip_single_parameters, ";P=1;Q=2|,3:v", FALSE},
};

static void test_skip(gconstpointer data)
{
    const SkipCase *row = data;
    g_auto(GStrv) halves = g_strsplit(row->text, "|", 2);
    g_autofree char *text = g_strjoinv("", halves);
    const char *end = row->skip(text);
    if (row->refused) {
        g_assert_null(end);
        return;
    }
    g_assert_nonnull(end);
    g_assert_cmpuint((gsize)(end - text), ==, strlen(halves[0]));
}

static void test_line(void)
{
    static const struct {
        const char *line;
        gboolean is_line;
    } rows[] = {
        {"A:", TRUE},
        {"A:v", TRUE},
        {"A:v\"x:y", TRUE},
        {"A;P=1:v", TRUE},
        {"A;P=\":\";Q=1,2:v", TRUE},
        {"X-A-1;P=:", TRUE},
        {"", FALSE},
        {"A", FALSE},
        {":v", FALSE},
        {"A;P=1", FALSE},
        {"A;P:v", FALSE},
        {"A;:v", FALSE},
        {"A;P=\"x:v", FALSE},
        {"A :v", FALSE},
        {"A_B:v", FALSE},
        {"A;P=a\"b\":v", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(content_line_is(rows[i].line), ==, rows[i].is_line);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/content-line/skip/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_skip);
    }
    g_test_add_func("/content-line/line", test_line);
    return g_test_run();
}
