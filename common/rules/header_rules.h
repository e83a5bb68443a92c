/* SPDX-License-Identifier: BSD-2-Clause
 *
 * header_rules: the rows of the table that look at header fields.
 *
 * They apply only to a message with a calendar or TNEF part. Each edit is made twice: by field name
 * and index for the MTA, as an edit of octets for a file.
 */
#ifndef CALMEND_HEADER_RULES_H
#define CALMEND_HEADER_RULES_H

#include "common/mail/parts.h"
#include "common/repair.h"

/* Date and deadline fields: findings and edits. With a `seal` other than REASON_NONE findings only.
 */
void header_rules_apply(const Message *message, const Policy *policy, gint64 now, Reason seal,
                        Plan *plan);

/* method-parameter-missing for a calendar part whose VCALENDARs have the one METHOD `method`: a
 * finding, and with seal REASON_NONE an edit at the end of its Content-Type field. */
void header_rules_add_method(const Message *message, const Policy *policy, const Part *part,
                             const char *method, Reason seal, Plan *plan);

/* The X-Calmend field, when the plan changes the message: version, host, rules. */
void header_rules_stamp(const Message *message, const Policy *policy, Plan *plan);

#endif
