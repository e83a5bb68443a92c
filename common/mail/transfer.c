/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/transfer.h"
#include "common/mail/transfer_base64.h"
#include "common/mail/transfer_quoted.h"
#include "common/mail/uuencode.h"

#include <gmime/gmime.h>
#include <string.h>

static Octets find_line_ending(const Message *message, gsize content)
{
    gsize ending = octets_line_ending(message->octets, content);
    if (ending == content)
        return octets_of("\r\n");
    return octets_slice(message->octets, ending, content);
}

static void decode_quoted(Transfer *transfer)
{
    transfer->buffer = g_malloc(transfer->encoded.size + 1);
    transfer->decoded.data = transfer->buffer;
    transfer->decoded.size =
        quoted_decode(transfer->encoded, transfer->buffer, &transfer->faithful);
}

static void decode_base64(Transfer *transfer)
{
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, GMIME_CONTENT_ENCODING_BASE64);
    transfer->buffer = g_malloc(g_mime_encoding_outlen(&state, transfer->encoded.size) + 1);
    transfer->decoded.data = transfer->buffer;
    transfer->decoded.size = g_mime_encoding_flush(&state, transfer->encoded.data,
                                                   transfer->encoded.size, transfer->buffer);
    transfer->faithful = base64_is_strict(transfer->encoded, transfer->decoded.size);
}

/* What is not uuencoded either is taken as it stands. */
static void decode_unknown(Transfer *transfer)
{
    gsize size;
    transfer->buffer = uuencode_decode(transfer->encoded, &size);
    if (transfer->buffer != NULL)
        transfer->decoded = (Octets){transfer->buffer, size};
}

void transfer_init(Transfer *transfer, const Message *message, const Part *part,
                   TransferEncoding encoding)
{
    Octets encoded = part_content(message, part);
    *transfer = (Transfer){
        .encoding = encoding,
        .content = part->content,
        .encoded = encoded,
        .line_ending = find_line_ending(message, part->content),
        .decoded = encoded,
    };
    switch (encoding) {
    case TRANSFER_IDENTITY:
        transfer->faithful = TRUE;
        break;
    case TRANSFER_QUOTED_PRINTABLE:
        decode_quoted(transfer);
        break;
    case TRANSFER_BASE64:
        decode_base64(transfer);
        break;
    case TRANSFER_UNKNOWN:
        decode_unknown(transfer);
        break;
    }
}

void transfer_clear(Transfer *transfer)
{
    g_clear_pointer(&transfer->buffer, g_free);
}

/* Moves what the rooms of the encodings give, positions in the encoded octets, to the message. */
static void shift_edits(GArray *out, guint from, gsize base)
{
    for (guint i = from; i < out->len; i++)
        g_array_index(out, Edit, i).offset += base;
}

void transfer_place_edits(const Transfer *transfer, const GArray *edits, GStringChunk *strings,
                          GArray *out)
{
    g_assert(transfer->faithful);
    guint from = out->len;
    switch (transfer->encoding) {
    case TRANSFER_IDENTITY:
        g_array_append_vals(out, edits->data, edits->len);
        break;
    case TRANSFER_QUOTED_PRINTABLE:
        quoted_place_edits(transfer->encoded, transfer->decoded, transfer->line_ending, edits,
                           strings, out);
        break;
    case TRANSFER_BASE64:
        base64_place_edits(transfer->encoded, transfer->decoded, transfer->line_ending, edits,
                           strings, out);
        break;
    case TRANSFER_UNKNOWN:
        break;
    }
    shift_edits(out, from, transfer->content);
}

gboolean transfer_is_complete(const Transfer *transfer)
{
    return transfer->faithful && (transfer->encoding != TRANSFER_QUOTED_PRINTABLE ||
                                  !quoted_ends_in_soft_break(transfer->encoded));
}

/* An edit never writes the only plain line end: it writes them as its neighbours are. */
static gboolean escapes_line_ends(const Transfer *transfer, const GArray *edits)
{
    if (quoted_escapes_line_ends(transfer->encoded))
        return TRUE;
    if (edits == NULL || edits->len == 0)
        return FALSE;
    g_autoptr(GStringChunk) strings = g_string_chunk_new(1024);
    g_autoptr(GArray) placed = g_array_new(FALSE, FALSE, sizeof(Edit));
    quoted_place_edits(transfer->encoded, transfer->decoded, transfer->line_ending, edits, strings,
                       placed);
    g_autoptr(GString) encoded = splice_to_string(transfer->encoded, placed);
    return quoted_escapes_line_ends((Octets){encoded->str, encoded->len});
}

gboolean transfer_hides_line_ends(const Transfer *transfer, const GArray *edits)
{
    return transfer->encoding == TRANSFER_BASE64 ||
           (transfer->encoding == TRANSFER_QUOTED_PRINTABLE && escapes_line_ends(transfer, edits));
}

gboolean transfer_has_long_line(const Transfer *transfer)
{
    return transfer->encoding == TRANSFER_BASE64 && transfer->faithful &&
           base64_has_long_line(transfer->encoded);
}

/* ---- writing back ---- */

/* The encoded octets with the edits, whose positions are those of the message. Owned by the caller.
 */
static GString *edit_encoded(const Transfer *transfer, const GArray *edits)
{
    g_autoptr(GArray) local = g_array_copy((GArray *)edits);
    for (guint i = 0; i < local->len; i++)
        g_array_index(local, Edit, i).offset -= transfer->content;
    return splice_to_string(transfer->encoded, local);
}

static gboolean decodes_to(TransferEncoding encoding, const GString *encoded, Octets text)
{
    Transfer again = {.encoding = encoding, .encoded = {encoded->str, encoded->len}};
    if (encoding == TRANSFER_BASE64)
        decode_base64(&again);
    else
        decode_quoted(&again);
    gboolean same = again.faithful && again.decoded.size == text.size &&
                    (text.size == 0 || memcmp(again.decoded.data, text.data, text.size) == 0);
    transfer_clear(&again);
    return same;
}

/* The same edits with the lines of their result broken. Owned by the caller. */
static GArray *break_lines(const Transfer *transfer, const GArray *edits, GStringChunk *strings)
{
    g_autoptr(GString) encoded = edit_encoded(transfer, edits);
    Octets between = {encoded->str, encoded->len};
    g_autoptr(GArray) breaks =
        base64_break_lines(between, transfer->encoded, transfer->line_ending, strings);
    g_autoptr(GArray) local = g_array_copy((GArray *)edits);
    for (guint i = 0; i < local->len; i++)
        g_array_index(local, Edit, i).offset -= transfer->content;
    GArray *composed = splice_compose(local, breaks, between, strings);
    shift_edits(composed, 0, transfer->content);
    return composed;
}

gboolean transfer_write_back(const Transfer *transfer, const GArray *edits, Octets text,
                             gboolean breaks_lines, GStringChunk *strings, GArray *out)
{
    g_autoptr(GArray) placed = g_array_new(FALSE, FALSE, sizeof(Edit));
    if (edits->len > 0)
        transfer_place_edits(transfer, edits, strings, placed);
    if (breaks_lines && transfer->encoding == TRANSFER_BASE64) {
        GArray *broken = break_lines(transfer, placed, strings);
        g_array_unref(placed);
        placed = broken;
    }
    if (transfer->encoding != TRANSFER_IDENTITY && placed->len > 0) {
        g_autoptr(GString) encoded = edit_encoded(transfer, placed);
        if (!decodes_to(transfer->encoding, encoded, text))
            return FALSE;
    }
    g_array_append_vals(out, placed->data, placed->len);
    return TRUE;
}
