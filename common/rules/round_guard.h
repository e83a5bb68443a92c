/* SPDX-License-Identifier: BSD-2-Clause
 *
 * round_guard: the edits of a round before the guard.
 *
 * A content line means the same whatever stands further away; so libical is handed the edited lines
 * and their neighbours alone, in pieces of bounded size, between the BEGIN and END line of their
 * component. Edits of the text (line ends, folds) may change nothing else. Where a component is
 * refused, its cases are tried one by one, each beside those that were agreed to.
 */
#ifndef CALMEND_ROUND_GUARD_H
#define CALMEND_ROUND_GUARD_H

#include "common/rules/draft.h"

typedef enum {
    ROUND_AGREED,    /* what is left of the edits is agreed to */
    ROUND_MALFORMED, /* libical finds no component in what is to be edited */
    ROUND_COSTLY,    /* libical would take too long over the lines that are edited */
} RoundVerdict;

/* Takes the edits that are refused out of `draft` and appends each to `refused` (DraftEdit). */
RoundVerdict round_guard_check(Draft *draft, GArray *refused);

#endif
