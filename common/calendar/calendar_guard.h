/* SPDX-License-Identifier: BSD-2-Clause
 *
 * calendar_guard: the last look before an edit leaves the house.
 *
 * libical, which had no part in the edit, reads the component before and after. Both must have the
 * same properties in the same order and the same components inside, but for what the intents say:
 * each must be seen exactly once, and nothing else may differ.
 */
#ifndef CALMEND_CALENDAR_GUARD_H
#define CALMEND_CALENDAR_GUARD_H

#include "common/rules/calendar_rules.h"

typedef enum {
    GUARD_AGREES,
    GUARD_NO_COMPONENT, /* libical finds no component before the edit */
    GUARD_REFUSES,      /* something else differs, or an intent is not there */
} GuardVerdict;

/* One-time initialization of libical. */
void calendar_guard_init(void);

/* Compares one component, from its BEGIN line to its END line, before and after; lines that are the
 * same in both may have been left out. No NUL octets in either. `intents` (Intent) may stand in any
 * order. */
GuardVerdict calendar_guard_check(Octets before, Octets after, const GArray *intents);

#endif
