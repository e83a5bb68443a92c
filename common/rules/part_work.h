/* SPDX-License-Identifier: BSD-2-Clause
 *
 * part_work: one part of a message in the hands of the room for its kind.
 *
 * The room examines the decoded octets and adds findings to the plan, and edits only where the seal
 * is REASON_NONE.
 */
#ifndef CALMEND_PART_WORK_H
#define CALMEND_PART_WORK_H

#include "common/mail/transfer.h"
#include "common/rules/plan.h"
#include "common/rules/policy.h"
#include "common/rules/substitute.h"

typedef struct {
    const Message *message;
    const Policy *policy;
    const MessageTimes *times;
    const Part *part;
    const Transfer *transfer; /* its content, decoded */
    Reason seal;              /* why nothing of the part may be edited; REASON_NONE: it may */
    Plan *plan;
} PartWork;

#endif
