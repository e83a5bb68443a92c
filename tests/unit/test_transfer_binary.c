/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_transfer_binary: edits that keep the length, in binary data of every encoding.
 *
 * Random octets with a NUL among them are encoded here, with soft breaks and lines of random
 * length, and get random edits. The edited part must decode to the edited octets, and of the
 * encoded octets only those that stand for a changed one may differ: line ends and soft breaks
 * stay.
 */
#include "common/mail/transfer.h"

#include "common/mail/uuencode.h"

#include <string.h>

#define ROUNDS 2000
#define HEAD   "Content-Type: application/ms-tnef\n\n"
#define TAIL   "\n--b--\n"

typedef GString *(*Encoder)(GRand *random, const GString *octets);

static GString *random_octets(GRand *random)
{
    GString *octets = g_string_new(NULL);
    for (gint size = g_rand_int_range(random, 0, 200); size > 0; size--)
        g_string_append_c(octets, (char)g_rand_int_range(random, 0, 256));
    g_string_append_c(octets, '\0');
    return octets;
}

static GString *encode_identity(GRand *random, const GString *octets)
{
    (void)random;
    return g_string_new_len(octets->str, (gssize)octets->len);
}

static GString *encode_quoted(GRand *random, const GString *octets)
{
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < octets->len; i++) {
        gboolean plain = g_ascii_isalnum(octets->str[i]) && g_rand_boolean(random);
        if (plain)
            g_string_append_c(out, octets->str[i]);
        else
            g_string_append_printf(out, "=%02X", (guint)(guchar)octets->str[i]);
        if (g_rand_int_range(random, 0, 8) == 0)
            g_string_append(out, g_rand_boolean(random) ? "=\n" : "=\r\n");
    }
    return out;
}

static GString *encode_base64(GRand *random, const GString *octets)
{
    g_autofree char *text = g_base64_encode((const guchar *)octets->str, octets->len);
    GString *out = g_string_new(NULL);
    gint width = g_rand_int_range(random, 1, 77);
    for (gsize i = 0; text[i] != '\0'; i++) {
        if (i > 0 && i % (gsize)width == 0)
            g_string_append(out, "\n");
        g_string_append_c(out, text[i]);
    }
    return out;
}

typedef struct {
    const char *name;
    TransferEncoding encoding;
    Encoder encode;
} EncodingCase;

static const EncodingCase cases[] = {
    {"identity", TRANSFER_IDENTITY, encode_identity},
    {"quoted-printable", TRANSFER_QUOTED_PRINTABLE, encode_quoted},
    {"base64", TRANSFER_BASE64, encode_base64},
};

/* Disjoint edits with other octets of the same number. */
static GArray *random_edits(GRand *random, gsize size, GStringChunk *strings)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    gsize at = 0;
    while (at < size) {
        gsize wish = (gsize)g_rand_int_range(random, 1, 9);
        gsize length = MIN(wish, size - at);
        char text[8];
        for (gsize i = 0; i < length; i++)
            text[i] = (char)g_rand_int_range(random, 0, 256);
        Edit edit = {
            .offset = at,
            .length = length,
            .text = {g_string_chunk_insert_len(strings, text, (gssize)length), length},
        };
        if (g_rand_int_range(random, 0, 4) == 0)
            g_array_append_val(edits, edit);
        at += length + (gsize)g_rand_int_range(random, 0, 30);
    }
    return edits;
}

static Part make_part(const EncodingCase *row, gsize size)
{
    return (Part){
        .kind = PART_TNEF,
        .encoding = row->encoding,
        .content = strlen(HEAD),
        .content_end = strlen(HEAD) + size,
    };
}

static GString *make_mail(const GString *encoded)
{
    GString *mail = g_string_new(HEAD);
    g_string_append_len(mail, encoded->str, (gssize)encoded->len);
    g_string_append(mail, TAIL);
    return mail;
}

