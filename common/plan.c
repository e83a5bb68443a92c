/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/plan.h"

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
    [REASON_POLICY] = {"policy", "the message has a DKIM signature"},
    [REASON_GUARD] = {"guard", "libical reads another change than the one intended"},
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
    plan->header_edits = g_array_new(FALSE, FALSE, sizeof(HeaderEdit));
    plan->body_edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    plan->strings = g_string_chunk_new(512);
    return plan;
}

void plan_free(Plan *plan)
{
    if (plan == NULL)
        return;
    g_array_unref(plan->findings);
    g_array_unref(plan->header_edits);
    g_array_unref(plan->body_edits);
    g_string_chunk_free(plan->strings);
    g_free(plan);
}

gboolean plan_changes(const Plan *plan)
{
    return plan->header_edits->len + plan->body_edits->len > 0;
}

gsize plan_growth(const Plan *plan)
{
    g_autoptr(GArray) edits = plan_edits(plan);
    gsize added = 0;
    gsize removed = 0;
    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        added += edit->text.size;
        removed += edit->length;
    }
    return added > removed ? added - removed : 0;
}

GArray *plan_edits(const Plan *plan)
{
    GArray *edits = g_array_copy(plan->body_edits);
    for (guint i = 0; i < plan->header_edits->len; i++)
        g_array_append_val(edits, g_array_index(plan->header_edits, HeaderEdit, i).edit);
    splice_sort(edits);
    return edits;
}

void plan_add_limit(Plan *plan, const Part *part, const char *format, ...)
{
    gsize count;
    const Rule *rule = rules_table(&count);
    while (rule->kind != RULE_MESSAGE)
        rule++;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    Finding finding = {
        .rule = rule,
        .part = part == NULL ? NULL : part->number,
        .type = part == NULL ? NULL : part->type,
        .property = rule->property,
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
    g_array_set_size(plan->header_edits, 0);
    g_array_set_size(plan->body_edits, 0);
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
