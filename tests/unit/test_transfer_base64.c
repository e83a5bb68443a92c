/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_transfer_base64: edits in base64, character for character (RFC 2045 6.8).
 *
 * An edit is said on the decoded text, which GLib decodes here: where it stands, by the words found
 * there, how many octets go, and what comes. Where lengths stay, just the quanta of the edit may
 * change; else the tail is written anew as the part breaks its lines. Each result is also decoded
 * and held against the edited text.
 */
#include "common/mail/transfer_base64.h"

#include "common/mail/base64_reading.h"

#include <string.h>

typedef struct {
    const char *at; /* words of the decoded text; "" for its end, NULL for no edit */
    gsize length;
    const char *text;
} Change;

typedef struct {
    const char *name;
    const char *encoded;
    Change changes[3];
    const char *result;
} Base64Case;

/* Most encode A:1601, B:2 and C:3, on lines that end in CR LF, or the first of them alone. */
static const Base64Case cases[] = {
    /* in place */
    {"in-place",
     "QToxNjAxDQpCOjINCkM6Mw0K\r\n",
     {{"1601", 4, "2026"}},
     "QToyMDI2DQpCOjINCkM6Mw0K\r\n"},
    {"in-place-lines-stay",
     "QTox\r\nNjAxDQpCOj\r\n\r\nINCkM6Mw\r\n0K",
     {{"1601", 4, "2026"}},
     "QToy\r\nMDI2DQpCOj\r\n\r\nINCkM6Mw\r\n0K"},
    {"in-place-quantum-cut",
     "QT\noxN\njAxDQpCOjINCkM6Mw0K",
     {{"1601", 4, "2026"}},
     "QT\noyM\nDI2DQpCOjINCkM6Mw0K"},
    {"in-place-one-quantum",
     "QToxNjAxDQpCOjINCkM6Mw0K",
     {{"601", 3, "026"}},
     "QToxMDI2DQpCOjINCkM6Mw0K"},
    {"in-place-one-octet", "QToxNjAxDQpCOjINCkM6Mw0K", {{"2", 1, "7"}}, "QToxNjAxDQpCOjcNCkM6Mw0K"},
    {"in-place-last",
     "QToxNjAxDQpCOjINCkM6Mw0K\n",
     {{"3\r\n", 3, "7\r\n"}},
     "QToxNjAxDQpCOjINCkM6Nw0K\n"},
    {"in-place-one-padding", "QToxNjA=\r\n", {{"160", 3, "202"}}, "QToyMDI=\r\n"},
    {"in-place-two-padding", "QUI6MTYwMQ==", {{"1601", 4, "2026"}}, "QUI6MjAyNg=="},
    {"in-place-padding-cut", "QUI6MTYwMQ=\n=\n", {{"1601", 4, "2026"}}, "QUI6MjAyNg=\n=\n"},
    {"in-place-before-padding", "QUI6MTYwMQ==", {{"B", 1, "X"}}, "QVg6MTYwMQ=="},
    {"in-place-first-blank-line",
     "\r\n\r\nQToxNjAx\r\n",
     {{"1601", 4, "2026"}},
     "\r\n\r\nQToyMDI2\r\n"},
    {"in-place-first", "\nQTox\nNjAx\n", {{"A", 1, "B"}}, "\nQjox\nNjAx\n"},
    {"in-place-two-apart",
     "QToxNjAx\r\nDQpCOjIN\r\nCkM6Mw0K",
     {{"1601", 4, "2026"}, {"3", 1, "7"}},
     "QToyMDI2\r\nDQpCOjIN\r\nCkM6Nw0K"},
    {"in-place-two-in-a-quantum", "QToxNjAx", {{"A", 1, "B"}, {"1601", 4, "2026"}}, "QjoyMDI2"},
    {"in-place-two-neighbours", "QToxNjAx", {{"A:1", 3, "B:2"}, {"601", 3, "026"}}, "QjoyMDI2"},
    {"in-place-chain",
     "QToxNjAxDQpCOjIN",
     {{"1601", 4, "2026"}, {"\r\nB", 3, "\r\nX"}},
     "QToyMDI2DQpYOjIN"},

    /* the tail */
    {"tail-line",
     "QToxNjAx\r\nDQpCOjIN\r\nCkM6Mw0K\r\n",
     {{"B", 0, "X:9\r\n"}},
     "QToxNjAx\r\nDQpYOjkN\r\nCkI6Mg0K\r\nQzozDQo=\r\n"},
    {"tail-longer",
     "QToxNjAx\nDQpCOjIN\nCkM6Mw0K\n",
     {{"1601", 4, "TENTATIVE"}},
     "QTpURU5U\nQVRJVkUN\nCkI6Mg0K\nQzozDQo=\n"},
    {"tail-shorter",
     "QToxNjAx\nDQpCOjIN\nCkM6Mw0K",
     {{"B:2\r\n", 5, ""}},
     "QToxNjAx\nDQpDOjMN\nCg=="},
    {"tail-inside-line",
     "QToxNjAxDQpCOjIN\r\nCkM6Mw0K\r\n",
     {{"2", 1, "34567"}},
     "QToxNjAxDQpCOjM0\r\nNTY3DQpDOjMNCg==\r\n"},
    {"tail-lines-before-stay",
     "QToxNjAx\r\nDQ\r\n\r\npCOjIN\r\nCkM6Mw0K\r\n",
     {{"C", 0, "X:9\r\n"}},
     "QToxNjAx\r\nDQ\r\n\r\npCOjIN\r\nClg6OQ0K\r\nQzozDQo=\r\n"},
    {"tail-quantum-cut",
     "QToxNjA\r\nxDQpCOj\r\nINCkM6M\r\nw0K",
     {{"B", 0, "X:9\r\n"}},
     "QToxNjA\r\nxDQpYOj\r\nkNCkI6M\r\ng0KQzoz\r\nDQo="},
    {"tail-blank-line-goes",
     "QToxNjAx\n\nDQpCOjIN\n\nCkM6Mw0K\n\n",
     {{"B", 0, "X:9\r\n"}},
     "QToxNjAx\n\nDQpYOjkN\nCkI6Mg0K\nQzozDQo=\n\n"},
    {"tail-one-line", "QToxNjAxDQo=", {{"\r\n", 0, ";12345"}}, "QToxNjAxOzEy|MzQ1DQo="},
    {"tail-one-line-ended", "QToxNjAxDQo=\n", {{"\r\n", 0, ";12345"}}, "QToxNjAxOzEy\nMzQ1DQo=\n"},
    {"tail-at-end",
     "QToxNjAx\nDQpCOjIN\nCkM6Mw0K\n",
     {{"", 0, "D:4\r\n"}},
     "QToxNjAx\nDQpCOjIN\nCkM6Mw0K\nRDo0DQo=\n"},
    {"tail-at-end-short-line",
     "QToxNjAx\nDQo=\n",
     {{"", 0, "D:4\r\n"}},
     "QToxNjAx\nDQpEOjQN\nCg==\n"},
    {"tail-padding-cut", "QUI6MTYwMQ=\n=\n", {{"1601", 4, "2"}}, "QUI6Mg==\n"},
    {"tail-all", "QToxNjAx\n", {{"A:1601", 6, ""}}, "\n"},
    {"tail-from-first", "\r\nQTox\r\nNjAx\r\n", {{"A", 1, ""}}, "\r\nOjE2\r\nMDE=\r\n"},

    /* both */
    {"in-place-then-tail",
     "QTox\r\nNjAxDQpC\r\nOjINCkM6Mw0K\r\n",
     {{"1601", 4, "2026"}, {"C", 0, "X:9\r\n"}},
     "QToy\r\nMDI2DQpC\r\nOjIN\r\nClg6\r\nOQ0K\r\nQzoz\r\nDQo=\r\n"},
    {"in-place-then-at-end",
     "QUI6MTYwMQ==\n",
     {{"1601", 4, "2026"}, {"", 0, "x"}},
     "QUI6MjAyNng=\n"},
    {"in-place-shares-quantum-with-tail",
     "QToxNjAx\r\nDQpCOjIN\r\nCkM6Mw0K\r\n",
     {{"B", 1, "X"}, {":2", 2, ":34"}},
     "QToxNjAx\r\nDQpYOjM0\r\nDQpDOjMN\r\nCg==\r\n"},
    {"tail-then-in-place",
     "QToxNjAx\r\nDQpCOjIN\r\nCkM6Mw0K\r\n",
     {{"B", 0, "X:9\r\n"}, {"3", 1, "7"}},
     "QToxNjAx\r\nDQpYOjkN\r\nCkI6Mg0K\r\nQzo3DQo=\r\n"},
    {"lengths-even-out",
     "QToxNjAx\nDQpCOjIN\nCkM6Mw0K\n",
     {{"B", 0, "xy"}, {"C:", 2, ""}},
     "QToxNjAx\nDQp4eUI6\nMg0KMw0K\n"},
};

