/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/transfer_base64.h"

#include "common/mail/base64_reading.h"

/* Lines that are too long are broken after every so many octets. */
#define LINE_OCTETS ((gsize)76)

/* What is written or looked at at once. */
#define PIECE_OCTETS ((gsize)48 * 1024)
#define SLICE_OCTETS ((gsize)3 * 1024)

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

/* A line of the encoded octets. */
typedef struct {
    gsize start;
    gsize end; /* where its line ending begins */
    gsize next;
    gboolean is_long; /* it is to be broken */
} Line;

/* The edits on their way through the encoded octets, from the first to the last. */
typedef struct {
    Octets encoded;
    Octets decoded;
    const GArray *edits;
    GStringChunk *strings;
    GArray *out;
    Cursor cursor;
    LineForm form; /* of the lines that are written */
    gboolean breaks_lines;
    Octets break_ending;
    gsize kept; /* encoded octets that are done with */
    Line line;
    gsize cut_line;   /* where the line starts that the tail goes on with */
    gsize cut_length; /* what its length becomes */
} Placing;

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

/* How many characters the line has once `left` more are written, of which so many stand on it. */
static gsize line_length(const LineForm *form, gsize column, gsize left)
{
    return column >= form->length ? column : MIN(form->length, column + left);
}

static void append_edit(Placing *placing, gsize offset, gsize end, const GString *text)
{
    Edit edit = {
        .offset = offset,
        .length = end - offset,
        .text = {g_string_chunk_insert_len(placing->strings, text->str, (gssize)text->len),
                 text->len},
    };
    g_array_append_val(placing->out, edit);
}

/* ---- long lines ---- */

static gboolean is_long(const Placing *placing, gsize length)
{
    return placing->breaks_lines && length > BASE64_LONGEST_LINE;
}

/* Moves forward to the line of `at`. */
static void reach_line(Placing *placing, gsize at)
{
    Line *line = &placing->line;
    while (at >= line->next) {
        line->start = line->next;
        line->next = octets_next_line(placing->encoded, line->start);
        line->end = octets_line_ending(placing->encoded, line->next);
        line->is_long =
            is_long(placing, line->start == placing->cut_line ? placing->cut_length
                                                              : line->end - line->start);
    }
}

/* TRUE when a line end is to come in before the octet at `at`. */
static gboolean is_break_at(Placing *placing, gsize at)
{
    if (!placing->breaks_lines)
        return FALSE;
    reach_line(placing, at);
    gsize column = at - placing->line.start;
    return placing->line.is_long && column > 0 && column % LINE_OCTETS == 0;
}

/* Breaks what stays of the encoded octets up to `to`. */
static void keep(Placing *placing, gsize to)
{
    while (placing->breaks_lines && placing->kept < to) {
        reach_line(placing, placing->kept);
        const Line *line = &placing->line;
        gsize gone = (placing->kept - line->start + LINE_OCTETS - 1) / LINE_OCTETS;
        for (gsize at = line->start + MAX(gone, 1) * LINE_OCTETS;
             line->is_long && at < MIN(to, line->end); at += LINE_OCTETS) {
            Edit edit = {.offset = at, .text = placing->break_ending};
            g_array_append_val(placing->out, edit);
        }
        placing->kept = MIN(to, line->next);
    }
}

/* ---- in place ---- */

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

