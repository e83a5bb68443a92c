/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/transfer.h"
#include "common/mail/base64_reading.h"
#include "common/mail/quoted_reading.h"
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

/* Edits on the encoded octets. */
static void place_edits(const Transfer *transfer, const GArray *edits, gboolean breaks_lines,
                        GStringChunk *strings, GArray *out)
{
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
                           breaks_lines, strings, out);
        break;
    case TRANSFER_UNKNOWN:
        break;
    }
}

void transfer_place_edits(const Transfer *transfer, const GArray *edits, GStringChunk *strings,
                          GArray *out)
{
    guint from = out->len;
    place_edits(transfer, edits, FALSE, strings, out);
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
    g_autoptr(GStringChunk) strings = g_string_chunk_new(1024);
    g_autoptr(GArray) placed = g_array_new(FALSE, FALSE, sizeof(Edit));
    if (quoted_escapes_line_ends(transfer->encoded, placed))
        return TRUE;
    if (edits == NULL || edits->len == 0)
        return FALSE;
    place_edits(transfer, edits, FALSE, strings, placed);
    return quoted_escapes_line_ends(transfer->encoded, placed);
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

static gboolean decodes_to(const Transfer *transfer, const GArray *placed, Octets text)
{
    switch (transfer->encoding) {
    case TRANSFER_QUOTED_PRINTABLE:
        return quoted_decodes_to(transfer->encoded, placed, text);
    case TRANSFER_BASE64:
        return base64_decodes_to(transfer->encoded, placed, text);
    case TRANSFER_IDENTITY:
    case TRANSFER_UNKNOWN:
        break;
    }
    return TRUE;
}

gboolean transfer_write_back(const Transfer *transfer, const GArray *edits, Octets text,
                             gboolean breaks_lines, GStringChunk *strings, GArray *out)
{
    guint from = out->len;
    place_edits(transfer, edits, breaks_lines, strings, out);
    if (out->len == from) /* a new array has no data to point into */
        return TRUE;
    const GArray placed = {.data = (gchar *)&g_array_index(out, Edit, from),
                           .len = out->len - from};
    if (!decodes_to(transfer, &placed, text)) {
        g_array_set_size(out, from);
        return FALSE;
    }
    shift_edits(out, from, transfer->content);
    return TRUE;
}
