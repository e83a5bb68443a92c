/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/base64_reading.h"

#include <gmime/gmime.h>
#include <string.h>

/* What is decoded at once. */
#define SLICE_OCTETS ((gsize)3 * 1024)

static gboolean is_alphabet(char octet)
{
    return g_ascii_isalnum(octet) || octet == '+' || octet == '/';
}

/* What was seen of octets that come in pieces. */
typedef struct {
    gsize characters; /* padding included */
    gsize padding;
    gboolean foreign; /* neither the alphabet, nor a line end, nor padding at the end */
} Count;

static void count_octets(Count *count, Octets piece)
{
    for (gsize i = 0; i < piece.size; i++) {
        char octet = piece.data[i];
        if (octet_is_line_end(octet))
            continue;
        if (octet == '=')
            count->padding++;
        else if (!is_alphabet(octet) || count->padding > 0)
            count->foreign = TRUE;
        count->characters++;
    }
}

/* TRUE when all that was counted is whole quanta, which decode to `decoded_size` octets. */
static gboolean is_whole(const Count *count, gsize decoded_size)
{
    return !count->foreign && count->padding <= 2 && count->characters % 4 == 0 &&
           decoded_size == count->characters / 4 * 3 - count->padding;
}

gboolean base64_is_strict(Octets encoded, gsize decoded_size)
{
    Count count = {0};
    count_octets(&count, encoded);
    return is_whole(&count, decoded_size);
}

gboolean base64_has_long_line(Octets encoded)
{
    for (gsize at = 0; at < encoded.size;) {
        gsize next = octets_next_line(encoded, at);
        if (octets_line_ending(encoded, next) - at > BASE64_LONGEST_LINE)
            return TRUE;
        at = next;
    }
    return FALSE;
}

/* ---- what leaves ---- */

/* Encoded octets that are held to what they should decode to. */
typedef struct {
    GMimeEncoding decoder;
    Count count;
    Octets text;
    gsize done; /* octets of `text` that were decoded */
} Check;

static gboolean check_piece(Octets piece, gpointer data)
{
    Check *check = data;
    char decoded[SLICE_OCTETS + 4];
    while (piece.size > 0) {
        Octets slice = octets_slice(piece, 0, MIN(piece.size, SLICE_OCTETS));
        gsize size = g_mime_encoding_step(&check->decoder, slice.data, slice.size, decoded);
        if (size > check->text.size - check->done ||
            (size > 0 && memcmp(decoded, check->text.data + check->done, size) != 0))
            return FALSE;
        count_octets(&check->count, slice);
        check->done += size;
        piece = octets_slice(piece, slice.size, piece.size);
    }
    return TRUE;
}

gboolean base64_decodes_to(Octets encoded, const GArray *edits, Octets text)
{
    Check check = {.text = text};
    g_mime_encoding_init_decode(&check.decoder, GMIME_CONTENT_ENCODING_BASE64);
    return splice_apply(encoded, edits, check_piece, &check) && check.done == text.size &&
           is_whole(&check.count, text.size);
}
