/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/transfer_quoted.h"

#include <string.h>

/* A place in the encoded octets, and how many decoded octets stand before it. */
typedef struct {
    gsize encoded;
    gsize decoded;
} Cursor;

/* The size of the soft line break at `at`, or 0. */
static gsize soft_break_size(Octets encoded, gsize at)
{
    if (at >= encoded.size || encoded.data[at] != '=')
        return 0;
    gsize end = at + 1;
    while (end < encoded.size && octet_is_blank(encoded.data[end]))
        end++;
    if (end == encoded.size)
        return end - at;
    if (encoded.data[end] == '\r' && end + 1 < encoded.size)
        end++;
    return encoded.data[end] == '\n' ? end + 1 - at : 0;
}

static gboolean is_escape(Octets encoded, gsize at)
{
    return at + 2 < encoded.size && encoded.data[at] == '=' &&
           g_ascii_isxdigit(encoded.data[at + 1]) && g_ascii_isxdigit(encoded.data[at + 2]);
}

static gsize skip_soft_breaks(Octets encoded, gsize at)
{
    for (gsize size; (size = soft_break_size(encoded, at)) > 0;)
        at += size;
    return at;
}

/* One past the encoded form of the octet that starts at `at`. */
static gsize octet_end(Octets encoded, gsize at)
{
    return at + (is_escape(encoded, at) ? 3 : 1);
}

static char read_octet(Octets encoded, gsize at)
{
    if (!is_escape(encoded, at))
        return encoded.data[at];
    return (char)(g_ascii_xdigit_value(encoded.data[at + 1]) * 16 +
                  g_ascii_xdigit_value(encoded.data[at + 2]));
}

gsize quoted_decode(Octets encoded, char *decoded, gboolean *strict)
{
    gsize size = 0;
    *strict = TRUE;
    for (gsize at = skip_soft_breaks(encoded, 0); at < encoded.size;
         at = skip_soft_breaks(encoded, octet_end(encoded, at))) {
        if (encoded.data[at] == '=' && !is_escape(encoded, at))
            *strict = FALSE;
        decoded[size++] = read_octet(encoded, at);
    }
    return size;
}

/* Moves forward to one past the encoded form of decoded octet `decoded` - 1: before the soft breaks
 * that may follow it. */
static void cursor_pass(Cursor *cursor, Octets encoded, gsize decoded)
{
    while (cursor->decoded < decoded) {
        cursor->encoded = octet_end(encoded, skip_soft_breaks(encoded, cursor->encoded));
        cursor->decoded++;
    }
}

/* Moves forward to the encoded form of decoded octet `decoded` itself: after those soft breaks. */
static void cursor_reach(Cursor *cursor, Octets encoded, gsize decoded)
{
    cursor_pass(cursor, encoded, decoded);
    cursor->encoded = skip_soft_breaks(encoded, cursor->encoded);
}

/* The end of the edit of decoded octets up to `end`. A line ending that is written as an escape
 * takes its soft break along. */
static Cursor find_end(Cursor start, Octets encoded, Octets decoded, gsize end)
{
    cursor_pass(&start, encoded, end);
    gboolean escaped_line_ending =
        end > 0 && decoded.data[end - 1] == '\n' && encoded.data[start.encoded - 1] != '\n';
    if (escaped_line_ending)
        start.encoded += soft_break_size(encoded, start.encoded);
    return start;
}

/* The text of a line that comes in at the start of a line, its ending written as that of the line
 * before, whose decoded ending is at [ending, offset). */
static Octets encode_line(Octets text, Cursor cursor, Octets encoded, Octets decoded, gsize ending,
                          gsize offset, GStringChunk *strings)
{
    cursor_reach(&cursor, encoded, ending);
    Cursor end = find_end(cursor, encoded, decoded, offset);
    g_autoptr(GString) line = g_string_new_len(text.data, (gssize)(text.size - (offset - ending)));
    g_string_append_len(line, encoded.data + cursor.encoded,
                        (gssize)(end.encoded - cursor.encoded));
    return (Octets){g_string_chunk_insert_len(strings, line->str, (gssize)line->len), line->len};
}

static gboolean is_line(const Edit *edit, Octets decoded)
{
    return edit->text.size > 0 && edit->text.data[edit->text.size - 1] == '\n' &&
           edit->offset > 0 && decoded.data[edit->offset - 1] == '\n';
}

/* Text holds no NUL, and the rules leave what does; a TNEF stream always holds some. */
static gboolean is_binary(Octets decoded)
{
    return decoded.size > 0 && memchr(decoded.data, '\0', decoded.size) != NULL;
}

/* One octet of binary data: only letters and digits are sure to pass as they are. */
static Octets encode_octet(char octet, GStringChunk *strings)
{
    char text[] = {octet, '\0', '\0', '\0'};
    if (!g_ascii_isalnum(octet))
        g_snprintf(text, sizeof text, "=%02X", (guint)(guchar)octet);
    return octets_of(g_string_chunk_insert_const(strings, text));
}

/* Octet for octet, so that the soft line breaks between them stay. */
static void place_binary_edits(Octets encoded, Octets decoded, const GArray *edits,
                               GStringChunk *strings, GArray *out)
{
    Cursor cursor = {0, 0};
    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        g_assert(edit->length == edit->text.size);
        for (gsize k = 0; k < edit->length; k++) {
            if (edit->text.data[k] == decoded.data[edit->offset + k])
                continue;
            cursor_reach(&cursor, encoded, edit->offset + k);
            Edit placed = {
                .offset = cursor.encoded,
                .length = octet_end(encoded, cursor.encoded) - cursor.encoded,
                .text = encode_octet(edit->text.data[k], strings),
            };
            g_array_append_val(out, placed);
        }
    }
}

static void place_text_edits(Octets encoded, Octets decoded, const GArray *edits,
                             GStringChunk *strings, GArray *out)
{
    Cursor cursor = {0, 0};
    Cursor line = {0, 0}; /* apart: the line before may have gone in an edit */
    for (guint i = 0; i < edits->len; i++) {
        Edit edit = g_array_index(edits, Edit, i);
        if (is_line(&edit, decoded)) {
            gsize ending = octets_line_ending(decoded, edit.offset);
            cursor_pass(&line, encoded, ending);
            edit.text =
                encode_line(edit.text, line, encoded, decoded, ending, edit.offset, strings);
        }
        Cursor start = cursor;
        cursor_reach(&start, encoded, edit.offset);
        Edit placed = {.offset = start.encoded, .text = edit.text};
        if (edit.length > 0) {
            cursor = find_end(start, encoded, decoded, edit.offset + edit.length);
            placed.length = cursor.encoded - start.encoded;
        }
        g_array_append_val(out, placed);
    }
}

void quoted_place_edits(Octets encoded, Octets decoded, const GArray *edits, GStringChunk *strings,
                        GArray *out)
{
    if (is_binary(decoded))
        place_binary_edits(encoded, decoded, edits, strings, out);
    else
        place_text_edits(encoded, decoded, edits, strings, out);
}
