/* SPDX-License-Identifier: BSD-2-Clause
 *
 * calendar_part: one calendar part of a message, from its decoded octets to edits of the message.
 *
 * The rounds work on the decoded text. What they give is written back in the part's transfer
 * encoding and decoded once more; header fields of the part that were edited are read again. What
 * does not say what it should is not made.
 */
#ifndef CALMEND_CALENDAR_PART_H
#define CALMEND_CALENDAR_PART_H

#include "common/rules/part_work.h"

/* Adds what is found in the part to the plan, and edits where its seal lets it. */
void calendar_part_examine(const PartWork *work);

#endif
