/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/splice.h"

#include <string.h>

/* Edited octets, piece by piece. */
typedef struct {
    Octets octets;
    const GArray *edits;
    guint next;   /* edit */
    gsize kept;   /* octets that are done with */
    Octets piece; /* what is at hand */
} Stream;

/* Takes the next piece where none is at hand. FALSE at the end. */
static gboolean fill(Stream *stream)
{
    while (stream->piece.size == 0) {
        const Edit *edit = stream->next < stream->edits->len
                               ? &g_array_index(stream->edits, Edit, stream->next)
                               : NULL;
        gsize stop = edit == NULL ? stream->octets.size : edit->offset;
        if (stream->kept < stop) {
            stream->piece = octets_slice(stream->octets, stream->kept, stop);
            stream->kept = stop;
        } else if (edit != NULL) {
            stream->piece = edit->text;
            stream->kept = edit->offset + edit->length;
            stream->next++;
        } else {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean splice_apply(Octets octets, const GArray *edits, SplicePiece piece, gpointer data)
{
    Stream stream = {.octets = octets, .edits = edits};
    while (fill(&stream)) {
        if (!piece(stream.piece, data))
            return FALSE;
        stream.piece.size = 0;
    }
    return TRUE;
}

static Octets take(Stream *stream, gsize size)
{
    Octets taken = octets_slice(stream->piece, 0, size);
    stream->piece = octets_slice(stream->piece, size, stream->piece.size);
    return taken;
}

gboolean splice_same(Octets left, const GArray *left_edits, Octets right, const GArray *right_edits)
{
    Stream one = {.octets = left, .edits = left_edits};
    Stream other = {.octets = right, .edits = right_edits};
    while (fill(&one) && fill(&other)) {
        gsize size = MIN(one.piece.size, other.piece.size);
        if (memcmp(take(&one, size).data, take(&other, size).data, size) != 0)
            return FALSE;
    }
    return !fill(&one) && !fill(&other);
}

static gboolean append_piece(Octets piece, gpointer data)
{
    g_string_append_len(data, piece.data, (gssize)piece.size);
    return TRUE;
}

GString *splice_to_string(Octets octets, const GArray *edits)
{
    GString *result = g_string_sized_new(octets.size + 128);
    splice_apply(octets, edits, append_piece, result);
    return result;
}

static int compare_edits(gconstpointer a, gconstpointer b)
{
    const Edit *left = a;
    const Edit *right = b;
    if (left->offset != right->offset)
        return left->offset < right->offset ? -1 : 1;
    return (left->length > 0) - (right->length > 0);
}

void splice_sort(GArray *edits)
{
    g_array_sort(edits, compare_edits);
}

gboolean splice_is_valid(const GArray *edits, gsize size)
{
    gsize free_from = 0;
    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        if (edit->offset < free_from || edit->offset > size || edit->length > size - edit->offset)
            return FALSE;
        free_from = edit->offset + edit->length;
    }
    return TRUE;
}

/* ---- composing ---- */

/* Both lists on their way, in positions of the octets between them. */
typedef struct {
    const GArray *first;
    const GArray *second;
    guint i;
    guint j;
    gssize grown; /* by the edits of `first` gone by: position between less position of old */
} Weave;

/* A range of the octets between. */
typedef struct {
    gsize start;
    gsize end;
} Range;

static const Edit *first_edit(const Weave *weave)
{
    return weave->i < weave->first->len ? &g_array_index(weave->first, Edit, weave->i) : NULL;
}

static const Edit *second_edit(const Weave *weave)
{
    return weave->j < weave->second->len ? &g_array_index(weave->second, Edit, weave->j) : NULL;
}

static gsize move(gsize position, gssize by)
{
    return (gsize)((gssize)position + by);
}

/* What an edit of `first` has become. */
static Range made_range(const Edit *edit, gssize grown)
{
    gsize start = move(edit->offset, grown);
    return (Range){start, start + edit->text.size};
}

static Range changed_range(const Edit *edit)
{
    return (Range){edit->offset, edit->offset + edit->length};
}

/* Whether the later edit runs into what the earlier one made: a place strictly inside, or octets of
 * both. */
static gboolean meet(Range made, Range changed)
{
    if (made.start == made.end)
        return changed.start < made.start && made.start < changed.end;
    if (changed.start == changed.end)
        return made.start < changed.start && changed.start < made.end;
    return made.start < changed.end && changed.start < made.end;
}

static void take_first(Weave *weave)
{
    const Edit *edit = first_edit(weave);
    weave->grown += (gssize)edit->text.size - (gssize)edit->length;
    weave->i++;
}

/* Takes the edits of both lists that run into one another, from the next two on, and gives the
 * range that they cover. */
static Range take_knot(Weave *weave)
{
    Range made = made_range(first_edit(weave), weave->grown);
    Range changed = changed_range(second_edit(weave));
    Range knot = {MIN(made.start, changed.start), 0};
    take_first(weave);
    weave->j++;
    for (gboolean more = TRUE; more;) {
        more = FALSE;
        if (first_edit(weave) != NULL &&
            meet(made_range(first_edit(weave), weave->grown), changed)) {
            made = made_range(first_edit(weave), weave->grown);
            take_first(weave);
            more = TRUE;
        }
        if (second_edit(weave) != NULL && meet(made, changed_range(second_edit(weave)))) {
            changed = changed_range(second_edit(weave));
            weave->j++;
            more = TRUE;
        }
    }
    knot.end = MAX(made.end, changed.end);
    return knot;
}

/* The octets of a knot after the edits [from, to) of the second list. */
static Octets edit_knot(Octets between, Range knot, const GArray *second, guint from, guint to,
                        GStringChunk *strings)
{
    g_autoptr(GArray) local = g_array_new(FALSE, FALSE, sizeof(Edit));
    for (guint i = from; i < to; i++) {
        Edit edit = g_array_index(second, Edit, i);
        edit.offset -= knot.start;
        g_array_append_val(local, edit);
    }
    g_autoptr(GString) text = splice_to_string(octets_slice(between, knot.start, knot.end), local);
    return (Octets){g_string_chunk_insert_len(strings, text->str, (gssize)text->len), text->len};
}

static Edit join_knot(Weave *weave, Octets between, GStringChunk *strings)
{
    gssize grown = weave->grown;
    guint from = weave->j;
    Range knot = take_knot(weave);
    gsize offset = move(knot.start, -grown);
    return (Edit){
        .offset = offset,
        .length = move(knot.end, -weave->grown) - offset,
        .text = edit_knot(between, knot, weave->second, from, weave->j, strings),
    };
}

static Edit next_edit(Weave *weave, Octets between, GStringChunk *strings)
{
    const Edit *first = first_edit(weave);
    const Edit *second = second_edit(weave);
    Range made = first == NULL ? (Range){G_MAXSIZE, G_MAXSIZE} : made_range(first, weave->grown);
    if (first != NULL && second != NULL && meet(made, changed_range(second)))
        return join_knot(weave, between, strings);
    if (second == NULL || second->offset >= made.end) {
        take_first(weave);
        return *first;
    }
    Edit edit = *second;
    edit.offset = move(edit.offset, -weave->grown);
    weave->j++;
    return edit;
}

GArray *splice_compose(const GArray *first, const GArray *second, Octets between,
                       GStringChunk *strings)
{
    GArray *result = g_array_sized_new(FALSE, FALSE, sizeof(Edit), first->len + second->len);
    Weave weave = {.first = first, .second = second};
    while (first_edit(&weave) != NULL || second_edit(&weave) != NULL) {
        Edit edit = next_edit(&weave, between, strings);
        if (edit.length > 0 || edit.text.size > 0)
            g_array_append_val(result, edit);
    }
    return result;
}
