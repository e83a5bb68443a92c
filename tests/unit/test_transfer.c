/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_transfer: a part's content decoded, whether it can be written back, and where edits land.
 *
 * What the encodings do with an edit is in test_transfer_quoted and test_transfer_base64; here are
 * the identity, the choice of the encoding, the place of the content in its message, which content
 * is not faithful, and what is written back.
 */
#include "common/mail/transfer.h"

#include <string.h>

typedef struct {
    const char *name;
    TransferEncoding encoding;
    const char *encoded;
    const char *decoded; /* NULL: whatever it is */
    gboolean faithful;
} DecodeCase;

static const DecodeCase decodes[] = {
    {"identity", TRANSFER_IDENTITY, "A:1\r\nB:=3D\r\n", "A:1\r\nB:=3D\r\n", TRUE},
    {"identity-8bit", TRANSFER_IDENTITY, "A:\xc3\xa9\xff", "A:\xc3\xa9\xff", TRUE},
    {"identity-empty", TRANSFER_IDENTITY, "", "", TRUE},

    {"quoted", TRANSFER_QUOTED_PRINTABLE, "A:=C3=a9\r\nB:1=\r\n2\r\n", "A:\xc3\xa9\r\nB:12\r\n",
     TRUE},
    {"quoted-plain", TRANSFER_QUOTED_PRINTABLE, "A:1\nB:2\n", "A:1\nB:2\n", TRUE},
    {"quoted-line-ends", TRANSFER_QUOTED_PRINTABLE, "A:1=0D=0A=\r\nB:2=0D=0A", "A:1\r\nB:2\r\n",
     TRUE},
    {"quoted-empty", TRANSFER_QUOTED_PRINTABLE, "", "", TRUE},
    {"quoted-soft-break-last", TRANSFER_QUOTED_PRINTABLE, "A:1=\r\n", "A:1", TRUE},
    {"quoted-equals-last", TRANSFER_QUOTED_PRINTABLE, "A:1=", "A:1", TRUE},
    {"quoted-blanks-after-soft-break", TRANSFER_QUOTED_PRINTABLE, "A:1= \t\r\nB", "A:1B", TRUE},
    {"quoted-soft-break-no-line-end", TRANSFER_QUOTED_PRINTABLE, "A:1= ", "A:1", TRUE},
    {"quoted-8bit", TRANSFER_QUOTED_PRINTABLE, "A:\xc3\xa9", "A:\xc3\xa9", TRUE},
    {"quoted-no-hex", TRANSFER_QUOTED_PRINTABLE, "A:1=\r\nB=XY", "A:1B=XY", FALSE},
    {"quoted-half-escape", TRANSFER_QUOTED_PRINTABLE, "A:1=0", NULL, FALSE},
    {"quoted-half-escape-inside", TRANSFER_QUOTED_PRINTABLE, "A:=0 1", NULL, FALSE},
    {"quoted-lone-equals", TRANSFER_QUOTED_PRINTABLE, "A:a=b\r\n", NULL, FALSE},
    {"quoted-two-equals", TRANSFER_QUOTED_PRINTABLE, "A:==3D\r\n", NULL, FALSE},
    {"quoted-cr-no-lf", TRANSFER_QUOTED_PRINTABLE, "A:=\rB\r\n", NULL, FALSE},

    {"base64", TRANSFER_BASE64, "QToxDQpCOjINCg==\r\n", "A:1\r\nB:2\r\n", TRUE},
    {"base64-lines", TRANSFER_BASE64, "QTox\r\nDQpC\r\nOjIN\r\nCg==", "A:1\r\nB:2\r\n", TRUE},
    {"base64-lf", TRANSFER_BASE64, "QTox\nDQ==\n\n", "A:1\r", TRUE},
    {"base64-blank-lines", TRANSFER_BASE64, "\r\nQT\r\n\r\nox\r\n", "A:1", TRUE},
    {"base64-one-padding", TRANSFER_BASE64, "QTo=", "A:", TRUE},
    {"base64-padding-broken", TRANSFER_BASE64, "QQ=\n=\n", "A", TRUE},
    {"base64-empty", TRANSFER_BASE64, "\r\n", "", TRUE},
    {"base64-foreign", TRANSFER_BASE64, "QTox*DQ==\r\n", NULL, FALSE},
    {"base64-blank", TRANSFER_BASE64, "QTox DQ==\r\n", NULL, FALSE},
    {"base64-trailing-blank", TRANSFER_BASE64, "QTox \r\n", NULL, FALSE},
    {"base64-dash", TRANSFER_BASE64, "QTox-_==\r\n", NULL, FALSE},
    {"base64-short", TRANSFER_BASE64, "QToxD", NULL, FALSE},
    {"base64-no-padding", TRANSFER_BASE64, "QToxDQ", NULL, FALSE},
    {"base64-three-padding", TRANSFER_BASE64, "QToxD===", NULL, FALSE},
    {"base64-only-padding", TRANSFER_BASE64, "====", NULL, FALSE},
    {"base64-padding-inside", TRANSFER_BASE64, "QQ==QToxDQo=", NULL, FALSE},
    {"base64-two-in-a-row", TRANSFER_BASE64, "QTo=QTo=", NULL, FALSE},
    {"base64-text-after", TRANSFER_BASE64, "QTox\r\n\r\n--\r\nlist\r\n", NULL, FALSE},

    {"unknown", TRANSFER_UNKNOWN, "A:1=3D\r\n", "A:1=3D\r\n", FALSE},
};

