/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tnef_rules: the rows of the table that look at the times of a meeting in a TNEF stream.
 *
 * The message class says which rows fit, as METHOD does for a calendar. Critical changes come
 * first, then the reply time, then the recipient rows, since each may take the place of the next.
 * What a row finds becomes a finding, what it repairs a change. Messages inside of the message are
 * looked at and left.
 */
#ifndef CALMEND_TNEF_RULES_H
#define CALMEND_TNEF_RULES_H

#include "common/rules/part_work.h"
#include "common/tnef/tnef.h"

/* Applies every row to `tnef`: findings to the plan, changes (TnefChange) to `changes`. A stream
 * that contradicts itself is a finding, and nothing of it changes. */
void tnef_rules_apply(const PartWork *work, const Tnef *tnef, GArray *changes);

#endif
