/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/splice.h"

static gboolean give_piece(Octets piece, SplicePiece give, gpointer data)
{
    return piece.size == 0 || give(piece, data);
}

gboolean splice_apply(Octets octets, const GArray *edits, SplicePiece piece, gpointer data)
{
    gsize kept = 0;
    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        if (!give_piece(octets_slice(octets, kept, edit->offset), piece, data) ||
            !give_piece(edit->text, piece, data))
            return FALSE;
        kept = edit->offset + edit->length;
    }
    return give_piece(octets_slice(octets, kept, octets.size), piece, data);
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