#define HEAD "X: 1\r\n\r\n"

static Part content_part(TransferEncoding encoding, gsize start, gsize size)
{
    return (Part){.encoding = encoding, .content = start, .content_end = start + size};
}

static void test_decode(gconstpointer data)
{
    const DecodeCase *row = data;
    g_autofree char *mail = g_strconcat(HEAD, row->encoded, "\r\n--b--\r\n", NULL);
    g_auto(Message) message;
    message_init(&message, octets_of(mail));
    Part part = content_part(row->encoding, strlen(HEAD), strlen(row->encoded));
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part, part.encoding);
    g_assert_cmpint(transfer.faithful, ==, row->faithful);
    g_assert_cmpuint(transfer.content, ==, strlen(HEAD));
    g_assert_true(octets_equal(transfer.encoded, row->encoded));
    g_autofree char *decoded = octets_dup(transfer.decoded);
    if (row->decoded != NULL)
        g_assert_cmpstr(decoded, ==, row->decoded);
}

static void test_decode_nul(void)
{
    g_auto(Message) message;
    message_init(&message, octets_of(HEAD "QQBCAA=="));
    Part part = content_part(TRANSFER_BASE64, strlen(HEAD), 8);
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part, part.encoding);
    g_assert_true(transfer.faithful);
    g_assert_cmpuint(transfer.decoded.size, ==, 4);
    g_assert_cmpint(memcmp(transfer.decoded.data, "A\0B\0", 4), ==, 0);
}

/* The identity borrows; to clear twice does no harm. */
static void test_borrowed(void)
{
    static const char mail[] = HEAD "A:1\r\n";
    g_auto(Message) message;
    message_init(&message, octets_of(mail));
    Part part = content_part(TRANSFER_IDENTITY, strlen(HEAD), 5);
    Transfer transfer;
    transfer_init(&transfer, &message, &part, part.encoding);
    g_assert_true(transfer.decoded.data == mail + strlen(HEAD));
    g_assert_null(transfer.buffer);
    transfer_clear(&transfer);
    transfer_clear(&transfer);
}

