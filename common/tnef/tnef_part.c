/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/tnef/tnef_part.h"

#include "common/rules/tnef_rules.h"
#include "common/tnef/tnef.h"
#include "common/tnef/tnef_edit.h"

static void apply_rules(const PartWork *work, const Tnef *tnef)
{
    Plan *plan = work->plan;
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(TnefChange));
    TnefContext context = {
        .policy = work->policy,
        .times = work->times,
        .part = work->part,
        .seal = work->seal,
        .strings = plan->strings,
        .findings = plan->findings,
        .changes = changes,
    };
    tnef_rules_apply(tnef, &context);
    if (changes->len == 0)
        return;
    g_autoptr(GArray) edits = tnef_edit_changes(tnef, changes, plan->strings);
    transfer_place_edits(work->transfer, edits, plan->strings, plan->body_edits);
}

void tnef_part_examine(const PartWork *work)
{
    const PolicyLimits *limits = &work->policy->limits;
    Octets stream = work->transfer->decoded;
    if (!tnef_has_signature(stream))
        return;
    g_auto(Tnef) tnef;
    tnef_init(&tnef, stream, limits->components, limits->content_lines);
    if (tnef.over_limits)
        plan_add_limit(work->plan, work->part,
                       "more than %u attributes and recipient rows, %u properties or %d messages "
                       "one inside of another",
                       limits->components, limits->content_lines, TNEF_DEPTH);
    else
        apply_rules(work, &tnef);
}
