/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_transfer_quoted: edits in quoted-printable, octet for octet (RFC 2045 6.7).
 *
 * An edit is said on the decoded text: where it stands, by the words found there, how many octets
 * go, and what comes. The whole encoded result is compared, so that nothing but the encoded octets
 * of the edit may differ.
 */
#include "common/mail/transfer_quoted.h"

#include <string.h>

typedef struct {
    const char *at; /* words of the decoded text; "" for its end, NULL for no edit */
    gsize length;
    const char *text;
} Change;

typedef struct {
    const char *name;
    const char *encoded;
    const char *decoded;
    Change changes[3];
    const char *result;
} QuotedCase;

static const QuotedCase cases[] = {
    /* values */
    {"value",
     "A:1601\r\nB:=3D\r\n",
     "A:1601\r\nB:=\r\n",
     {{"1601", 4, "2026"}},
     "A:2026\r\nB:=3D\r\n"},
    {"value-escaped", "A:=31=36=30=31\r\n", "A:1601\r\n", {{"1601", 4, "2026"}}, "A:2026\r\n"},
    {"value-part-escaped",
     "A:=31601=3B\r\n",
     "A:1601;\r\n",
     {{"1601", 4, "2026"}},
     "A:2026=3B\r\n"},
    {"value-after-escapes",
     "=C3=A9:1601\r\n",
     "\xc3\xa9:1601\r\n",
     {{"1601", 4, "2026"}},
     "=C3=A9:2026\r\n"},
    {"value-cut-by-soft-break",
     "A:16=\r\n01\r\nB:2\r\n",
     "A:1601\r\nB:2\r\n",
     {{"1601", 4, "2026"}},
     "A:2026\r\nB:2\r\n"},
    {"soft-break-before-stays",
     "A:=\r\n1601\r\n",
     "A:1601\r\n",
     {{"1601", 4, "2026"}},
     "A:=\r\n2026\r\n"},
    {"soft-break-after-stays",
     "A:1601=\n;x\n",
     "A:1601;x\n",
     {{"1601", 4, "2026"}},
     "A:2026=\n;x\n"},
    {"soft-breaks-in-a-row",
     "A:=\r\n=\r\n1601=\r\n=\r\nx\r\n",
     "A:1601x\r\n",
     {{"1601", 4, "2026"}},
     "A:=\r\n=\r\n2026=\r\n=\r\nx\r\n"},
    {"value-last", "A:1601", "A:1601", {{"1601", 4, "2026"}}, "A:2026"},
    {"value-before-last-soft-break", "A:1601=\r\n", "A:1601", {{"1601", 4, "2026"}}, "A:2026=\r\n"},
    {"value-before-last-equals", "A:1601=", "A:1601", {{"1601", 4, "2026"}}, "A:2026="},
    {"value-longer",
     "A:BUSY=0D=0A=\r\n",
     "A:BUSY\r\n",
     {{"BUSY", 4, "TENTATIVE"}},
     "A:TENTATIVE=0D=0A=\r\n"},
    {"value-shorter", "A:1601=0A", "A:1601\n", {{"1601", 4, "1"}}, "A:1=0A"},
    {"fold-in-value",
     "A:16\r\n 01\r\n",
     "A:16\r\n 01\r\n",
     {{"16\r\n 01", 7, "2026"}},
     "A:2026\r\n"},
    {"fold-in-value-escaped",
     "A:16=0D=0A=20=\r\n01=0D=0A",
     "A:16\r\n 01\r\n",
     {{"16\r\n 01", 7, "2026"}},
     "A:2026=0D=0A"},
    {"two-values",
     "A:1601\r\nB:1=\r\n601\r\n",
     "A:1601\r\nB:1601\r\n",
     {{"1601", 4, "2026"}, {"B:1601", 6, "B:9"}},
     "A:2026\r\nB:9\r\n"},
    {"touching", "ab=\r\ncd", "abcd", {{"b", 1, "X"}, {"c", 1, "Y"}}, "aX=\r\nYd"},
    {"parameter", "A;X=3D1601;Y=3D1:v\r\n", "A;X=1601;Y=1:v\r\n", {{";X", 7, ""}}, "A;Y=3D1:v\r\n"},
    {"parameter-cut-by-soft-break",
     "A;X=\r\n=3D1601:v\r\n",
     "A;X=1601:v\r\n",
     {{";X", 7, ""}},
     "A:v\r\n"},

    /* lines that come in */
    {"line", "A:1\r\nB:2\r\n", "A:1\r\nB:2\r\n", {{"B", 0, "X:9\r\n"}}, "A:1\r\nX:9\r\nB:2\r\n"},
    {"line-lf", "A:1\nB:2\n", "A:1\nB:2\n", {{"B", 0, "X:9\n"}}, "A:1\nX:9\nB:2\n"},
    {"line-escaped",
     "A:1=0D=0AB:2=0D=0A",
     "A:1\r\nB:2\r\n",
     {{"B", 0, "X:9\r\n"}},
     "A:1=0D=0AX:9=0D=0A=\r\nB:2=0D=0A"},
    {"line-escaped-soft",
     "A:1=0D=0A=\r\nB:2=0D=0A=\r\n",
     "A:1\r\nB:2\r\n",
     {{"B", 0, "X:9\r\n"}},
     "A:1=0D=0A=\r\nX:9=0D=0A=\r\nB:2=0D=0A=\r\n"},
    {"line-escaped-soft-lf",
     "A:1=0A=\nB:2=0A=\n",
     "A:1\nB:2\n",
     {{"B", 0, "X:9\n"}},
     "A:1=0A=\nX:9=0A=\nB:2=0A=\n"},
    {"line-lower-case",
     "A:1=0d=0a=\r\nB:2\r\n",
     "A:1\r\nB:2\r\n",
     {{"B", 0, "X:9\r\n"}},
     "A:1=0d=0a=\r\nX:9=0d=0a=\r\nB:2\r\n"},
    {"line-half-escaped",
     "A:1=0D\nB:2\r\n",
     "A:1\r\nB:2\r\n",
     {{"B", 0, "X:9\r\n"}},
     "A:1=0D\nX:9=0D\nB:2\r\n"},
    {"line-as-the-one-before",
     "A:1=0D=0A=\r\nB:2\r\nC:3=0D=0A=\r\n",
     "A:1\r\nB:2\r\nC:3\r\n",
     {{"C", 0, "X:9\r\n"}},
     "A:1=0D=0A=\r\nB:2\r\nX:9\r\nC:3=0D=0A=\r\n"},
    {"line-at-end", "A:1=0D=0A=\r\n", "A:1\r\n", {{"", 0, "X:9\r\n"}}, "A:1=0D=0A=\r\nX:9=0D=0A"},
    {"line-at-end-plain", "A:1\r\n", "A:1\r\n", {{"", 0, "X:9\r\n"}}, "A:1\r\nX:9\r\n"},
    {"line-after-value",
     "A:1601=0D=0A=\r\nB:2\r\n",
     "A:1601\r\nB:2\r\n",
     {{"1601", 4, "2026"}, {"B", 0, "X:9\r\n"}},
     "A:2026=0D=0A=\r\nX:9=0D=0A=\r\nB:2\r\n"},
    {"line-before-value",
     "A:1=0D=0A=\r\n1601\r\n",
     "A:1\r\n1601\r\n",
     {{"1601", 0, "X:9\r\n"}, {"1601", 4, "2026"}},
     "A:1=0D=0A=\r\nX:9=0D=0A=\r\n2026\r\n"},
    {"two-lines",
     "A:1=0D=0A=\r\nB:2\r\n",
     "A:1\r\nB:2\r\n",
     {{"B", 0, "X:9\r\n"}, {"B", 0, "Y:8\r\n"}},
     "A:1=0D=0A=\r\nX:9=0D=0A=\r\nY:8=0D=0A=\r\nB:2\r\n"},
    {"line-first", "A:1\r\nB", "A:1\r\nB", {{"A", 0, "X:9\r\n"}}, "X:9\r\nA:1\r\nB"},
    {"line-first-escaped",
     "A:1=0D=0A=\nB",
     "A:1\r\nB",
     {{"A", 0, "X:9\r\n"}},
     "X:9=0D=0A=\nA:1=0D=0A=\nB"},
    {"line-alone", "AB", "AB", {{"B", 0, "X:9\r\n"}}, "AX:9=0D=0A=\r\nB"},
    {"line-of-another-form", "A:1\nB", "A:1\nB", {{"B", 0, "X:9\r\n"}}, "A:1\nX:9\r\nB"},
    {"line-of-another-form-escaped",
     "A:1=0D=0AB",
     "A:1\r\nB",
     {{"B", 0, "X:9\n"}},
     "A:1=0D=0AX:9=0A=\r\nB"},
    {"no-line", "A:1B:2\r\n", "A:1B:2\r\n", {{"B", 0, "X:9"}}, "A:1X:9B:2\r\n"},

    /* lines that go */
    {"deleted", "A:1\r\nB:2\r\nC:3\r\n", "A:1\r\nB:2\r\nC:3\r\n", {{"B", 5, ""}}, "A:1\r\nC:3\r\n"},
    {"deleted-soft",
     "A:1=0D=0A=\r\nB:2=0D=0A=\r\nC:3=0D=0A=\r\n",
     "A:1\r\nB:2\r\nC:3\r\n",
     {{"B", 5, ""}},
     "A:1=0D=0A=\r\nC:3=0D=0A=\r\n"},
    {"deleted-no-soft",
     "A:1=0D=0AB:2=0D=0AC:3=0D=0A",
     "A:1\r\nB:2\r\nC:3\r\n",
     {{"B", 5, ""}},
     "A:1=0D=0AC:3=0D=0A"},
    {"deleted-with-fold",
     "A:1\r\nB:2=\r\n\r\n =33\r\nC:4\r\n",
     "A:1\r\nB:2\r\n 3\r\nC:4\r\n",
     {{"B", 9, ""}},
     "A:1\r\nC:4\r\n"},
    {"deleted-plain-keeps-soft-break",
     "A:1\r\nB:2\r\n=\r\nC:3\r\n",
     "A:1\r\nB:2\r\nC:3\r\n",
     {{"B", 5, ""}},
     "A:1\r\n=\r\nC:3\r\n"},
    {"deleted-then-line",
     "A:1=0D=0A=\r\nB:2\r\nC:3\r\n",
     "A:1\r\nB:2\r\nC:3\r\n",
     {{"B", 5, ""}, {"C", 0, "X:9\r\n"}},
     "A:1=0D=0A=\r\nX:9\r\nC:3\r\n"},
    {"deleted-soft-then-line",
     "A:1\r\nB:2=0D=0A=\r\nC:3\r\n",
     "A:1\r\nB:2\r\nC:3\r\n",
     {{"B", 5, ""}, {"C", 0, "X:9\r\n"}},
     "A:1\r\nX:9=0D=0A=\r\nC:3\r\n"},
    {"deleted-to-the-end",
     "A:1=0D=0A=\r\nfooter=0D=0A",
     "A:1\r\nfooter\r\n",
     {{"footer", 8, ""}},
     "A:1=0D=0A"},
    {"deleted-to-the-end-no-line",
     "A:1=0D=0A=\r\nfoo=\r\nter",
     "A:1\r\nfooter",
     {{"footer", 6, ""}},
     "A:1=0D=0A"},
    {"deleted-to-the-end-plain",
     "A:1\r\nfooter\r\n",
     "A:1\r\nfooter\r\n",
     {{"footer", 8, ""}},
     "A:1\r\n"},
    {"deleted-two",
     "A:1=0D=0A=\r\nB:2=0D=0A=\r\nC:3",
     "A:1\r\nB:2\r\nC:3",
     {{"A", 5, ""}, {"B", 5, ""}},
     "C:3"},
};

