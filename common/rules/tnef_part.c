/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/tnef_part.h"

#include "common/rules/tnef_rules.h"
#include "common/tnef/tnef.h"
#include "common/tnef/tnef_edit.h"

static void apply_rules(const PartWork *work, const Tnef *tnef)
{
    Plan *plan = work->plan;
    guint first = plan->findings->len;
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(TnefChange));
    tnef_rules_apply(work, tnef, changes);
    if (changes->len == 0)
        return;
    g_autoptr(GArray) edits = tnef_edit_changes(tnef, changes, plan->strings);
    g_autoptr(GString) edited = splice_to_string(work->transfer->decoded, edits);
    if (!transfer_write_back(work->transfer, edits, (Octets){edited->str, edited->len}, FALSE,
                             plan->strings, plan->edits))
        plan_withdraw(plan, first, REASON_GUARD);
}

void tnef_part_examine(const PartWork *work)
{
    const PolicyLimits *limits = &work->policy->limits;
    Octets stream = work->transfer->decoded;
    if (!tnef_has_signature(stream))
        return;
    g_auto(Tnef) tnef;
    tnef_init(&tnef, stream, limits->calendar.components, limits->calendar.lines);
    if (tnef.over_limits)
        plan_add_limit(work->plan, work->part,
                       "more than %u attributes and recipient rows, %u properties or %d messages "
                       "one inside of another",
                       limits->calendar.components, limits->calendar.lines, TNEF_DEPTH);
    else
        apply_rules(work, &tnef);
}
