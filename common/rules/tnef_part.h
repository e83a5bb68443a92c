/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tnef_part: a TNEF part from its decoded octets to findings and edits.
 *
 * Reads the stream, applies the rules, works the changes out as edits, and hands these to the
 * transfer room. What does not begin as a TNEF stream is none, whatever its type says, and nothing
 * is said of it.
 */
#ifndef CALMEND_TNEF_PART_H
#define CALMEND_TNEF_PART_H

#include "common/rules/part_work.h"

/* Adds what is found in the part to the plan. The limits of components and content lines hold for
 * attributes with recipient rows, and for properties. */
void tnef_part_examine(const PartWork *work);

#endif
