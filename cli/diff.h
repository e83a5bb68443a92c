/* SPDX-License-Identifier: BSD-2-Clause
 *
 * diff: two texts, line by line, as a person wants to see what changed.
 *
 * Both are walked side by side; at a difference the nearest place where they agree again is looked
 * for, nearest by the number of lines passed over in both. That is exact for edits that stand
 * apart, which is what a repair makes. The work is bounded: where it is used up, the rest is shown
 * as replaced.
 */
#ifndef CALMEND_DIFF_H
#define CALMEND_DIFF_H

#include "common/mail/octets.h"

/* Appends the differences: a line of "---" and one of "+++" with the title, then for each place
 * "@@" with the line's number in `before`, context, lines that went (-) and came (+). Line endings
 * count in the comparison and are not shown; control octets are escaped. Nothing when the texts are
 * equal.
 */
void diff_append(GString *out, const char *title, Octets before, Octets after, gboolean color);

#endif
