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

#include "common/plan.h"
#include "common/substitute.h"
#include "common/tnef/tnef.h"

/* What the rules need to know, and where they put what they find. */
typedef struct {
    const Policy *policy;
    const MessageTimes *times;
    const Part *part;
    Reason seal;           /* why nothing of this stream may be edited; REASON_NONE: it may */
    GStringChunk *strings; /* owns the strings of the findings */
    GArray *findings;      /* Finding */
    GArray *changes;       /* TnefChange */
} TnefContext;

/* Applies every row to `tnef`. A stream that contradicts itself is a finding, and nothing of it
 * changes. */
void tnef_rules_apply(const Tnef *tnef, const TnefContext *context);

#endif
