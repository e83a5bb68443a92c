/* SPDX-License-Identifier: BSD-2-Clause
 *
 * verdict: what a message gets at its end: plan, events, outcome.
 *
 * The same in every program that mail passes through. Whatever stands in the way of a repair costs
 * no mail and is event 331.
 */
#ifndef CALMEND_VERDICT_H
#define CALMEND_VERDICT_H

#include "common/transit/metrics.h"

/* The plan at the time `now` (seconds since 1970-01-01 UTC), with these switches on (bits 1 <<
 * RuleSwitch). Where none is, it has no edit and says what would be repaired if all were. Owned by
 * the caller, plan_free. */
Plan *verdict_plan(const Message *message, const Policy *policy, guint switches, gint64 now);

/* The event of a message that passed without a look at it. `why` is a clause. Owned by the caller,
 * event_free. */
Event *verdict_unexamined(const char *why);

/* A repair that was not taken is no repair: among the events of its plan 331 takes the place of
 * 327. `fate`, what becomes of the message, and `why` are clauses. */
void verdict_not_taken(GPtrArray *events, const char *fate, const char *why);

/* The outcome of a message that was planned, by its events. */
Outcome verdict_outcome(const GPtrArray *events);

/* Logs the events of a message. `message` gives the Message-ID; NULL where it is not known. */
void verdict_log(const GPtrArray *events, const Message *message, EventContext where);

#endif