static void test_line_ending(void)
{
    static const char *const rows[][3] = {
        {"X: 1\n\n", "A:1\r\n", "\n"},
        {"X: 1\r\n\r\n", "A:1\n", "\r\n"},
        {"", "A:1\n", "\r\n"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *mail = g_strconcat(rows[i][0], rows[i][1], NULL);
        g_auto(Message) message;
        message_init(&message, octets_of(mail));
        Part part = content_part(TRANSFER_IDENTITY, strlen(rows[i][0]), strlen(rows[i][1]));
        g_auto(Transfer) transfer;
        transfer_init(&transfer, &message, &part, part.encoding);
        g_assert_true(octets_equal(transfer.line_ending, rows[i][2]));
    }
}

/* ---- where edits land ---- */

typedef struct {
    const char *name;
    TransferEncoding encoding;
    const char *encoded; /* of "A:1\r\nB:2\r\n" */
    const char *placed;  /* with "X:9\r\n" before B and 7 for 2 */
} PlaceCase;

static const PlaceCase places[] = {
    {"identity", TRANSFER_IDENTITY, "A:1\r\nB:2\r\n", "A:1\r\nX:9\r\nB:7\r\n"},
    {"quoted", TRANSFER_QUOTED_PRINTABLE, "A=3A1=0D=0A=\r\nB:=32=0D=0A=\r\n",
     "A=3A1=0D=0A=\r\nX:9=0D=0A=\r\nB:7=0D=0A=\r\n"},
    {"quoted-one-line", TRANSFER_QUOTED_PRINTABLE, "A:1=0D=0AB:2=0D=0A",
     "A:1=0D=0AX:9=0D=0A=\nB:7=0D=0A"},
    {"base64", TRANSFER_BASE64, "QToxDQpCOjINCg==", "QToxDQpYOjkNCkI6\nNw0K"},
};

static GArray *make_edits(void)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    const Edit both[] = {
        {.offset = 5, .text = octets_of("X:9\r\n")},
        {.offset = 7, .length = 1, .text = octets_of("7")},
    };
    g_array_append_vals(edits, both, G_N_ELEMENTS(both));
    return edits;
}

/* The edits land in the second of two equal contents, behind an edit that was there before. */
static void test_place(gconstpointer data)
{
    const PlaceCase *row = data;
    g_autofree char *before = g_strconcat("H: 1\n\n", row->encoded, "\n--b\n\n", NULL);
    g_autofree char *mail = g_strconcat(before, row->encoded, "\n--b--\n", NULL);
    g_autofree char *wanted = g_strconcat("H: 2", before + 4, row->placed, "\n--b--\n", NULL);
    g_auto(Message) message;
    message_init(&message, octets_of(mail));
    Part part = content_part(row->encoding, strlen(before), strlen(row->encoded));
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part, part.encoding);

    g_autoptr(GArray) edits = make_edits();
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(Edit));
    const Edit header = {.offset = 3, .length = 1, .text = octets_of("2")};
    g_array_append_val(out, header);
    transfer_place_edits(&transfer, edits, strings, out);
    g_autoptr(GString) result = splice_to_string(message.octets, out);
    g_assert_cmpstr(result->str, ==, wanted);
}

/* ---- writing back ---- */

/* A message that is a head and the encoded content, and the content decoded. */
typedef struct {
    char *mail;
    Message message;
    Transfer transfer;
    GStringChunk *strings;
    GArray *out;
} Bench;

static void bench_init(Bench *bench, TransferEncoding encoding, const char *encoded)
{
    bench->mail = g_strconcat(HEAD, encoded, NULL);
    message_init(&bench->message, octets_of(bench->mail));
    Part part = content_part(encoding, strlen(HEAD), strlen(encoded));
    transfer_init(&bench->transfer, &bench->message, &part, encoding);
    bench->strings = g_string_chunk_new(64);
    bench->out = g_array_new(FALSE, FALSE, sizeof(Edit));
}

