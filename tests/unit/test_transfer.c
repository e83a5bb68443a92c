/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_transfer: a part's content decoded, whether it can be written back, and where edits land.
 *
 * What the encodings do with an edit is in test_transfer_quoted and test_transfer_base64; here are
 * the identity, the choice of the encoding, the place of the content in its message, and which
 * content is not faithful.
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
    g_test_add_func("/transfer/decode-nul", test_decode_nul);
    g_test_add_func("/transfer/borrowed", test_borrowed);
    g_test_add_func("/transfer/line-ending", test_line_ending);
    return g_test_run();
}
