/* SPDX-License-Identifier: BSD-2-Clause
 *
 * splice: edits on octets, applied as pieces.
 *
 * An edit is data: at `offset`, `length` octets make room for `text`. A list of edits is sorted by
 * offset and disjoint; several insertions at one offset stand in the order of the list. Applying
 * gives the result as a run of pieces that point into the old octets and into the edits, so that no
 * one needs a copy of what stays.
 */
#ifndef CALMEND_SPLICE_H
#define CALMEND_SPLICE_H

#include "common/mail/octets.h"

typedef struct {
    gsize offset; /* in the octets that are edited */
    gsize length; /* octets that go; 0 for an insertion */
    Octets text;  /* what stands there afterwards; owned by whoever made the edit */
} Edit;

/* Takes one piece of the result. FALSE stops, and splice_apply gives FALSE. */
typedef gboolean (*SplicePiece)(Octets piece, gpointer data);

/* Hands the edited octets to `piece`, front to back, never an empty piece. `edits` (Edit) must be
 * sorted, disjoint and inside of `octets`. */
gboolean splice_apply(Octets octets, const GArray *edits, SplicePiece piece, gpointer data);

/* The edited octets as one string. Owned by the caller. */
GString *splice_to_string(Octets octets, const GArray *edits);

/* TRUE when both edited octets are the same. Holds neither at once. */
gboolean splice_same(Octets left, const GArray *left_edits, Octets right,
                     const GArray *right_edits);

/* Sorts by offset; insertions before a replacement at the same offset, else the order stays. */
void splice_sort(GArray *edits);

/* TRUE when the sorted edits are disjoint and inside of `size` octets. */
gboolean splice_is_valid(const GArray *edits, gsize size);

/* Edits that do in one go what `first` does to the old octets and then `second` to `between`, the
 * result of that: splice(splice(t, first), second) is splice(t, result). Both sorted and disjoint,
 * and so is the result. An edit of one list that the other does not run into stays an edit of its
 * own; one that the other undoes is gone. Texts are borrowed from both lists, or live in `strings`.
 * Owned by the caller, g_array_unref. */
GArray *splice_compose(const GArray *first, const GArray *second, Octets between,
                       GStringChunk *strings);

#endif