static void bench_clear(Bench *bench)
{
    g_array_unref(bench->out);
    g_string_chunk_free(bench->strings);
    transfer_clear(&bench->transfer);
    message_clear(&bench->message);
    g_free(bench->mail);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

/* What stands behind the head once the edits are made. */
static char *written_text(const Bench *bench)
{
    g_assert_true(splice_is_valid(bench->out, bench->message.octets.size));
    g_autoptr(GString) mail = splice_to_string(bench->message.octets, bench->out);
    return g_strdup(mail->str + strlen(HEAD));
}

typedef struct {
    const char *name;
    TransferEncoding encoding;
    const char *encoded;
    const char *at; /* words of the decoded text where the edit begins; NULL: at its end */
    gsize length;
    const char *text;
    const char *written;
} WriteCase;

static const WriteCase writes[] = {
    {"identity", TRANSFER_IDENTITY, "A:1\r\nB:2\r\n", "B", 0, "X=\xc3\xa9\r\n",
     "A:1\r\nX=\xc3\xa9\r\nB:2\r\n"},
    {"quoted-escapes", TRANSFER_QUOTED_PRINTABLE, "A:1\r\nB:2\r\n", "B", 0,
     "X;P=\"a\";Q=\xc3\xa9\t:~ !\r\n", "A:1\r\nX;P=3D\"a\";Q=3D=C3=A9=09:~ !\r\nB:2\r\n"},
    {"quoted-lines", TRANSFER_QUOTED_PRINTABLE, "A:1=0D=0A=\r\nB:2=0D=0A=\r\n", "B", 0,
     "X:1\r\n 2\r\n", "A:1=0D=0A=\r\nX:1=0D=0A=\r\n 2=0D=0A=\r\nB:2=0D=0A=\r\n"},
    {"quoted-at-the-end", TRANSFER_QUOTED_PRINTABLE, "A:1=0D=0A=\r\nB:2=0D=0A", NULL, 0, "X:1\r\n",
     "A:1=0D=0A=\r\nB:2=0D=0AX:1=0D=0A"},
    {"quoted-to-the-end", TRANSFER_QUOTED_PRINTABLE, "A:1=0D=0A=\r\nB:2=0D=0A", "B", 5, "",
     "A:1=0D=0A"},
    {"quoted-part-of-a-line-end", TRANSFER_QUOTED_PRINTABLE, "A:1=0D=0D=0A=\r\nB:2\r\n", "\r", 1,
     "", "A:1=0D=0A=\r\nB:2\r\n"},
    {"base64-in-place", TRANSFER_BASE64, "QToxDQpC\r\nOjINCg==\r\n", "2", 1, "7",
     "QToxDQpC\r\nOjcNCg==\r\n"},
    {"base64-tail", TRANSFER_BASE64, "QToxDQpC\r\nOjINCg==\r\n", "B", 0, "X:9\r\n",
     "QToxDQpY\r\nOjkNCkI6\r\nMg0K\r\n"},
    {"base64-8bit", TRANSFER_BASE64, "QToxDQpC\nOjINCg==\n", "2", 1, "\xc3\xa9",
     "QToxDQpC\nOsOpDQo=\n"},
    {"base64-no-tail", TRANSFER_BASE64, "QToxDQo=\r\n", "A", 5, "", "\r\n"},
    {"base64-tail-goes-with-its-line", TRANSFER_BASE64, "QTox\r\nQjoy\r\n", "B", 3, "", "QTox\r\n"},
};

static Edit edit_of(const WriteCase *row, Octets decoded)
{
    gsize at = decoded.size;
    for (gsize i = 0; row->at != NULL && i < decoded.size && at == decoded.size; i++)
        at = decoded.data[i] == *row->at ? i : at;
    return (Edit){.offset = at, .length = row->length, .text = octets_of(row->text)};
}

static void test_write_back(gconstpointer data)
{
    const WriteCase *row = data;
    g_auto(Bench) bench;
    bench_init(&bench, row->encoding, row->encoded);
    g_assert_true(bench.transfer.faithful);
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    Edit edit = edit_of(row, bench.transfer.decoded);
    g_array_append_val(edits, edit);
    g_autoptr(GString) text = splice_to_string(bench.transfer.decoded, edits);
    g_assert_true(transfer_write_back(&bench.transfer, edits, (Octets){text->str, text->len}, FALSE,
                                      bench.strings, bench.out));
    g_autofree char *written = written_text(&bench);
    g_assert_cmpstr(written, ==, row->written);
}

/* What leaves must decode to what is meant; else nothing leaves. */
static void test_write_back_checks(void)
{
    static const TransferEncoding encodings[] = {TRANSFER_QUOTED_PRINTABLE, TRANSFER_BASE64};
    static const char *const encoded[] = {"A:1\r\n", "QToxDQo="};
    static const char *const wrong[] = {"A:7\r", "A:7\r\n\r\n", "A:8\r\n", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(encodings); i++) {
        g_auto(Bench) bench;
        bench_init(&bench, encodings[i], encoded[i]);
        g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
        const Edit edit = {.offset = 2, .length = 1, .text = octets_of("7")};
        g_array_append_val(edits, edit);
        for (gsize k = 0; k < G_N_ELEMENTS(wrong); k++)
            g_assert_false(transfer_write_back(&bench.transfer, edits, octets_of(wrong[k]), FALSE,
                                               bench.strings, bench.out));
        g_assert_cmpuint(bench.out->len, ==, 0);
        g_assert_true(transfer_write_back(&bench.transfer, edits, octets_of("A:7\r\n"), FALSE,
                                          bench.strings, bench.out));
        g_assert_cmpuint(bench.out->len, ==, 1);
    }
}

static char *make_base64(gsize octets, const char *ending)
{
    g_autofree char *plain = g_strnfill(octets, 'a');
    g_autofree char *encoded = g_base64_encode((const guchar *)plain, octets);
    return g_strconcat(encoded, ending, NULL);
}

/* Lines over 990 octets are broken after every 76, by the first line end of the part, else by the
 * one before it; others stay. */
static void check_broken(const char *before, gsize octets, const char *ending, const char *wanted)
{
    g_autofree char *line = make_base64(octets, "");
    g_autofree char *encoded = g_strconcat(before, line, ending, NULL);
    g_auto(Bench) bench;
    bench_init(&bench, TRANSFER_BASE64, encoded);
    gboolean is_long = strlen(line) > 990;
    g_assert_cmpint(transfer_has_long_line(&bench.transfer), ==, is_long);
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_assert_true(transfer_write_back(&bench.transfer, none, bench.transfer.decoded, TRUE,
                                      bench.strings, bench.out));
    g_autoptr(GString) broken = g_string_new(before);
    for (gsize at = 0; at < strlen(line); at += 76)
        g_string_append_printf(broken, "%s%.76s", at > 0 && is_long ? wanted : "", line + at);
    g_string_append(broken, ending);
    g_autofree char *written = written_text(&bench);
    g_assert_cmpstr(written, ==, broken->str);
}

static void test_break_lines(void)
{
    check_broken("", 741, "\r\n", "\r\n"); /* 988 characters */
    check_broken("", 744, "\r\n", "\r\n"); /* 992 */
    check_broken("", 744, "\n", "\n");
    check_broken("", 744, "", "\r\n");
    check_broken("QUFB\n", 1140, "\r\n", "\n");
    check_broken("", 76 / 4 * 3 * 20, "\n", "\n"); /* whole lines */
}

/* Edits and broken lines together. */
static void test_break_edited_lines(void)
{
    g_autofree char *encoded = make_base64(900, "\r\n");
    g_auto(Bench) bench;
    bench_init(&bench, TRANSFER_BASE64, encoded);
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    const Edit edit = {.offset = 300, .length = 1, .text = octets_of("xyz")};
    g_array_append_val(edits, edit);
    g_autoptr(GString) text = splice_to_string(bench.transfer.decoded, edits);
    g_assert_true(transfer_write_back(&bench.transfer, edits, (Octets){text->str, text->len}, TRUE,
                                      bench.strings, bench.out));
    g_autofree char *written = written_text(&bench);
    g_auto(GStrv) lines = g_strsplit(written, "\r\n", -1);
    g_autofree char *joined = g_strjoinv("", lines);
    g_autofree char *wanted = g_base64_encode((const guchar *)text->str, text->len);
    g_assert_cmpstr(joined, ==, wanted);
    for (guint i = 0; i < 15; i++)
        g_assert_cmpuint(strlen(lines[i]), ==, 76);
    g_assert_cmpuint(strlen(lines[15]), ==, 60); /* the line of 1200 ends */
    g_assert_cmpuint(strlen(lines[16]), ==, 4);
}

typedef struct {
    const char *name;
    TransferEncoding encoding;
    const char *encoded;
    gboolean is_complete;
    gboolean hides_line_ends;
} FormCase;

static const FormCase forms[] = {
    {"identity", TRANSFER_IDENTITY, "A:1\r\n", TRUE, FALSE},
    {"quoted", TRANSFER_QUOTED_PRINTABLE, "A:1\r\nB:2\r\n", TRUE, FALSE},
    {"quoted-escaped", TRANSFER_QUOTED_PRINTABLE, "A:1=0D=0A=\r\nB:2=0D=0A", TRUE, TRUE},
    {"quoted-mixed", TRANSFER_QUOTED_PRINTABLE, "A:1=0A=\r\nB:2\r\n", TRUE, FALSE},
    {"quoted-soft-break-last", TRANSFER_QUOTED_PRINTABLE, "A:1=0D=0A=\r\n", FALSE, TRUE},
    {"quoted-equals-last", TRANSFER_QUOTED_PRINTABLE, "A:1=", FALSE, TRUE},
    {"quoted-soft-break-with-blanks", TRANSFER_QUOTED_PRINTABLE, "A:1= \t\r\n", FALSE, TRUE},
    {"quoted-half-escape", TRANSFER_QUOTED_PRINTABLE, "A:1=0", FALSE, TRUE},
    {"base64", TRANSFER_BASE64, "QToxDQo=\r\n", TRUE, TRUE},
    {"base64-short", TRANSFER_BASE64, "QToxDQo", FALSE, TRUE},
};

static void test_form(gconstpointer data)
{
    const FormCase *row = data;
    g_auto(Bench) bench;
    bench_init(&bench, row->encoding, row->encoded);
    g_assert_cmpint(transfer_is_complete(&bench.transfer), ==, row->is_complete);
    g_assert_cmpint(transfer_hides_line_ends(&bench.transfer, NULL), ==, row->hides_line_ends);
}

/* What an edit leaves of the line ends that stand in the encoded octets. */
static void check_hidden(const char *encoded, const char *part, const char *text, gboolean hidden)
{
    g_auto(Bench) bench;
    bench_init(&bench, TRANSFER_QUOTED_PRINTABLE, encoded);
    g_autofree char *decoded = octets_dup(bench.transfer.decoded);
    Edit edit = {
        .offset = (gsize)(strstr(decoded, part) - decoded),
        .length = strlen(part),
        .text = octets_of(text),
    };
    g_array_append_val(bench.out, edit);
    g_assert_cmpint(transfer_hides_line_ends(&bench.transfer, bench.out), ==, hidden);
}

static void test_hidden_line_ends(void)
{
    check_hidden("A:1=0A=\nB:2=0A=\nfooter\n", "footer\n", "", TRUE);
    check_hidden("A:1=0A=\nB:2\n 3=0A=\n", "2\n 3", "23", TRUE);
    check_hidden("A:1=0A=\nB:2\nC:3\n", "C:3\n", "", FALSE);
    check_hidden("A:1=0A=\nB:2\n", "A", "X", FALSE);
    check_hidden("A:1=0A=\nB:2=0A=\n", "A", "X\nY", TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    parts_init();
    for (gsize i = 0; i < G_N_ELEMENTS(decodes); i++) {
        g_autofree char *path = g_strconcat("/transfer/decode/", decodes[i].name, NULL);
        g_test_add_data_func(path, &decodes[i], test_decode);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = g_strconcat("/transfer/place/", places[i].name, NULL);
        g_test_add_data_func(path, &places[i], test_place);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(writes); i++) {
        g_autofree char *path = g_strconcat("/transfer/write-back/", writes[i].name, NULL);
        g_test_add_data_func(path, &writes[i], test_write_back);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *path = g_strconcat("/transfer/form/", forms[i].name, NULL);
        g_test_add_data_func(path, &forms[i], test_form);
    }
    g_test_add_func("/transfer/write-back-checks", test_write_back_checks);
    g_test_add_func("/transfer/hidden-line-ends", test_hidden_line_ends);
    g_test_add_func("/transfer/break-lines", test_break_lines);
    g_test_add_func("/transfer/break-edited-lines", test_break_edited_lines);
    g_test_add_func("/transfer/decode-nul", test_decode_nul);
    g_test_add_func("/transfer/borrowed", test_borrowed);
    g_test_add_func("/transfer/line-ending", test_line_ending);
    return g_test_run();
}
