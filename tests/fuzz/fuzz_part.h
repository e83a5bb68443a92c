/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_part: one part without a message around it.
 *
 * The part's room is called as the engine calls it, on a message that is nothing but the part's
 * content, unencoded: so the fuzzer's octets are the calendar or the TNEF stream itself.
 */
#ifndef CALMEND_FUZZ_PART_H
#define CALMEND_FUZZ_PART_H

#include "common/repair.h"

/* The plan for `content` as a part of that kind. FALSE in `agreed` when the guard refused an edit.
 * Owned by the caller, plan_free. */
Plan *fuzz_examine_part(PartKind kind, Octets content, const Policy *policy, gint64 now,
                        gboolean *agreed);

#endif
