/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rounds: the active cases over the decoded text of a calendar part, until nothing is left of them.
 *
 * In a round every case looks at the text as the round found it, in the order of the table. The
 * cases of line ends and structure come first; as long as one of them has an edit, no other is
 * looked at. After a round with an edit the edited text is read anew. The edits of all rounds are
 * composed into one set on the first text. A text that does not come to rest in eight rounds, does
 * not nest, or is over a limit is left as it came.
 */
#ifndef CALMEND_ROUNDS_H
#define CALMEND_ROUNDS_H

#include "common/rules/part_work.h"

typedef struct {
    GArray *edits;     /* Edit on the first text, sorted */
    GArray *fields;    /* Edit on the message, in header fields of the part, sorted */
    GString *text;     /* the last text; NULL: it is the first */
    gboolean is_left;  /* the text is left as it came, as a whole */
    gboolean is_sound; /* the edits do in one go what those of the rounds did */
} RoundsResult;

/* Works on `text`, the decoded content of the part or what stands for it. Findings go to the plan,
 * with the seal of the work, where it has one. */
void rounds_run(const PartWork *work, Octets text, RoundsResult *result);

void rounds_result_clear(RoundsResult *result);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RoundsResult, rounds_result_clear)

#endif
