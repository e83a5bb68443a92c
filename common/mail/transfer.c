/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/transfer.h"
#include "common/mail/transfer_base64.h"
#include "common/mail/transfer_quoted.h"
#include "common/mail/uuencode.h"

#include <gmime/gmime.h>

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

void transfer_init(Transfer *transfer, const Message *message, const Part *part)
{
    Octets encoded = part_content(message, part);
    *transfer = (Transfer){
        .encoding = part->encoding,
        .content = part->content,
        .encoded = encoded,
        .line_ending = find_line_ending(message, part->content),
        .decoded = encoded,
    };
    switch (part->encoding) {
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
        quoted_place_edits(transfer->encoded, transfer->decoded, edits, strings, out);
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
