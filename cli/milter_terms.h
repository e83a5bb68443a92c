/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_terms: what a milter negotiated, in words.
 */
#ifndef CALMEND_MILTER_TERMS_H
#define CALMEND_MILTER_TERMS_H

#include "cli/milter/milter_client.h"

/* Appends a line each for version, actions, steps that are not sent, steps that are not answered,
 * other wishes, and the macros asked for. What the milter sent is escaped. */
void milter_terms_append(GString *out, const MilterTerms *terms);

#endif
