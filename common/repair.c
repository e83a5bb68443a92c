/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/repair.h"

#include "common/calendar/calendar_guard.h"
#include "common/mail/parts.h"
#include "common/mail/token_search.h"
#include "common/mail/transfer.h"
#include "common/rules/calendar_part.h"
#include "common/rules/families.h"
#include "common/rules/header_rules.h"
#include "common/rules/substitute.h"
#include "common/rules/tnef_part.h"

#include <string.h>

/* What the engine reads of every message: the structure, the substitute time, signatures, and what
 * events name. */
static const char *const read_fields[] = {
    "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "MIME-Version",
    "Date",         "DKIM-Signature",      "ARC-Message-Signature",     "ARC-Seal",
    "Message-ID",
};

/* Signatures that cover the body (RFC 6376, RFC 8617). */
static const char *const signature_fields[] = {"DKIM-Signature", "ARC-Message-Signature",
                                               "ARC-Seal"};

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

/* Whether the rule encoding-noise takes what stands behind the token of the encoding away. */
static gboolean takes_noise_away(const Policy *policy)
{
    for (guint i = 0; i < policy->active->len; i++) {
        const ActiveCase *active = &g_array_index(policy->active, ActiveCase, i);
        if (active->rule == rule_encoding_noise)
            return policy_is_on(policy, active->turned_on_by);
    }
    return FALSE;
}

static TransferEncoding find_encoding(const Repair *repair, const Part *part)
{
    gboolean by_noise = part->kind == PART_CALENDAR && part->encoding == TRANSFER_UNKNOWN &&
                        takes_noise_away(repair->policy);
    return by_noise ? part->noisy_encoding : part->encoding;
}

static void examine_part(Repair *repair, const Part *part)
{
    g_auto(Transfer) transfer;
    transfer_init(&transfer, repair->message, part, find_encoding(repair, part));
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
        calendar_part_examine(&work);
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

gboolean repair_is_signed(const Message *message)
{
    for (gsize i = 0; i < G_N_ELEMENTS(signature_fields); i++) {
        if (message_find_field(message, signature_fields[i]) != NULL)
            return TRUE;
    }
    return FALSE;
}

gboolean repair_reads(const Policy *policy, const char *field)
{
    for (gsize i = 0; i < G_N_ELEMENTS(read_fields); i++) {
        if (g_ascii_strcasecmp(read_fields[i], field) == 0)
            return TRUE;
    }
    return policy_reads(policy, field);
}

/* Calendars that stand where no reader looks for parts. */
static void report_strays(Repair *repair, const GArray *strays)
{
    Plan *plan = repair->plan;
    if (!policy_has_rule(repair->policy, rule_calendar_behind_end))
        return;
    for (guint i = 0; i < strays->len; i++) {
        const StrayCalendar *stray = &g_array_index(strays, StrayCalendar, i);
        Finding finding = {
            .rule = rule_calendar_behind_end,
            .part = *stray->number == '\0' ? NULL : stray->number,
            .type = *stray->number == '\0' ? NULL : "multipart",
            .property = "text",
            .reason = REASON_MALFORMED,
        };
        g_array_append_val(plan->findings, finding);
    }
}

static void examine_parts(Repair *repair, const GArray *parts, const GArray *strays)
{
    Plan *plan = repair->plan;
    for (guint i = 0; i < parts->len; i++)
        examine_part(repair, &g_array_index(parts, Part, i));
    report_strays(repair, strays);
    if (parts->len > 0)
        header_rules_apply(repair->message, repair->policy, repair->times.now, repair->seal, plan);
    header_rules_stamp(repair->message, repair->policy, plan);
    splice_sort(plan->edits);
    plan_keep_part_strings(plan);
}

/* FALSE when the message is over a limit, which the plan then says. */
static gboolean find_parts(const Message *message, const PartsLimits *limits, GArray *parts,
                           GArray *strays, Plan *plan)
{
    switch (parts_find_all(message, limits, parts, strays)) {
    case PARTS_OK:
        return TRUE;
    case PARTS_TOO_MANY:
        plan_add_limit(plan, NULL, "more than %u parts or a nesting deeper than %u", limits->count,
                       limits->depth);
        return FALSE;
    case PARTS_TOO_LONG:
        plan_add_limit(plan, NULL, "more than %d parameters in a field", MIME_FIELD_MAX_PARAMETERS);
        return FALSE;
    }
    g_assert_not_reached();
}

/* FALSE when the message is not to be examined, for which the plan may say a reason. */
static gboolean may_examine(const Message *message, const PolicyLimits *limits, Plan *plan)
{
    if (!may_hold_calendar(message))
        return FALSE;
    if (message->octets.size > limits->message_bytes) {
        plan_add_limit(plan, NULL, "more than %" G_GSIZE_FORMAT " octets", limits->message_bytes);
        return FALSE;
    }
    if (message->over_limit) {
        plan_add_limit(plan, NULL, "more than %d header fields", MESSAGE_MAX_FIELDS);
        return FALSE;
    }
    return TRUE;
}

static void examine_message(const Message *message, const Policy *policy, gint64 now, Plan *plan)
{
    g_autoptr(GArray) parts = parts_new();
    g_autoptr(GArray) strays = parts_new_strays();
    if (!find_parts(message, &policy->limits.parts, parts, strays, plan) ||
        parts->len + strays->len == 0)
        return;
    Repair repair = {
        .message = message,
        .policy = policy,
        .times = substitute_message_times(message, now),
        .seal = policy->leave_signed && repair_is_signed(message) ? REASON_POLICY : REASON_NONE,
        .plan = plan,
    };
    examine_parts(&repair, parts, strays);
}

Plan *repair_message(const Message *message, const Policy *policy, gint64 now)
{
    Plan *plan = plan_new();
    if (may_examine(message, &policy->limits, plan))
        examine_message(message, policy, now, plan);
    return plan;
}