static GString *decode_mail(const GString *mail, const EncodingCase *row)
{
    g_auto(Message) message;
    message_init(&message, (Octets){mail->str, mail->len});
    Part part = make_part(row, mail->len - strlen(HEAD) - strlen(TAIL));
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part, part.encoding);
    g_assert_true(transfer.faithful);
    return g_string_new_len(transfer.decoded.data, (gssize)transfer.decoded.size);
}

/* The line ends and soft breaks of a mail, in their order. */
static char *shape_of(const EncodingCase *row, const GString *mail)
{
    g_autoptr(GString) shape = g_string_new(NULL);
    for (gsize i = 0; i < mail->len && row->encoding != TRANSFER_IDENTITY; i++) {
        gboolean soft =
            mail->str[i] == '=' && i + 1 < mail->len && g_ascii_isspace(mail->str[i + 1]);
        if (soft || mail->str[i] == '\n' || mail->str[i] == '\r')
            g_string_append_c(shape, mail->str[i]);
    }
    return g_string_free(g_steal_pointer(&shape), FALSE);
}

static void assert_same(const char *octets, gsize size, const char *wanted, gsize wanted_size)
{
    g_assert_cmpuint(size, ==, wanted_size);
    g_assert_true(size == 0 || memcmp(octets, wanted, size) == 0);
}

static void run_round(const EncodingCase *row, GRand *random)
{
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GString) octets = random_octets(random);
    g_autoptr(GString) encoded = row->encode(random, octets);
    g_autoptr(GString) mail = make_mail(encoded);
    g_auto(Message) message;
    message_init(&message, (Octets){mail->str, mail->len});
    Part part = make_part(row, encoded->len);
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part, part.encoding);
    g_assert_true(transfer.faithful);

    g_autoptr(GArray) edits = random_edits(random, octets->len, strings);
    g_autoptr(GArray) placed = g_array_new(FALSE, FALSE, sizeof(Edit));
    transfer_place_edits(&transfer, edits, strings, placed);
    g_assert_true(splice_is_valid(placed, mail->len));
    g_autoptr(GString) result = splice_to_string(message.octets, placed);

    g_autoptr(GString) wanted = splice_to_string((Octets){octets->str, octets->len}, edits);
    g_autoptr(GString) decoded = decode_mail(result, row);
    assert_same(decoded->str, decoded->len, wanted->str, wanted->len);
    g_autofree char *shape = shape_of(row, mail);
    g_autofree char *new_shape = shape_of(row, result);
    g_assert_cmpstr(new_shape, ==, shape);
}

static void test_encoding(gconstpointer data)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(938650);
    for (guint round = 0; round < ROUNDS; round++)
        run_round(data, random);
}

/* ---- uuencode ---- */

typedef struct {
    const char *encoded;
    const char *decoded; /* NULL: no uuencode */
} UuencodeCase;

static const UuencodeCase uuencode_cases[] = {
    {"begin 644 a\n#86)C\n`\nend\n", "abc"},
    {"begin 644 winmail.dat\r\n#86)C\r\n`\r\nend\r\n", "abc"},
    {"begin 644 a\n#86)C\n#9&5F\n`\nend\n", "abcdef"},
    {"begin 644 a\n", ""},
    {"begin 644 a", ""},
    {"begin", NULL},
    {"#86)C\n", NULL},
    {"", NULL},
};

static void test_uuencode(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(uuencode_cases); i++) {
        gsize size = 0;
        g_autofree char *decoded = uuencode_decode(octets_of(uuencode_cases[i].encoded), &size);
        if (uuencode_cases[i].decoded == NULL)
            g_assert_null(decoded);
        else
            assert_same(decoded, size, uuencode_cases[i].decoded,
                        strlen(uuencode_cases[i].decoded));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    parts_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/transfer-binary/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_encoding);
    }
    g_test_add_func("/transfer-binary/uuencode", test_uuencode);
    return g_test_run();
}
