/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_transfer_random: decode(place(edits)) is what the edits make of the decoded text.
 *
 * Random texts, each encoded here in a random way of its encoding, get random edits of the kinds
 * that rules make: values replaced, lines that come in with the line ending of the line before,
 * lines and other ranges that go. The edited message is decoded again and must be the text with the
 * edits, as faithful as before. Seeds are fixed: a failure names the round that made it.
 */
#include "common/mail/transfer.h"

#include <string.h>

#define ROUNDS 3000
#define HEAD   "Content-Type: text/calendar\r\n\r\n"
#define TAIL   "\r\n--b--\r\n"

typedef struct {
    const char *name;
    TransferEncoding encoding;
    GString *(*encode)(GRand *random, const GString *text);
} EncodingCase;

static gboolean chance(GRand *random, gint of)
{
    return g_rand_int_range(random, 0, of) == 0;
}

static const char *pick(GRand *random, const char *const *words, gsize count)
{
    return words[g_rand_int_range(random, 0, (gint32)count)];
}

/* ---- texts ---- */

static const char *const text_words[] = {
    "A:",   "DTSTAMP:", "16010101T000000Z",
    "=",    "==3D",     "\xc3\xa9",
    "\xff", " ",        "\t",
    ";X=1", ",",        "\"q\"",
    "=0D=", ".",        "-",
    "x",    "\r ",      "long-long",
};

static const char *const line_ends[] = {"\r\n", "\n"};

/* Lines of one ending, or of both; the last one may have none. */
static GString *random_text(GRand *random)
{
    GString *text = g_string_new(NULL);
    const char *ending = pick(random, line_ends, G_N_ELEMENTS(line_ends));
    gboolean mixed = chance(random, 4);
    for (gint lines = g_rand_int_range(random, 0, 12); lines > 0; lines--) {
        for (gint words = g_rand_int_range(random, 0, 7); words > 0; words--)
            g_string_append(text, pick(random, text_words, G_N_ELEMENTS(text_words)));
        if (lines > 1 || !chance(random, 4))
            g_string_append(text,
                            mixed ? pick(random, line_ends, G_N_ELEMENTS(line_ends)) : ending);
    }
    return text;
}

/* ---- encodings ---- */

static GString *encode_identity(GRand *random, const GString *text)
{
    (void)random;
    return g_string_new_len(text->str, (gssize)text->len);
}

/* How one text is written in quoted-printable. */
typedef struct {
    gint escape_one_of;     /* of the octets that need none */
    gint soft_break_one_of; /* after any octet */
    gboolean line_ends;     /* escaped, each with a soft break or not */
    gboolean lower_case;
    const char *soft_break;
} QuotedStyle;

static void encode_quoted_octet(GRand *random, const QuotedStyle *style, char octet, GString *out)
{
    gboolean line_end = octet == '\r' || octet == '\n';
    gboolean escape = octet == '=' || (octet & 0x80) != 0 || (line_end && style->line_ends) ||
                      (!line_end && chance(random, style->escape_one_of));
    if (!escape)
        g_string_append_c(out, octet);
    else
        g_string_append_printf(out, style->lower_case ? "=%02x" : "=%02X", (guchar)octet);
    gboolean inside_line_end = octet == '\r' && !style->line_ends;
    gboolean after_line = octet == '\n' && style->line_ends && !chance(random, 4);
    if (after_line || (!inside_line_end && chance(random, style->soft_break_one_of)))
        g_string_append(out, style->soft_break);
}

static GString *encode_quoted(GRand *random, const GString *text)
{
    static const char *const soft_breaks[] = {"=\r\n", "=\n"};
    QuotedStyle style = {
        .escape_one_of = g_rand_int_range(random, 1, 12),
        .soft_break_one_of = g_rand_int_range(random, 2, 30),
        .line_ends = chance(random, 2),
        .lower_case = chance(random, 3),
        .soft_break = pick(random, soft_breaks, G_N_ELEMENTS(soft_breaks)),
    };
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < text->len; i++)
        encode_quoted_octet(random, &style, text->str[i], out);
    return out;
}

/* Lines of one length, or broken anywhere. */
static GString *encode_base64(GRand *random, const GString *text)
{
    g_autofree char *plain = g_base64_encode((const guchar *)text->str, text->len);
    const char *ending = pick(random, line_ends, G_N_ELEMENTS(line_ends));
    gsize length = (gsize)g_rand_int_range(random, 1, 80);
    gboolean ragged = chance(random, 3);
    GString *out = g_string_new(chance(random, 6) ? ending : NULL);
    gsize column = 0;
    for (const char *c = plain; *c != '\0'; c++) {
        if (column == length || (ragged && chance(random, 9))) {
            g_string_append(out, ending);
            column = 0;
        }
        g_string_append_c(out, *c);
        column++;
    }
    for (gint n = g_rand_int_range(random, 0, 3); n > 0; n--)
        g_string_append(out, ending);
    return out;
}

static const EncodingCase encodings[] = {
    {"identity", TRANSFER_IDENTITY, encode_identity},
    {"quoted-printable", TRANSFER_QUOTED_PRINTABLE, encode_quoted},
    {"base64", TRANSFER_BASE64, encode_base64},
};

/* ---- edits ---- */

