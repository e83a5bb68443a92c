/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_quoted_reading: what quoted-printable decodes to once it is edited, read piece by piece.
 *
 * Each row is read as a whole, and cut in two at every place by an edit that does nothing.
 */
#include "common/mail/quoted_reading.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *encoded;
    const char *text; /* NULL: nothing that can be written back */
    gboolean escapes_line_ends;
} ReadingCase;

static const ReadingCase cases[] = {
    {"empty", "", "", TRUE},
    {"plain", "A:1\r\nB", "A:1\r\nB", FALSE},
    {"escapes", "A=3D=c3=A9", "A=\xc3\xa9", TRUE},
    {"escaped-line-ends", "A:1=0D=0A=\r\nB=0A", "A:1\r\nB\n", TRUE},
    {"soft-breaks", "A=\r\n=\nB", "AB", TRUE},
    {"soft-break-with-blanks", "A= \t\r\nB", "AB", TRUE},
    {"soft-break-cut", "A=", "A", TRUE},
    {"soft-break-cut-in-blanks", "A= ", "A", TRUE},
    {"soft-break-cut-in-return", "A=\r", NULL, TRUE},
    {"soft-break-then-line-end", "A=\r\n\nB", "A\nB", FALSE},
    {"return-alone", "A=\rB", NULL, TRUE},
    {"two-returns", "A=\r\r\nB", NULL, FALSE},
    {"blank-behind-return", "A=\r \nB", NULL, FALSE},
    {"digit-cut", "A=0", NULL, TRUE},
    {"no-digit", "A=0G", NULL, TRUE},
    {"no-escape", "A=XB", NULL, TRUE},
    {"two-equals", "A==3D", NULL, TRUE},
    {"8bit", "\xc3\xa9", "\xc3\xa9", TRUE},
};

static void check(const ReadingCase *row, const GArray *edits)
{
    Octets encoded = octets_of(row->encoded);
    const char *text = row->text == NULL ? "A" : row->text;
    g_autofree char *longer = g_strconcat(text, "x", NULL);
    g_autofree char *other = g_strdup(text);
    g_assert_cmpint(quoted_decodes_to(encoded, edits, octets_of(text)), ==, row->text != NULL);
    g_assert_false(quoted_decodes_to(encoded, edits, octets_of(longer)));
    if (*other != '\0')
        other[strlen(other) - 1] ^= 1;
    g_assert_cmpint(quoted_decodes_to(encoded, edits, octets_of(other)), ==, *text == '\0');
    g_assert_cmpint(quoted_escapes_line_ends(encoded, edits), ==, row->escapes_line_ends);
}

static void test_reading(gconstpointer data)
{
    const ReadingCase *row = data;
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    check(row, edits);
    for (gsize at = 0; at < strlen(row->encoded); at++) {
        const Edit same = {.offset = at, .length = 1, .text = {row->encoded + at, 1}};
        g_array_set_size(edits, 0);
        g_array_append_val(edits, same);
        check(row, edits);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/quoted-reading/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_reading);
    }
    return g_test_run();
}
