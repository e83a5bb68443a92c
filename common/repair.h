/* SPDX-License-Identifier: BSD-2-Clause
 *
 * repair: the plan for a message. The one entry to the engine.
 *
 * plan = repair(message, policy, now) is a pure function: no files, no clock, no globals but the
 * one-time initialization of the libraries. Milter, command, tests and benchmarks all call it, and
 * only it. The plan says what is wrong (findings) and what to change (edits); it changes nothing.
 * Whatever happens inside, the worst plan is one without edits.
 */
#ifndef CALMEND_REPAIR_H
#define CALMEND_REPAIR_H

#include "common/mail/message.h"
#include "common/rules/plan.h"
#include "common/rules/policy.h"

/* One-time initialization of GMime and libical; before any thread calls repair_message. */
void repair_init(void);

/* The plan for `message` at the time `now` (seconds since 1970-01-01 UTC). Never NULL. Owned by the
 * caller, plan_free. Its edits are on the octets of the message. */
Plan *repair_message(const Message *message, const Policy *policy, gint64 now);

/* TRUE when the message has a DKIM or ARC signature, which an edit breaks (RFC 6376, RFC 8617). */
gboolean repair_is_signed(const Message *message);

/* TRUE when the engine, under this policy, reads the header field of that name, compared without
 * case. Fields that it does not read need not be in the message. */
gboolean repair_reads(const Policy *policy, const char *field);

#endif
