/* SPDX-License-Identifier: BSD-2-Clause
 *
 * apply: a plan, handed over to the MTA through libmilter.
 *
 * All pieces of the body go in one run, then the changes of header fields, and nothing between: an
 * MTA refuses anything else. The body is never copied as a whole. What can be seen to fail
 * beforehand fails before the first octet is handed over, since after it only a temporary failure
 * of the message keeps it whole.
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

/* What was agreed on with the MTA. */
typedef struct {
    unsigned long actions;  /* what it lets this milter do (SMFIF_) */
    gboolean leading_blank; /* values of header fields begin right behind the colon, both ways
                               (SMFIP_HDR_LEADSPC) */
} MilterTerms;

/* A plan, as it is to be handed over. */
typedef struct {
    GArray *body;   /* Edit */
    GArray *fields; /* FieldChange */
} ApplyEdits;

/* Sets `edits` to those of `plan`, the plan of `incoming`. `taken` is the largest message that the
 * MTA has taken (mta_taken). FALSE when it can be seen that they will fail; `why` is a clause that
 * says so; static. apply_edits_clear frees what `edits` holds, in either case. */
gboolean apply_prepare(ApplyEdits *edits, const MilterTerms *terms, const Incoming *incoming,
                       const Plan *plan, gsize taken, const char **why);
void apply_edits_clear(ApplyEdits *edits);

/* Hands them over. Only at the end of the message. `why`, when the result is not APPLY_DONE, is set
 * to a clause that says what went wrong; static. */
ApplyResult apply_edits(SMFICTX *context, const MilterTerms *terms, const Incoming *incoming,
                        const ApplyEdits *edits, const char **why);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApplyEdits, apply_edits_clear)

#endif