/* Line ends of a result that has none of its own to take: written as | in the table. */
#define LINE_ENDING "|"

static GString *decode(const char *encoded)
{
    gsize size;
    g_autofree guchar *octets = g_base64_decode(encoded, &size);
    return g_string_new_len((const char *)octets, (gssize)size);
}

static GArray *make_edits(const Base64Case *row, const GString *decoded)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    for (const Change *change = row->changes; change->at != NULL; change++) {
        const char *at =
            *change->at == '\0' ? decoded->str + decoded->len : strstr(decoded->str, change->at);
        g_assert_nonnull(at);
        Edit edit = {
            .offset = (gsize)(at - decoded->str),
            .length = change->length,
            .text = octets_of(change->text),
        };
        g_array_append_val(edits, edit);
    }
    g_assert_true(splice_is_valid(edits, decoded->len));
    return edits;
}

static void test_place(gconstpointer data)
{
    const Base64Case *row = data;
    Octets encoded = octets_of(row->encoded);
    g_autoptr(GString) decoded = decode(row->encoded);
    g_assert_true(base64_is_strict(encoded, decoded->len));
    g_autoptr(GArray) edits = make_edits(row, decoded);
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(Edit));
    base64_place_edits(encoded, (Octets){decoded->str, decoded->len}, octets_of(LINE_ENDING), edits,
                       FALSE, strings, out);
    g_assert_true(splice_is_valid(out, encoded.size));
    g_autoptr(GString) result = splice_to_string(encoded, out);
    g_assert_cmpstr(result->str, ==, row->result);

    g_autoptr(GString) wanted = splice_to_string((Octets){decoded->str, decoded->len}, edits);
    g_autoptr(GString) again = decode(result->str);
    g_assert_true(g_string_equal(again, wanted));
}