/* What comes: ASCII, as rules write it. */
static Octets random_value(GRand *random, gsize size, GStringChunk *strings)
{
    g_autofree char *value = g_malloc(size + 1);
    for (gsize i = 0; i < size; i++)
        value[i] = "0123456789TZ:XABC-"[g_rand_int_range(random, 0, 18)];
    value[size] = '\0';
    return (Octets){g_string_chunk_insert_len(strings, value, (gssize)size), size};
}

/* A line in front of the one that starts at `offset`. */
static Edit line_edit(GRand *random, Octets text, gsize offset, GStringChunk *strings)
{
    Octets value = random_value(random, (gsize)g_rand_int_range(random, 1, 60), strings);
    g_autofree char *ending =
        octets_dup(octets_slice(text, octets_line_ending(text, offset), offset));
    g_autofree char *line = g_strconcat(value.data, ending, NULL);
    return (Edit){.offset = offset, .text = octets_of(g_string_chunk_insert(strings, line))};
}

/* An edit at or after `from`: a line that comes in, a line that goes, or a range that is replaced
 * by text of the same or another length. */
static Edit random_edit(GRand *random, Octets text, gsize from, GStringChunk *strings)
{
    gsize start = (gsize)g_rand_int_range(random, (gint32)from, (gint32)text.size + 1);
    gsize line = octets_next_line(text, start);
    gboolean at_line = line > 0 && text.data[line - 1] == '\n';
    if (at_line && chance(random, 3))
        return line_edit(random, text, line, strings);
    if (at_line && chance(random, 3))
        return (Edit){.offset = line, .length = octets_next_line(text, line) - line};
    gsize wanted = (gsize)g_rand_int_range(random, 0, 20);
    gsize length = MIN(text.size - start, wanted);
    gsize size = chance(random, 2) ? length : (gsize)g_rand_int_range(random, 0, 25);
    return (Edit){.offset = start, .length = length, .text = random_value(random, size, strings)};
}

static GArray *random_edits(GRand *random, Octets text, GStringChunk *strings)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    gsize from = 0;
    for (gint n = g_rand_int_range(random, 1, 5); n > 0; n--) {
        Edit edit = random_edit(random, text, from, strings);
        from = edit.offset + edit.length;
        g_array_append_val(edits, edit);
    }
    return edits;
}

/* ---- the property ---- */

static Part content_part(TransferEncoding encoding, gsize message_size)
{
    return (Part){
        .encoding = encoding,
        .content = strlen(HEAD),
        .content_end = message_size - strlen(TAIL),
    };
}

/* The message with the edits placed in it; NULL where they do not fit its content. */
static GString *place(const Message *message, const Transfer *transfer, const GArray *edits)
{
    g_autoptr(GStringChunk) strings = g_string_chunk_new(256);
    g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(Edit));
    transfer_place_edits(transfer, edits, strings, out);
    if (!splice_is_valid(out, message->octets.size - strlen(TAIL)) ||
        (out->len > 0 && g_array_index(out, Edit, 0).offset < transfer->content))
        return NULL;
    return splice_to_string(message->octets, out);
}

static gboolean decodes_to(const GString *mail, TransferEncoding encoding, const GString *wanted)
{
    g_auto(Message) message;
    message_init(&message, (Octets){mail->str, mail->len});
    Part part = content_part(encoding, mail->len);
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part, part.encoding);
    return transfer.faithful && transfer.decoded.size == wanted->len &&
           (wanted->len == 0 || memcmp(transfer.decoded.data, wanted->str, wanted->len) == 0);
}

static void check_round(guint round, GRand *random, const EncodingCase *row)
{
    g_autoptr(GString) text = random_text(random);
    g_autoptr(GString) encoded = row->encode(random, text);
    g_autoptr(GString) mail = g_string_new(HEAD);
    g_string_append_len(mail, encoded->str, (gssize)encoded->len);
    g_string_append(mail, TAIL);
    g_auto(Message) message;
    message_init(&message, (Octets){mail->str, mail->len});
    Part part = content_part(row->encoding, mail->len);
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part, part.encoding);
    if (!decodes_to(mail, row->encoding, text))
        g_error("round %u is not encoded right", round);

    g_autoptr(GStringChunk) strings = g_string_chunk_new(256);
    g_autoptr(GArray) edits = random_edits(random, transfer.decoded, strings);
    g_autoptr(GString) wanted = splice_to_string(transfer.decoded, edits);
    g_autoptr(GString) placed = place(&message, &transfer, edits);
    if (placed != NULL && decodes_to(placed, row->encoding, wanted))
        return;
    g_autofree char *before = g_strescape(encoded->str, NULL);
    g_autofree char *after = placed == NULL ? NULL : g_strescape(placed->str, NULL);
    g_test_message("round %u: %s\nbecomes %s", round, before,
                   after == NULL ? "(edits that overlap)" : after);
    g_test_fail();
}

static void test_encoding(gconstpointer data)
{
    for (guint round = 0; round < ROUNDS && !g_test_failed(); round++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(round);
        check_round(round, random, data);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    parts_init();
    for (gsize i = 0; i < G_N_ELEMENTS(encodings); i++) {
        g_autofree char *path = g_strconcat("/transfer-random/", encodings[i].name, NULL);
        g_test_add_data_func(path, &encodings[i], test_encoding);
    }
    return g_test_run();
}
