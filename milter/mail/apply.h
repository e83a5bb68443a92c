/* SPDX-License-Identifier: BSD-2-Clause
 *
 * apply: a plan, handed over to the MTA through libmilter.
 *
 * All pieces of the body go in one run, then the header edits in the order of the plan, and nothing
 * between: an MTA refuses anything else. The body is never copied as a whole. What can be seen to
 * fail beforehand fails before the first octet is handed over, since after it only a temporary
 * failure of the message keeps it whole.
 */
#ifndef CALMEND_APPLY_H
#define CALMEND_APPLY_H

#include "common/repair.h"
#include "milter/mail/incoming.h"

#include <libmilter/mfapi.h>

typedef enum {
    APPLY_DONE,    /* all was handed over */
    APPLY_REFUSED, /* nothing was: the message can pass as it came */
    APPLY_HALF,    /* some was: the message must fail for now */
} ApplyResult;

/* Hands `plan` over. Only at the end of the message, with the plan of `message`. `actions` are what
 * the MTA lets this milter do (SMFIF_), `taken` is the largest message that it has taken
 * (mta_taken). `why`, when the result is not APPLY_DONE, is set to a
 * clause that says what was not taken; static. */
ApplyResult apply_plan(SMFICTX *context, unsigned long actions, Incoming *incoming,
                       const Plan *plan, gsize taken, const char **why);

#endif