/* Overwrites whole quanta from the cursor on, between the line ends that stand there. */
static void place_in_place(Placing *placing, const char *characters)
{
    Octets encoded = placing->encoded;
    gsize at = placing->cursor.encoded;
    g_autoptr(GString) text = g_string_new(NULL);
    keep(placing, at);
    for (const char *c = characters; *c != '\0'; c++) {
        for (; octet_is_line_end(encoded.data[at]); at++)
            g_string_append_c(text, encoded.data[at]);
        if (is_break_at(placing, at))
            g_string_append_len(text, placing->break_ending.data,
                                (gssize)placing->break_ending.size);
        g_string_append_c(text, *c);
        at++;
        placing->cursor.characters++;
    }
    append_edit(placing, placing->cursor.encoded, at, text);
    placing->cursor.encoded = at;
    placing->kept = at;
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

static const Edit *edit_at(const Placing *placing, guint number)
{
    return &g_array_index(placing->edits, Edit, number);
}

/* Places the edits that stand before the tail. Gives the first edit of the tail. */
static guint place_groups(Placing *placing)
{
    gsize end;
    guint count;
    guint i = 0;
    for (; i < placing->edits->len; i += count) {
        count = group_in_place(placing->edits, i, placing->decoded.size, &end);
        if (count == 0)
            break;
        gsize quantum = edit_at(placing, i)->offset / 3;
        cursor_reach(&placing->cursor, placing->encoded, quantum);
        g_autofree char *range =
            encode_range(placing->decoded, quantum * 3, end, edit_at(placing, i), count);
        place_in_place(placing, range);
    }
    return i;
}

/* ---- the tail ---- */

/* The rest of the data on its way out. */
typedef struct {
    Placing *placing;
    GString *text;
    gsize start; /* the encoded octets that `text` replaces */
    gsize end;
    gsize column;
    gsize left; /* characters */
    gboolean is_long;
    gint state; /* of GLib's encoder */
    gint save;
} Tail;

static gsize count_characters(const Placing *placing, guint first)
{
    gsize size = placing->decoded.size - edit_at(placing, first)->offset / 3 * 3;
    for (guint i = first; i < placing->edits->len; i++)
        size = size + edit_at(placing, i)->text.size - edit_at(placing, i)->length;
    return (size + 2) / 3 * 4;
}

/* In pieces: memory is to hold the tail once. */
static void flush(Tail *tail)
{
    if (tail->text->len == 0 && tail->start == tail->end)
        return;
    append_edit(tail->placing, tail->start, tail->end, tail->text);
    g_string_truncate(tail->text, 0);
    tail->start = tail->end;
}

static void append_octets(GString *text, Octets octets)
{
    g_string_append_len(text, octets.data, (gssize)octets.size);
}

static void put_character(Tail *tail, char character)
{
    const LineForm *form = &tail->placing->form;
    if (tail->column >= form->length) {
        append_octets(tail->text, form->ending);
        tail->column = 0;
        tail->is_long = is_long(tail->placing, line_length(form, 0, tail->left));
    } else if (tail->is_long && tail->column > 0 && tail->column % LINE_OCTETS == 0) {
        append_octets(tail->text, tail->placing->break_ending);
    }
    g_string_append_c(tail->text, character);
    tail->column++;
    tail->left--;
}

static void put_characters(Tail *tail, const char *characters, gsize count)
{
    for (gsize i = 0; i < count; i++)
        put_character(tail, characters[i]);
    if (tail->text->len >= PIECE_OCTETS)
        flush(tail);
}

static void put_octets(Tail *tail, Octets octets)
{
    char characters[(SLICE_OCTETS / 3 + 1) * 4 + 4];
    while (octets.size > 0) {
        Octets slice = octets_slice(octets, 0, MIN(octets.size, SLICE_OCTETS));
        gsize count = g_base64_encode_step((const guchar *)slice.data, slice.size, FALSE,
                                           characters, &tail->state, &tail->save);
        put_characters(tail, characters, count);
        octets = octets_slice(octets, slice.size, octets.size);
    }
}

/* Where the line ending before `at` begins; `at` where there is none. */
static gsize before_line_end(Octets encoded, gsize at)
{
    return at > 0 && encoded.data[at - 1] == '\n' ? octets_line_ending(encoded, at) : at;
}

static gsize before_last_line_ends(Octets encoded, gsize from)
{
    gsize end = encoded.size;
    while (end > from && octet_is_line_end(encoded.data[end - 1]))
        end--;
    return end;
}

/* The octets from the quantum of the edit `first` on, as edited. */
static void put_rest(Tail *tail, guint first)
{
    const Placing *placing = tail->placing;
    Octets decoded = placing->decoded;
    gsize kept = edit_at(placing, first)->offset / 3 * 3;
    for (guint i = first; i < placing->edits->len; i++) {
        const Edit *edit = edit_at(placing, i);
        put_octets(tail, octets_slice(decoded, kept, edit->offset));
        put_octets(tail, edit->text);
        kept = edit->offset + edit->length;
    }
    put_octets(tail, octets_slice(decoded, kept, decoded.size));
    char last[4];
    gsize count = g_base64_encode_close(FALSE, last, &tail->state, &tail->save);
    put_characters(tail, last, count);
}

/* Writes the rest of the data, from the quantum of the edit `first` on. Where there is none, the
 * line that it would begin goes with it. */
static void place_tail(Placing *placing, guint first)
{
    Octets encoded = placing->encoded;
    cursor_reach(&placing->cursor, encoded, edit_at(placing, first)->offset / 3);
    gsize at = placing->cursor.encoded;
    gsize column = find_column(encoded, at);
    gsize left = count_characters(placing, first);
    g_autoptr(GString) text = g_string_new(NULL);
    Tail tail = {
        .placing = placing,
        .text = text,
        .start = left == 0 ? before_line_end(encoded, at) : at,
        .end = before_last_line_ends(encoded, at),
        .column = column,
        .left = left,
        .is_long = is_long(placing, line_length(&placing->form, column, left)),
    };
    keep(placing, tail.start);
    put_rest(&tail, first);
    flush(&tail);
}

/* The line in which the tail begins is as long as the tail makes it. */
static void find_cut(Placing *placing)
{
    gsize end;
    guint count;
    guint first = 0;
    while (first < placing->edits->len &&
           (count = group_in_place(placing->edits, first, placing->decoded.size, &end)) > 0)
        first += count;
    if (first == placing->edits->len)
        return;
    Cursor cursor = {0, 0};
    cursor_reach(&cursor, placing->encoded, edit_at(placing, first)->offset / 3);
    gsize column = find_column(placing->encoded, cursor.encoded);
    placing->cut_line = cursor.encoded - column;
    placing->cut_length = line_length(&placing->form, column, count_characters(placing, first));
}

static Octets first_line_ending(Octets encoded, Octets fallback)
{
    gsize next = octets_next_line(encoded, 0);
    gsize ending = octets_line_ending(encoded, next);
    return ending < next ? octets_slice(encoded, ending, next) : fallback;
}

void base64_place_edits(Octets encoded, Octets decoded, Octets line_ending, const GArray *edits,
                        gboolean breaks_lines, GStringChunk *strings, GArray *out)
{
    Placing placing = {
        .encoded = encoded,
        .decoded = decoded,
        .edits = edits,
        .strings = strings,
        .out = out,
        .form = find_line_form(encoded, line_ending),
        .breaks_lines = breaks_lines && base64_has_long_line(encoded),
        .break_ending = first_line_ending(encoded, line_ending),
        .cut_line = G_MAXSIZE,
    };
    if (placing.breaks_lines)
        find_cut(&placing);
    guint first = place_groups(&placing);
    if (first < edits->len)
        place_tail(&placing, first);
    else
        keep(&placing, encoded.size);
}
