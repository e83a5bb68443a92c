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

/* How many octets from `at` on, `most` at most, stand for themselves: those before an =. */
static gsize plain_size(Octets encoded, gsize at, gsize most)
{
    Octets near = octets_slice(encoded, at, at + MIN(most, encoded.size - at));
    return octets_find(near, 0, '=');
}

gsize quoted_decode(Octets encoded, char *decoded, gboolean *strict)
{
    gsize size = 0;
    *strict = TRUE;
    for (gsize at = skip_soft_breaks(encoded, 0); at < encoded.size;
         at = skip_soft_breaks(encoded, at)) {
        gsize plain = plain_size(encoded, at, encoded.size);
        if (plain > 0) {
            memcpy(decoded + size, encoded.data + at, plain);
            size += plain;
            at += plain;
            continue;
        }
        *strict = *strict && is_escape(encoded, at);
        decoded[size++] = read_octet(encoded, at);
        at = octet_end(encoded, at);
    }
    return size;
}

/* Moves forward to one past the encoded form of decoded octet `decoded` - 1: before the soft breaks
 * that may follow it. */
static void cursor_pass(Cursor *cursor, Octets encoded, gsize decoded)
{
    while (cursor->decoded < decoded) {
        gsize start = skip_soft_breaks(encoded, cursor->encoded);
        gsize plain = plain_size(encoded, start, decoded - cursor->decoded);
        cursor->encoded = plain > 0 ? start + plain : octet_end(encoded, start);
        cursor->decoded += MAX(plain, 1);
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

/* How a line ending is written. */
typedef struct {
    gboolean escaped;
    Octets decoded;    /* CR LF or LF */
    Octets encoded;    /* the same as it stands there */
    Octets soft_break; /* behind it, where it is escaped */
} EndingForm;

/* The places in hand while text edits are placed, each moving forward. */
typedef struct {
    Octets encoded;
    Octets decoded;
    Octets line_ending; /* of the message */
    GStringChunk *strings;
    Cursor cursor;
    Cursor endings; /* apart: the line before may have gone in an edit */
    EndingForm form;
    gsize form_of;   /* one past the line ending of `form`; 0: none yet */
    gsize free_from; /* one past the edit that was placed last */
} Placing;

/* `=` and the first line end of the part, else that of the message. */
static Octets plain_soft_break(const Placing *placing)
{
    Octets encoded = placing->encoded;
    gsize next = octets_next_line(encoded, 0);
    gsize ending = octets_line_ending(encoded, next);
    Octets end = ending < next ? octets_slice(encoded, ending, next) : placing->line_ending;
    g_autofree char *text = g_strdup_printf("=%.*s", (int)end.size, end.data);
    return octets_of(g_string_chunk_insert_const(placing->strings, text));
}

/* The form of the decoded line ending that ends at `next`. */
static EndingForm read_form(Placing *placing, gsize next)
{
    Octets encoded = placing->encoded;
    Octets decoded = placing->decoded;
    Cursor *cursor = &placing->endings;
    gsize ending = octets_line_ending(decoded, next);
    cursor_reach(cursor, encoded, ending);
    gsize start = cursor->encoded;
    cursor_pass(cursor, encoded, next);
    EndingForm form = {
        .escaped = encoded.data[cursor->encoded - 1] != '\n',
        .decoded = octets_slice(decoded, ending, next),
        .encoded = octets_slice(encoded, start, cursor->encoded),
    };
    gsize soft = soft_break_size(encoded, cursor->encoded);
    gboolean is_break = soft > 0 && encoded.data[cursor->encoded + soft - 1] == '\n';
    if (form.escaped)
        form.soft_break = is_break ? octets_slice(encoded, cursor->encoded, cursor->encoded + soft)
                                   : plain_soft_break(placing);
    return form;
}

/* One past the last LF before `offset` of the decoded octets, else past the first behind it; 0
 * where there is none. */
static gsize find_line_ending(Octets decoded, gsize offset)
{
    gsize start = octets_line_start(decoded, offset);
    if (start > 0)
        return start;
    gsize next = octets_next_line(decoded, offset);
    return next > 0 && decoded.data[next - 1] == '\n' ? next : 0;
}

static void append_octet(GString *out, char octet)
{
    if (octet >= ' ' && octet < 0x7f && octet != '=')
        g_string_append_c(out, octet);
    else
        g_string_append_printf(out, "=%02X", (guint)(guchar)octet);
}

static void append_ending(GString *out, Octets ending, const EndingForm *form)
{
    gboolean same = ending.size == form->decoded.size;
    if (same)
        g_string_append_len(out, form->encoded.data, (gssize)form->encoded.size);
    else if (form->escaped)
        g_string_append(out, ending.size == 1 ? "=0A" : "=0D=0A");
    else
        g_string_append_len(out, ending.data, (gssize)ending.size);
    g_string_append_len(out, form->soft_break.data, (gssize)form->soft_break.size);
}

/* The text with its line endings in that form. */
static GString *encode_text(Octets text, const EndingForm *form)
{
    GString *out = g_string_new(NULL);
    for (gsize at = 0; at < text.size;) {
        gsize next = octets_next_line(text, at);
        gsize ending = octets_line_ending(text, next);
        for (; at < ending; at++)
            append_octet(out, text.data[at]);
        if (ending < next)
            append_ending(out, octets_slice(text, ending, next), form);
        at = next;
    }
    return out;
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

static const EndingForm *form_at(Placing *placing, gsize offset)
{
    gsize next = find_line_ending(placing->decoded, offset);
    if (next > 0 && next != placing->form_of)
        placing->form = read_form(placing, next);
    if (next == 0)
        placing->form = (EndingForm){.escaped = TRUE, .soft_break = plain_soft_break(placing)};
    placing->form_of = next;
    return &placing->form;
}

static gboolean has_line_end(Octets text)
{
    return text.size > 0 && memchr(text.data, '\n', text.size) != NULL;
}

/* The text as it is written in the place of [offset, end). No soft break ends the part. */
static Octets write_text(Placing *placing, const Edit *edit)
{
    EndingForm none = {0};
    const EndingForm *form = has_line_end(edit->text) ? form_at(placing, edit->offset) : &none;
    g_autoptr(GString) out = encode_text(edit->text, form);
    gboolean is_last = edit->offset + edit->length == placing->decoded.size;
    if (is_last && out->len > 0 && edit->text.data[edit->text.size - 1] == '\n')
        g_string_truncate(out, out->len - form->soft_break.size);
    return (Octets){g_string_chunk_insert_len(placing->strings, out->str, (gssize)out->len),
                    out->len};
}

/* Where a soft break that ends before `at` begins, or `at`. */
static gsize before_soft_break(Octets encoded, gsize at)
{
    gsize start = at;
    while (start > 0 && encoded.data[start - 1] != '=' &&
           (octet_is_blank(encoded.data[start - 1]) || octet_is_line_end(encoded.data[start - 1])))
        start--;
    gboolean is_break = start > 0 && encoded.data[start - 1] == '=' &&
                        start - 1 + soft_break_size(encoded, start - 1) == at;
    return is_break ? start - 1 : at;
}

static Edit place_text_edit(Placing *placing, const Edit *edit)
{
    Cursor *cursor = &placing->cursor;
    cursor_reach(cursor, placing->encoded, edit->offset);
    Edit placed = {.offset = cursor->encoded, .text = write_text(placing, edit)};
    if (edit->length == 0) {
        placing->free_from = placed.offset;
        return placed;
    }
    *cursor = find_end(*cursor, placing->encoded, placing->decoded, edit->offset + edit->length);
    gsize end = cursor->encoded;
    if (edit->text.size == 0 && edit->offset + edit->length == placing->decoded.size)
        placed.offset = MAX(placing->free_from, before_soft_break(placing->encoded, placed.offset));
    placed.length = end - placed.offset;
    placing->free_from = end;
    return placed;
}

static void place_text_edits(Placing *placing, const GArray *edits, GArray *out)
{
    for (guint i = 0; i < edits->len; i++) {
        Edit placed = place_text_edit(placing, &g_array_index(edits, Edit, i));
        g_array_append_val(out, placed);
    }
}

void quoted_place_edits(Octets encoded, Octets decoded, Octets line_ending, const GArray *edits,
                        GStringChunk *strings, GArray *out)
{
    Placing placing = {
        .encoded = encoded,
        .decoded = decoded,
        .line_ending = line_ending,
        .strings = strings,
    };
    if (is_binary(decoded))
        place_binary_edits(encoded, decoded, edits, strings, out);
    else
        place_text_edits(&placing, edits, out);
}

gboolean quoted_ends_in_soft_break(Octets encoded)
{
    return before_soft_break(encoded, encoded.size) < encoded.size ||
           (encoded.size > 0 && encoded.data[encoded.size - 1] == '=');
}
