/* SPDX-License-Identifier: BSD-2-Clause
 *
 * refusing_guard: a guard that agrees to nothing, in the place of the engine's.
 *
 * No input is known at which libical refuses an edit of ours; what many refusals cost is counted
 * with this one.
 */
#include "common/calendar/calendar_guard.h"

void calendar_guard_init(void)
{
}

GuardVerdict calendar_guard_check(Octets before, Octets after, const GArray *expectations)
{
    (void)before;
    (void)after;
    (void)expectations;
    return GUARD_REFUSES;
}
