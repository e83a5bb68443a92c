/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_uuencode: the encoding before MIME, read only.
 *
 * A file begins with its first line and ends with its last one: what follows is no part of it, and
 * without a first line there is none.
 */
#include "common/mail/uuencode.h"

#include "common/mail/parts.h"

typedef struct {
    const char *name;
    const char *encoded;
    const char *decoded; /* NULL: none */
} UuencodeCase;

static const UuencodeCase cases[] = {
    {"line", "begin 644 a.ics\n#03HQ\n`\nend\n", "A:1"},
    {"crlf", "begin 644 a.ics\r\n#03HQ\r\n`\r\nend\r\n", "A:1"},
    {"blank-for-zero", "begin 644 a b\n#03HQ\n \nend\n", "A:1"},
    {"two-lines", "begin 644 a\n#03HQ\n\"0CH \n`\nend\n", "A:1B:"},
    {"text-after-end", "begin 644 a\n#03HQ\n`\nend\nmore text\n", "A:1"},
    {"no-end", "begin 644 a\n#03HQ\n", "A:1"},
    {"empty", "begin 644 a\n`\nend\n", ""},
    {"no-begin", "#03HQ\n`\nend\n", NULL},
    {"other-word", "beginning\n#03HQ\n`\nend\n", NULL},
    {"short", "begi", NULL},
    {"nothing", "", NULL},
};

static void test_decode(gconstpointer data)
{
    const UuencodeCase *row = data;
    gsize size = 0;
    g_autofree char *decoded = uuencode_decode(octets_of(row->encoded), &size);
    if (row->decoded == NULL) {
        g_assert_null(decoded);
        return;
    }
    g_assert_nonnull(decoded);
    Octets octets = {decoded, size};
    g_assert_true(octets_equal(octets, row->decoded));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    parts_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/uuencode/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_decode);
    }
    return g_test_run();
}
