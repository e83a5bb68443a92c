/* SPDX-License-Identifier: BSD-2-Clause
 *
 * header_rules: the rules that look at header fields of the message, and the trace field.
 *
 * They apply only to a message with a calendar or TNEF part.
 */
#ifndef CALMEND_HEADER_RULES_H
#define CALMEND_HEADER_RULES_H

#include "common/mail/message.h"
#include "common/rules/plan.h"
#include "common/rules/policy.h"

/* Date and deadline fields: findings and edits. With a `seal` other than REASON_NONE findings only.
 */
void header_rules_apply(const Message *message, const Policy *policy, gint64 now, Reason seal,
                        Plan *plan);

/* The X-Calmend field, when the plan changes the message: version, host, rules. */
void header_rules_stamp(const Message *message, const Policy *policy, Plan *plan);

#endif
