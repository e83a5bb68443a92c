/* SPDX-License-Identifier: BSD-2-Clause
 *
 * check_report: see check_report.h.
 */
#include "cli/check_report.h"

#include "cli/json_output.h"

#define VALUE_MAX 200

static void append_mail(GString *line, const StoredMail *mail)
{
    output_escape(line, octets_of(mail->file->path));
    if (mail->number > 0)
        g_string_append_printf(line, ":%" G_GUINT64_FORMAT, mail->number);
}

static void append_place(GString *line, const Finding *finding)
{
    g_string_append(line, finding->part != NULL ? finding->part : "message");
    if (finding->type != NULL) {
        g_string_append_c(line, ' ');
        output_escape_short(line, finding->type, VALUE_MAX);
    }
}

static void append_value(GString *line, const char *value, const char *none)
{
    if (value == NULL)
        g_string_append(line, none);
    else
        output_escape_short(line, value, VALUE_MAX);
}

/* What happens to the value, or why nothing does. */
static void append_outcome(GString *line, const Finding *finding, gboolean color)
{
    append_value(line, finding->old_value, "(absent)");
    if (finding->reason == REASON_NONE) {
        g_autoptr(GString) value = g_string_new(NULL);
        append_value(value, finding->new_value, "(removed)");
        g_string_append(line, " -> ");
        output_paint(line, color, COLOR_ADDED, value->str);
    } else {
        g_string_append(line, ", left: ");
        output_paint(line, color, COLOR_WARNING, reason_text(finding->reason));
    }
    if (finding->detail != NULL) {
        g_string_append(line, " (");
        output_escape_short(line, finding->detail, VALUE_MAX);
        g_string_append_c(line, ')');
    }
}

/* The profile that repairs it without being asked to, where every rule was looked at. */
static void append_profile(GString *line, const Finding *finding)
{
    if (finding->rule_case == NULL)
        return;
    g_autofree char *profile = rules_profile_text(finding->rule_case);
    g_string_append_printf(line, " [%s]", profile);
}

void check_report_text(const StoredMail *mail, const Plan *plan, gboolean color, gboolean all)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        g_string_truncate(line, 0);
        append_mail(line, mail);
        g_string_append(line, ": ");
        append_place(line, finding);
        g_string_append_printf(line, ": %s: ", finding->rule->name);
        if (finding->component != NULL) {
            output_escape_short(line, finding->component, VALUE_MAX);
            g_string_append_c(line, ' ');
        }
        output_escape_short(line, finding->property, VALUE_MAX);
        g_string_append(line, ": ");
        append_outcome(line, finding, color);
        if (all)
            append_profile(line, finding);
        puts(line->str);
    }
}

static void add_finding(JsonBuilder *builder, const Finding *finding)
{
    gboolean repaired = finding->reason == REASON_NONE;
    g_autofree char *profile =
        finding->rule_case == NULL ? NULL : rules_profile_text(finding->rule_case);
    json_builder_begin_object(builder);
    json_output_text(builder, "rule", finding->rule->name);
    json_output_text(builder, "family", finding->rule->family);
    json_output_text(builder, "profile", profile);
    json_output_text(builder, "part", finding->part);
    json_output_text(builder, "type", finding->type);
    json_output_text(builder, "method", finding->method);
    json_output_text(builder, "uid", finding->uid);
    json_output_text(builder, "producer", finding->producer);
    json_output_text(builder, "component", finding->component);
    json_output_text(builder, "property", finding->property);
    json_output_text(builder, "old_value", finding->old_value);
    json_output_text(builder, "new_value", finding->new_value);
    json_output_text(builder, "detail", finding->detail);
    json_output_flag(builder, "repaired", repaired);
    json_output_text(builder, "reason", repaired ? NULL : reason_word(finding->reason));
    json_output_text(builder, "reason_text", repaired ? NULL : reason_text(finding->reason));
    json_builder_end_object(builder);
}

static void add_mail(JsonBuilder *builder, const StoredMail *mail)
{
    json_output_text(builder, "file", mail->file->path);
    json_output_text(builder, "store", store_kind_word(mail->file->kind));
    if (mail->number > 0)
        json_output_number(builder, "number", mail->number);
    else
        json_output_text(builder, "number", NULL);
    json_output_number(builder, "offset", mail->offset);
    json_output_number(builder, "length", mail->octets.size);
}

void check_report_json(const StoredMail *mail, const Plan *plan, G_GNUC_UNUSED gboolean color,
                       G_GNUC_UNUSED gboolean all)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_mail(builder, mail);
    json_output_flag(builder, "changes", plan_changes(plan));
    json_builder_set_member_name(builder, "findings");
    json_builder_begin_array(builder);
    for (guint i = 0; i < plan->findings->len; i++)
        add_finding(builder, &g_array_index(plan->findings, Finding, i));
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    json_output_line(builder);
}