/* Edits in place are as narrow as their quanta, one for each run of quanta. */
static void test_narrow(void)
{
    static const char encoded[] = "QToxNjAx\r\nDQpCOjIN\r\nCkM6Mw0K";
    static const Base64Case row = {.changes = {{"60", 2, "02"}, {"3", 1, "7"}}};
    g_autoptr(GString) decoded = decode(encoded);
    g_autoptr(GArray) edits = make_edits(&row, decoded);
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(Edit));
    base64_place_edits(octets_of(encoded), (Octets){decoded->str, decoded->len},
                       octets_of(LINE_ENDING), edits, FALSE, strings, out);
    g_assert_cmpuint(out->len, ==, 2);
    g_assert_cmpuint(g_array_index(out, Edit, 0).offset, ==, 4);
    g_assert_cmpuint(g_array_index(out, Edit, 0).length, ==, 4);
    g_assert_cmpuint(g_array_index(out, Edit, 1).offset, ==, 24);
    g_assert_cmpuint(g_array_index(out, Edit, 1).length, ==, 4);
}

/* A part on lines of 76 characters keeps them, with a shorter one at the end. */
static void test_line_length(void)
{
    g_autofree char *text = g_strnfill(57 * 5 + 10, 'x');
    text[100] = '1';
    g_autofree char *plain = g_base64_encode((const guchar *)text, strlen(text));
    g_autoptr(GString) encoded = g_string_new(plain);
    for (gsize at = 76; at < encoded->len; at += 78)
        g_string_insert(encoded, (gssize)at, "\r\n");
    g_string_append(encoded, "\r\n");

    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    const Edit edit = {.offset = 100,
                       .text = octets_of("0123456789012345678901234567890123456789")};
    g_array_append_val(edits, edit);
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(Edit));
    base64_place_edits((Octets){encoded->str, encoded->len}, octets_of(text), octets_of("\n"),
                       edits, FALSE, strings, out);
    g_autoptr(GString) result = splice_to_string((Octets){encoded->str, encoded->len}, out);
    g_auto(GStrv) lines = g_strsplit(result->str, "\r\n", -1);
    guint count = g_strv_length(lines);
    g_assert_cmpuint(count, ==, 7);
    for (guint i = 0; i < count - 2; i++)
        g_assert_cmpuint(strlen(lines[i]), ==, 76);
    g_assert_cmpuint(strlen(lines[count - 2]), ==, 68);
    g_assert_cmpstr(lines[count - 1], ==, "");
    g_assert_cmpint(strncmp(result->str, encoded->str, 100 / 3 * 4), ==, 0);
}