static GArray *make_edits(const QuotedCase *row)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    for (const Change *change = row->changes; change->at != NULL; change++) {
        const char *at = *change->at == '\0' ? row->decoded + strlen(row->decoded)
                                             : strstr(row->decoded, change->at);
        g_assert_nonnull(at);
        Edit edit = {
            .offset = (gsize)(at - row->decoded),
            .length = change->length,
            .text = octets_of(change->text),
        };
        g_array_append_val(edits, edit);
    }
    g_assert_true(splice_is_valid(edits, strlen(row->decoded)));
    return edits;
}

static void assert_decodes(Octets encoded, Octets decoded)
{
    gboolean strict;
    g_autofree char *buffer = g_malloc0(encoded.size + 1);
    g_assert_cmpuint(quoted_decode(encoded, buffer, &strict), ==, decoded.size);
    g_assert_cmpstr(buffer, ==, decoded.data);
    g_assert_true(strict);
}

static void test_place(gconstpointer data)
{
    const QuotedCase *row = data;
    Octets encoded = octets_of(row->encoded);
    Octets decoded = octets_of(row->decoded);
    assert_decodes(encoded, decoded);
    g_autoptr(GArray) edits = make_edits(row);
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(Edit));
    quoted_place_edits(encoded, decoded, octets_of("\r\n"), edits, strings, out);
    g_assert_cmpuint(out->len, ==, edits->len);
    g_assert_true(splice_is_valid(out, encoded.size));
    g_autoptr(GString) result = splice_to_string(encoded, out);
    g_assert_cmpstr(result->str, ==, row->result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/transfer-quoted/place/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_place);
    }
    return g_test_run();
}
