/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/plan.h"

#include "common/rules/families.h"

typedef struct {
    const char *word;
    const char *text;
} ReasonName;

static const ReasonName reason_names[] = {
    [REASON_NONE] = {"repaired", "repaired"},
    [REASON_LEAVE] = {"leave", "nobody can tell the right value"},
    [REASON_SIGNED] = {"signed", "inside of a signed or encrypted part"},
    [REASON_QUOTED] = {"quoted", "inside of a forwarded message or a report"},
    [REASON_MALFORMED] = {"malformed", "the calendar or TNEF stream is malformed"},
    [REASON_CHARSET] = {"charset", "the charset is not compatible with ASCII"},
    [REASON_ENCODING] = {"encoding", "the transfer encoding cannot be written back"},
    [REASON_LIMIT] = {"limit", "over a limit of the settings"},
    [REASON_POLICY] = {"policy", "the message has a DKIM or ARC signature"},
    [REASON_GUARD] = {"guard", "libical reads another change than the one intended"},
    [REASON_SWITCH] = {"switch_off", "its switch is off"},
};

const char *reason_word(Reason reason)
{
    return reason_names[reason].word;
}

const char *reason_text(Reason reason)
{
    return reason_names[reason].text;
}

Plan *plan_new(void)
{
    Plan *plan = g_new0(Plan, 1);
    plan->findings = g_array_new(FALSE, FALSE, sizeof(Finding));
    plan->edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    plan->strings = g_string_chunk_new(512);
    return plan;
}

void plan_free(Plan *plan)
{
    if (plan == NULL)
        return;
    g_array_unref(plan->findings);
    g_array_unref(plan->edits);
    g_string_chunk_free(plan->strings);
    g_free(plan);
}

gboolean plan_changes(const Plan *plan)
{
    return plan->edits->len > 0;
}

gsize plan_growth(const Plan *plan)
{
    gsize added = 0;
    gsize removed = 0;
    for (guint i = 0; i < plan->edits->len; i++) {
        const Edit *edit = &g_array_index(plan->edits, Edit, i);
        added += edit->text.size;
        removed += edit->length;
    }
    return added > removed ? added - removed : 0;
}

void plan_add_limit(Plan *plan, const Part *part, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    Finding finding = {
        .rule = rule_limit,
        .part = part == NULL ? NULL : part->number,
        .type = part == NULL ? NULL : part->type,
        .property = "message",
        .detail = g_string_chunk_insert(plan->strings, detail),
        .reason = REASON_LIMIT,
    };
    g_array_append_val(plan->findings, finding);
}

void plan_withdraw(Plan *plan, guint first, Reason reason)
{
    for (guint i = first; i < plan->findings->len; i++) {
        Finding *finding = &g_array_index(plan->findings, Finding, i);
        if (finding->reason != REASON_NONE)
            continue;
        finding->reason = reason;
        finding->new_value = NULL;
    }
}

void plan_drop_edits(Plan *plan, Reason reason)
{
    plan_withdraw(plan, 0, reason);
    g_array_set_size(plan->edits, 0);
}

void plan_keep_part_strings(Plan *plan)
{
    for (guint i = 0; i < plan->findings->len; i++) {
        Finding *finding = &g_array_index(plan->findings, Finding, i);
        if (finding->part == NULL)
            continue;
        finding->part = g_string_chunk_insert_const(plan->strings, finding->part);
        finding->type = g_string_chunk_insert_const(plan->strings, finding->type);
    }
}