/* So many octets in one line of base64, with one edit: what comes out, its line ends undone, is the
 * edited text encoded. Gives the lines, owned by the caller, g_strfreev. */
static char **edit_line(gsize size, Edit edit)
{
    g_autofree char *text = g_strnfill(size, 'x');
    g_autofree char *encoded = g_base64_encode((const guchar *)text, size);
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_array_append_val(edits, edit);
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(Edit));
    base64_place_edits(octets_of(encoded), octets_of(text), octets_of("\n"), edits, TRUE, strings,
                       out);
    g_assert_true(splice_is_valid(out, strlen(encoded)));
    g_autoptr(GString) wanted = splice_to_string(octets_of(text), edits);
    g_autofree char *again = g_base64_encode((const guchar *)wanted->str, wanted->len);
    g_autoptr(GString) result = splice_to_string(octets_of(encoded), out);
    char **lines = g_strsplit(result->str, "\n", -1);
    g_autofree char *joined = g_strjoinv("", lines);
    g_assert_cmpstr(joined, ==, again);
    return lines;
}

static void check_lines(char **lines)
{
    guint count = g_strv_length(lines);
    for (guint i = 0; i + 1 < count; i++)
        g_assert_cmpuint(strlen(lines[i]), ==, 76);
    g_assert_cmpuint(strlen(lines[count - 1]), <=, 76);
}

/* Long lines are broken in what stays, in what is overwritten, and in a tail of many pieces. */
static void test_broken_lines(void)
{
    g_auto(GStrv) in_place =
        edit_line(1200, (Edit){.offset = 55, .length = 9, .text = octets_of("123456789")});
    check_lines(in_place);
    g_auto(GStrv) tail = edit_line(200000, (Edit){.offset = 100, .text = octets_of("1")});
    check_lines(tail);
}

static void test_strict_size(void)
{
    g_assert_true(base64_is_strict(octets_of("QQ==\r\n"), 1));
    g_assert_false(base64_is_strict(octets_of("QQ==\r\n"), 2));
    g_assert_false(base64_is_strict(octets_of("QQ==\r\n"), 0));
    g_assert_false(base64_is_strict(octets_of("QQ==QUFB"), 4));
    g_assert_true(base64_is_strict((Octets){NULL, 0}, 0));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/transfer-base64/place/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_place);
    }
    g_test_add_func("/transfer-base64/narrow", test_narrow);
    g_test_add_func("/transfer-base64/line-length", test_line_length);
    g_test_add_func("/transfer-base64/broken-lines", test_broken_lines);
    g_test_add_func("/transfer-base64/strict-size", test_strict_size);
    return g_test_run();
}
