/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_property: what must hold of every plan, for whatever message.
 *
 * Each property is a promise of the engine: untouched without a finding that is repaired; edits
 * disjoint, in parts that nothing seals and in fields that a rule names, and every octet outside of
 * them as it was; twice is once; nothing but folds of a VTIMEZONE changes; libical reads the same
 * components with as many other properties as there were repairs; the MTA is told of the fields
 * what the octets have; an event is one short line that no message can forge. A broken one is named
 * on stderr and aborts.
 */
#ifndef CALMEND_FUZZ_PROPERTY_H
#define CALMEND_FUZZ_PROPERTY_H

#include "common/repair.h"

/* Aborts with `property` unless it holds. */
void fuzz_require(gboolean holds, const char *property);

gboolean fuzz_octets_same(Octets one, Octets other);

/* The octets with the edits in them, which must be sorted, disjoint and inside. Outside of the
 * edits nothing changes, which is found out without the splice. Owned by the caller. */
GString *fuzz_apply_edits(Octets octets, const GArray *edits);

/* The message with every edit of the plan in it. The edits must be what the plan promises. Owned by
 * the caller. */
GString *fuzz_apply_plan(const Message *message, const Plan *plan);

/* Parts are inside of the message, disjoint and in order, and what is told of them stands where it
 * is said to; stray calendars, too. */
void fuzz_require_parts(const Message *message, const PartsLimits *limits);

/* The edits stand in the content, the Content-Type or the Content-Transfer-Encoding of a part that
 * may be edited, and in fields that a rule names. `limits` are those of the plan. */
void fuzz_require_places(const Message *message, const PartsLimits *limits, const Plan *plan);

/* The findings say that something is repaired just when there are edits. */
void fuzz_require_findings(const Plan *plan);

/* The events of the plan as text and as JSON. */
void fuzz_require_events(const Plan *plan);

/* What an MTA makes of its fields by the changes that it is told of is what the edits of octets
 * make of them. */
void fuzz_require_fields(const Message *before, const Plan *plan, const Message *after);

/* Every calendar part of a message before and after a plan: the same components and time zones but
 * for those that the plan brings in, and libical reads no more other properties than it repairs. */
void fuzz_require_parts_alike(const Message *before, const Message *after, const Plan *plan);

#endif
