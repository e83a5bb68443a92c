/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/repair.h"

#include "common/calendar/calendar_guard.h"
#include "common/calendar/calendar_part.h"
#include "common/mail/parts.h"
#include "common/mail/token_search.h"
#include "common/mail/transfer.h"
#include "common/rules/header_rules.h"
#include "common/substitute.h"
#include "common/tnef/tnef_part.h"

/* One message on its way through the engine. */
typedef struct {
    const Message *message;
    const Policy *policy;
    MessageTimes times;
    Reason seal; /* why nothing at all of the message may be edited */
    Plan *plan;
} Repair;

void repair_init(void)
{
    parts_init();
    calendar_guard_init();
}

static Reason find_seal(const Repair *repair, const Part *part, const Transfer *transfer)
{
    if (part->seal == SEAL_SIGNED)
        return REASON_SIGNED;
    if (part->seal == SEAL_QUOTED)
        return REASON_QUOTED;
    if (repair->seal != REASON_NONE)
        return repair->seal;
    return transfer->faithful ? REASON_NONE : REASON_ENCODING;
}

static void examine_part(Repair *repair, const Part *part)
{
    g_auto(Transfer) transfer;
    transfer_init(&transfer, repair->message, part);
    PartWork work = {
        .message = repair->message,
        .policy = repair->policy,
        .times = &repair->times,
        .part = part,
        .transfer = &transfer,
        .seal = find_seal(repair, part, &transfer),
        .plan = repair->plan,
    };
    switch (part->kind) {
    case PART_CALENDAR:
        if (!calendar_part_examine(&work))
            repair->seal = REASON_GUARD;
        break;
    case PART_TNEF:
        tnef_part_examine(&work);
        break;
    }
}

static gboolean may_hold_calendar(const Message *message)
{
    TokenSearch search = {.state = TOKEN_LINE_START};
    return token_search_feed(&search, message->octets);
}

static gboolean keeps_signature(const Message *message, const Policy *policy)
{
    return policy->leave_dkim_signed && message_find_field(message, "DKIM-Signature") != NULL;
}

static void examine_parts(Repair *repair, const GArray *parts)
{
    for (guint i = 0; i < parts->len; i++)
        examine_part(repair, &g_array_index(parts, Part, i));
    header_rules_apply(repair->message, repair->policy, repair->times.now, repair->seal,
                       repair->plan);
    splice_sort(repair->plan->body_edits);
    if (repair->seal == REASON_GUARD)
        plan_drop_edits(repair->plan, REASON_GUARD);
    header_rules_stamp(repair->message, repair->policy, repair->plan);
    plan_keep_part_strings(repair->plan);
}

/* FALSE when the message is over a limit, which the plan then says. */
static gboolean find_parts(const Message *message, const PolicyLimits *limits, GArray *parts,
                           Plan *plan)
{
    switch (parts_find(message, limits, parts)) {
    case PARTS_OK:
        return TRUE;
    case PARTS_TOO_MANY:
        plan_add_limit(plan, NULL, "more than %u parts or a nesting deeper than %u", limits->parts,
                       limits->depth);
        return FALSE;
    case PARTS_TOO_LONG:
        plan_add_limit(plan, NULL, "more than %d parameters in a field", MIME_FIELD_MAX_PARAMETERS);
        return FALSE;
    }
    g_assert_not_reached();
}

Plan *repair_message(const Message *message, const Policy *policy, gint64 now)
{
    const PolicyLimits *limits = &policy->limits;
    Plan *plan = plan_new();
    if (!may_hold_calendar(message))
        return plan;
    if (message->octets.size > limits->message_bytes) {
        plan_add_limit(plan, NULL, "more than %" G_GSIZE_FORMAT " octets", limits->message_bytes);
        return plan;
    }
    if (message->over_limit) {
        plan_add_limit(plan, NULL, "more than %d header fields", MESSAGE_MAX_FIELDS);
        return plan;
    }
    g_autoptr(GArray) parts = parts_new();
    if (!find_parts(message, limits, parts, plan) || parts->len == 0)
        return plan;
    Repair repair = {
        .message = message,
        .policy = policy,
        .times = substitute_message_times(message, now),
        .seal = keeps_signature(message, policy) ? REASON_POLICY : REASON_NONE,
        .plan = plan,
    };
    examine_parts(&repair, parts);
    return plan;
}
