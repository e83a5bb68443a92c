/* SPDX-License-Identifier: BSD-2-Clause
 *
 * calendar_guard: the last look before an edit leaves the house.
 *
 * libical, which had no part in the edit, reads lines of a component before and after. Both must
 * have the same properties in the same order, but for what is expected: each expectation must be
 * met exactly once, and nothing else may differ. What libical could not read before may become
 * readable where that is expected; nothing that it could read may be lost. The guard knows no rule.
 */
#ifndef CALMEND_CALENDAR_GUARD_H
#define CALMEND_CALENDAR_GUARD_H

#include "common/calendar/expect.h"
#include "common/mail/octets.h"

typedef enum {
    GUARD_AGREES,
    GUARD_NO_COMPONENT, /* libical finds no component before the edit */
    GUARD_REFUSES,      /* something else differs, or an expectation is not met */
} GuardVerdict;

/* One-time initialization of libical. */
void calendar_guard_init(void);

/* Compares one component, from its BEGIN line to its END line, before and after; lines that are the
 * same in both may have been left out, and so may what is nested. No NUL octets in either.
 * `expectations` (Expect) stand in the order of the lines. */
GuardVerdict calendar_guard_check(Octets before, Octets after, const GArray *expectations);

#endif
