/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_property: what must hold of every plan, for whatever message.
 *
 * Each property is a promise of the engine: untouched without a finding that is repaired; edits
 * disjoint, inside of the message and on their own side of its blank line; twice is once; no octet
 * of a VTIMEZONE changes; an event is one short line that no message can forge. A broken one is
 * named on stderr and aborts.
 */
#ifndef CALMEND_FUZZ_PROPERTY_H
#define CALMEND_FUZZ_PROPERTY_H

#include "repair.h"

/* Aborts with `property` unless it holds. */
void fuzz_require(gboolean holds, const char *property);

gboolean fuzz_octets_same(Octets one, Octets other);

/* The message with every edit of the plan in it. The edits must be what the plan promises. Owned by
 * the caller. */
GString *fuzz_apply_plan(const Message *message, const Plan *plan);

/* The findings say that something is repaired just when there are edits. */
void fuzz_require_findings(const Plan *plan);

/* The events of the plan as text and as JSON. */
void fuzz_require_events(const Plan *plan);

/* Every VTIMEZONE of a calendar, one behind the other; all of a calendar that does not nest. Owned
 * by the caller. */
GString *fuzz_timezones(Octets calendar);

/* The calendar parts of both messages have the same time zones. */
void fuzz_require_timezones(const Message *before, const Message *after);

#endif
