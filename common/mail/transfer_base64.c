/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/transfer_base64.h"

/* A place in the encoded octets, and how many characters of the alphabet stand before it. */
typedef struct {
    gsize encoded;
    gsize characters;
} Cursor;

/* How the part breaks its lines. */
typedef struct {
    gsize length; /* characters on the first line */
    Octets ending;
} LineForm;

static gboolean is_alphabet(char octet)
{
    return g_ascii_isalnum(octet) || octet == '+' || octet == '/';
}

gboolean base64_is_strict(Octets encoded, gsize decoded_size)
{
    gsize characters = 0;
    gsize padding = 0;
    for (gsize i = 0; i < encoded.size; i++) {
        char octet = encoded.data[i];
        if (octet_is_line_end(octet))
            continue;
        if (octet == '=')
            padding++;
        else if (!is_alphabet(octet) || padding > 0)
            return FALSE;
        characters++;
    }
    return padding <= 2 && characters % 4 == 0 && decoded_size == characters / 4 * 3 - padding;
}

static gsize skip_line_ends(Octets encoded, gsize at)
{
    while (at < encoded.size && octet_is_line_end(encoded.data[at]))
        at++;
    return at;
}

/* Moves forward to one past character `characters` - 1, before a line end that may follow it. */
static void cursor_pass(Cursor *cursor, Octets encoded, gsize characters)
{
    while (cursor->characters < characters) {
        cursor->encoded = skip_line_ends(encoded, cursor->encoded) + 1;
        cursor->characters++;
    }
}

/* Moves forward to the first character of a quantum; its place when the data ends before it. */
static void cursor_reach(Cursor *cursor, Octets encoded, gsize quantum)
{
    cursor_pass(cursor, encoded, quantum * 4);
    gsize at = skip_line_ends(encoded, cursor->encoded);
    if (at < encoded.size)
        cursor->encoded = at;
}

static LineForm find_line_form(Octets encoded, Octets fallback_ending)
{
    gsize start = skip_line_ends(encoded, 0);
    gsize next = octets_next_line(encoded, start);
    gsize end = octets_line_ending(encoded, next);
    LineForm form = {.length = end - start, .ending = octets_slice(encoded, end, next)};
    if (form.ending.size == 0)
        form.ending = fallback_ending;
    return form;
}

/* How many characters stand on the line of `at` before it. */
static gsize find_column(Octets encoded, gsize at)
{
    gsize start = at;
    while (start > 0 && !octet_is_line_end(encoded.data[start - 1]))
        start--;
    return at - start;
}

/* The octets of quanta [first, last], with the edits that touch them applied. */
static char *encode_range(Octets decoded, gsize start, gsize end, const Edit *edits, guint count)
{
    g_autoptr(GArray) local = g_array_sized_new(FALSE, FALSE, sizeof(Edit), count);
    for (guint i = 0; i < count; i++) {
        Edit edit = edits[i];
        edit.offset -= start;
        g_array_append_val(local, edit);
    }
    g_autoptr(GString) range = splice_to_string(octets_slice(decoded, start, end), local);
    return g_base64_encode((const guchar *)range->str, range->len);
}

static void append_edit(GArray *out, gsize offset, gsize end, const GString *text,
                        GStringChunk *strings)
{
    Edit edit = {
        .offset = offset,
        .length = end - offset,
        .text = {g_string_chunk_insert_len(strings, text->str, (gssize)text->len), text->len},
    };
    g_array_append_val(out, edit);
}

/* Overwrites whole quanta from the cursor on, between the line ends that stand there. */
static void place_in_place(Cursor *cursor, Octets encoded, const char *characters,
                           GStringChunk *strings, GArray *out)
{
    gsize offset = cursor->encoded;
    g_autoptr(GString) text = g_string_new(NULL);
    gsize at = offset;
    for (const char *c = characters; *c != '\0'; c++) {
        for (; octet_is_line_end(encoded.data[at]); at++)
            g_string_append_c(text, encoded.data[at]);
        g_string_append_c(text, *c);
        at++;
        cursor->characters++;
    }
    cursor->encoded = at;
    append_edit(out, offset, at, text, strings);
}

