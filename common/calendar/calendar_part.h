/* SPDX-License-Identifier: BSD-2-Clause
 *
 * calendar_part: a calendar part from its decoded octets to findings and guarded edits.
 *
 * Reads the calendar, applies the rules, asks the guard, and hands the edits to the transfer room.
 * A charset that is not compatible with ASCII and components that do not nest are reasons to leave
 * the part.
 */
#ifndef CALMEND_CALENDAR_PART_H
#define CALMEND_CALENDAR_PART_H

#include "common/part_work.h"

/* Adds what is found in the part to the plan. FALSE when the guard refused an edit: then nothing of
 * the message may be edited. */
gboolean calendar_part_examine(const PartWork *work);

#endif
