/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/calendar/calendar_part.h"

#include "common/calendar/calendar.h"
#include "common/calendar/calendar_guard.h"
#include "common/mail/charset.h"
#include "common/rules/calendar_rules.h"
#include "common/rules/header_rules.h"

static void append_range(GString *out, Octets text, gsize start, gsize end)
{
    g_string_append_len(out, text.data + start, (gssize)(end - start));
}

/* What libical says of one changed component. A content line means the same whatever stands further
 * away, so that the lines which no edit touches or runs into need not be read: no octet of them
 * changes. */
static GuardVerdict guard_change(Octets text, const ComponentChange *change)
{
    g_autoptr(GString) before = g_string_new(NULL);
    append_range(before, text, change->start, change->begin_next);
    gsize shift = change->window - before->len;
    append_range(before, text, change->window, change->window_end);
    append_range(before, text, change->end_start, change->end);

    g_autoptr(GArray) edits = g_array_copy(change->edits);
    for (guint i = 0; i < edits->len; i++)
        g_array_index(edits, Edit, i).offset -= shift;
    Octets excerpt = {before->str, before->len};
    g_autoptr(GString) after = splice_to_string(excerpt, edits);
    return calendar_guard_check(excerpt, (Octets){after->str, after->len}, change->intents);
}

static GuardVerdict guard_changes(Octets text, const GArray *changes)
{
    GuardVerdict verdict = GUARD_AGREES;
    for (guint i = 0; i < changes->len && verdict == GUARD_AGREES; i++)
        verdict = guard_change(text, &g_array_index(changes, ComponentChange, i));
    return verdict;
}

/* Puts the changes of a calendar through the guard and into the plan; `first` is the calendar's
 * first finding. */
static gboolean plan_changes_of_calendar(const PartWork *work, const GArray *changes, guint first)
{
    Plan *plan = work->plan;
    switch (guard_changes(work->transfer->decoded, changes)) {
    case GUARD_NO_COMPONENT:
        plan_withdraw(plan, first, REASON_MALFORMED);
        return TRUE;
    case GUARD_REFUSES:
        plan_withdraw(plan, first, REASON_GUARD);
        return FALSE;
    case GUARD_AGREES:
        break;
    }
    g_autoptr(GArray) edits = calendar_changes_edits(changes);
    transfer_place_edits(work->transfer, edits, plan->strings, plan->body_edits);
    return TRUE;
}

static void check_method(const PartWork *work, const Calendar *calendar, Reason seal)
{
    guint count;
    g_autofree char *method = calendar_rules_method(calendar, &count);
    if (count == 1)
        header_rules_add_method(work->message, work->policy, work->part, method, seal, work->plan);
}

static gboolean examine_text(const PartWork *work, Octets text, Reason seal)
{
    const PolicyLimits *limits = &work->policy->limits;
    Plan *plan = work->plan;
    g_auto(Calendar) calendar;
    calendar_init(&calendar, text, limits->content_lines, limits->components);
    if (calendar.over_limits) {
        plan_add_limit(plan, work->part, "more than %u content lines or %u components",
                       limits->content_lines, limits->components);
        return TRUE;
    }
    if (seal == REASON_NONE && !calendar.nested)
        seal = REASON_MALFORMED;

    guint first = plan->findings->len;
    g_autoptr(GArray) changes = calendar_changes_new();
    CalendarContext context = {
        .policy = work->policy,
        .times = work->times,
        .part = work->part,
        .seal = seal,
        .strings = plan->strings,
        .findings = plan->findings,
        .changes = changes,
    };
    calendar_rules_apply(&calendar, &context);
    gboolean agreed = changes->len == 0 || plan_changes_of_calendar(work, changes, first);
    check_method(work, &calendar, seal);
    return agreed;
}

gboolean calendar_part_examine(const PartWork *work)
{
    Octets decoded = work->transfer->decoded;
    const char *charset = work->part->charset;
    if (charset_is_ascii_compatible(charset, decoded))
        return examine_text(work, decoded, work->seal);

    gsize size = 0;
    g_autofree char *converted = charset_to_utf8(charset, decoded, &size);
    Octets text = converted == NULL ? decoded : (Octets){converted, size};
    return examine_text(work, text, work->seal == REASON_NONE ? REASON_CHARSET : work->seal);
}