/* Where the line ending before `at` begins; `at` where there is none. */
static gsize before_line_end(Octets encoded, gsize at)
{
    return at > 0 && encoded.data[at - 1] == '\n' ? octets_line_ending(encoded, at) : at;
}

/* Writes the rest of the data from the cursor on. Where there is none, the line that it would begin
 * goes with it. */
static void place_tail(const Cursor *cursor, Octets encoded, LineForm form, const char *characters,
                       GStringChunk *strings, GArray *out)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gsize column = find_column(encoded, cursor->encoded);
    gsize start = *characters == '\0' ? before_line_end(encoded, cursor->encoded) : cursor->encoded;
    for (const char *c = characters; *c != '\0'; c++) {
        if (column >= form.length) {
            g_string_append_len(text, form.ending.data, (gssize)form.ending.size);
            column = 0;
        }
        g_string_append_c(text, *c);
        column++;
    }
    gsize end = encoded.size;
    while (end > cursor->encoded && octet_is_line_end(encoded.data[end - 1]))
        end--;
    append_edit(out, start, end, text, strings);
}

/* How many edits from `first` on keep their length and share quanta, one with the next, with no
 * edit of another length among these quanta. `end` becomes one past the decoded octets of the
 * quanta. */
static guint group_in_place(const GArray *edits, guint first, gsize decoded_size, gsize *end)
{
    guint i = first;
    gsize quanta_end =
        0; /* in whole quanta, so that what is added at the end shares the last one */
    for (; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        if (i > first && edit->offset >= quanta_end)
            break;
        if (edit->length != edit->text.size)
            return 0;
        quanta_end = (edit->offset + edit->length + 2) / 3 * 3;
    }
    *end = MIN(decoded_size, quanta_end);
    return i - first;
}

void base64_place_edits(Octets encoded, Octets decoded, Octets line_ending, const GArray *edits,
                        GStringChunk *strings, GArray *out)
{
    Cursor cursor = {0, 0};
    for (guint i = 0; i < edits->len;) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        gsize quantum = edit->offset / 3;
        gsize end;
        guint count = group_in_place(edits, i, decoded.size, &end);
        cursor_reach(&cursor, encoded, quantum);
        if (count == 0) {
            g_autofree char *tail =
                encode_range(decoded, quantum * 3, decoded.size, edit, edits->len - i);
            place_tail(&cursor, encoded, find_line_form(encoded, line_ending), tail, strings, out);
            return;
        }
        g_autofree char *range = encode_range(decoded, quantum * 3, end, edit, count);
        place_in_place(&cursor, encoded, range, strings, out);
        i += count;
    }
}

/* ---- long lines ---- */

#define LONGEST_LINE ((gsize)990)
#define LINE_OCTETS  ((gsize)76)

gboolean base64_has_long_line(Octets encoded)
{
    for (gsize at = 0; at < encoded.size;) {
        gsize next = octets_next_line(encoded, at);
        if (octets_line_ending(encoded, next) - at > LONGEST_LINE)
            return TRUE;
        at = next;
    }
    return FALSE;
}

GArray *base64_break_lines(Octets encoded, Octets original, Octets fallback, GStringChunk *strings)
{
    GArray *breaks = g_array_new(FALSE, FALSE, sizeof(Edit));
    gsize first = octets_next_line(original, 0);
    gsize ending = octets_line_ending(original, first);
    Octets text = ending < first ? octets_slice(original, ending, first) : fallback;
    text.data = g_string_chunk_insert_len(strings, text.data, (gssize)text.size);
    for (gsize at = 0; at < encoded.size;) {
        gsize next = octets_next_line(encoded, at);
        gsize end = octets_line_ending(encoded, next);
        for (gsize cut = at + LINE_OCTETS; end - at > LONGEST_LINE && cut < end;
             cut += LINE_OCTETS) {
            Edit edit = {.offset = cut, .text = text};
            g_array_append_val(breaks, edit);
        }
        at = next;
    }
    return breaks;
}
