/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/rules/header_rules.h"
#include "common/substitute.h"

#include <gmime/gmime.h>
#include <string.h>

/* RFC 5322 2.1.1: lines should have no more octets than this. */
#define LINE_LENGTH 78

static const Rule *find_rule(RuleKind kind, RuleAction action)
{
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++) {
        if (rules[i].kind == kind && rules[i].enabled_action == action)
            return &rules[i];
    }
    g_assert_not_reached();
}

static const char *keep(Plan *plan, const char *text)
{
    return g_string_chunk_insert(plan->strings, text);
}

static const char *keep_name(Plan *plan, const Message *message, const HeaderField *field)
{
    Octets name = message_field_name(message, field);
    return g_string_chunk_insert_len(plan->strings, name.data, (gssize)name.size);
}

/* The octets of a field's value without the blanks and folds around it. */
static void value_range(const Message *message, const HeaderField *field, gsize *start, gsize *end)
{
    const char *data = message->octets.data;
    *start = field->value;
    *end = field->value_end;
    while (*start < *end && g_ascii_isspace(data[*start]))
        ++*start;
    while (*end > *start && g_ascii_isspace(data[*end - 1]))
        --*end;
}

static const char *clock_text(Plan *plan, gint64 now)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(now);
    g_autofree char *text = g_mime_utils_header_format_date(time);
    return keep(plan, text);
}

/* A value as the MTA takes it: folds as LF and blank, no leading blank. */
static char *milter_value(Octets value, const char *suffix)
{
    g_autoptr(GString) text = g_string_sized_new(value.size);
    for (gsize i = 0; i < value.size; i++) {
        if (value.data[i] != '\r')
            g_string_append_c(text, value.data[i]);
    }
    g_string_append(text, suffix);
    return g_strdup(text->str + strspn(text->str, " \t"));
}

/* The value with `text` in the place of the octets from `start` to `end`, as the MTA takes it. */
static const char *replaced_value(const Message *message, const HeaderField *field, gsize start,
                                  gsize end, const char *text, Plan *plan)
{
    Octets before = octets_slice(message->octets, field->value, start);
    Octets after = octets_slice(message->octets, end, field->value_end);
    g_autoptr(GString) whole = g_string_new_len(before.data, (gssize)before.size);
    g_string_append(whole, text);
    g_string_append_len(whole, after.data, (gssize)after.size);
    g_autofree char *value = milter_value((Octets){whole->str, whole->len}, "");
    return keep(plan, value);
}

static void change_field(const Message *message, const HeaderField *field, guint index,
                         const char *value, Plan *plan)
{
    gsize start;
    gsize end;
    value_range(message, field, &start, &end);
    HeaderEdit edit = {
        .kind = HEADER_CHANGE,
        .name = keep_name(plan, message, field),
        .index = index,
        .value = replaced_value(message, field, start, end, value, plan),
        .edit = {.offset = start, .length = end - start, .text = octets_of(value)},
    };
    g_array_append_val(plan->header_edits, edit);
}

static void remove_field(const Message *message, const HeaderField *field, guint index, Plan *plan)
{
    HeaderEdit edit = {
        .kind = HEADER_REMOVE,
        .name = keep_name(plan, message, field),
        .index = index,
        .edit = {.offset = field->start, .length = field->next - field->start},
    };
    g_array_append_val(plan->header_edits, edit);
}

/* `index` is the field's number among those of its name, from 1. */
static void check_field(const Message *message, const HeaderField *field, guint index,
                        const Rule *rule, RuleAction action, gint64 now, Reason seal, Plan *plan)
{
    g_autofree char *value = message_field_text(message, field);
    if (!substitute_field_is_epoch(value))
        return;
    Finding finding = {
        .rule = rule,
        .property = keep_name(plan, message, field),
        .old_value = keep(plan, value),
        .reason = seal,
    };
    if (seal == REASON_NONE && action == ACTION_SET_CLOCK) {
        finding.new_value = clock_text(plan, now);
        change_field(message, field, index, finding.new_value, plan);
    } else if (seal == REASON_NONE) {
        remove_field(message, field, index, plan);
    }
    g_array_append_val(plan->findings, finding);
}

/* The fields of that name: HeaderField pointers, in order. */
static GPtrArray *list_fields(const Message *message, const char *name)
{
    GPtrArray *fields = g_ptr_array_new();
    for (guint i = 0; i < message->fields->len; i++) {
        HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        if (octets_equal_nocase(message_field_name(message, field), name))
            g_ptr_array_add(fields, field);
    }
    return fields;
}

/* Fields are taken from the last to the first: a removal must not shift the index of another. Of
 * several Date fields the first counts. */
static void apply_rule(const Message *message, const Rule *rule, RuleAction action, gint64 now,
                       Reason seal, Plan *plan)
{
    g_auto(GStrv) names = g_strsplit(rule->property, " ", -1);
    for (char **name = names; *name != NULL; name++) {
        g_autoptr(GPtrArray) fields = list_fields(message, *name);
        guint index = action == ACTION_SET_CLOCK ? MIN(fields->len, 1) : fields->len;
        for (; index > 0; index--)
            check_field(message, g_ptr_array_index(fields, index - 1), index, rule, action, now,
                        seal, plan);
    }
}

void header_rules_apply(const Message *message, const Policy *policy, gint64 now, Reason seal,
                        Plan *plan)
{
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++) {
        RuleAction action = policy_action(policy, &rules[i]);
        if (rules[i].kind == RULE_HEADER && action != ACTION_IGNORE)
            apply_rule(message, &rules[i], action, now, seal, plan);
    }
}

/* RFC 2045 5.1: what a parameter value may be without quotes. */
static gboolean is_token(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c <= ' ' || *c >= 0x7f || strchr("()<>@,;:\\\"/[]?=", *c) != NULL)
            return FALSE;
    }
    return *text != '\0';
}

/* The field at the top of the message that the part's Content-Type is, or NULL: it stands in the
 * body. */
static const HeaderField *find_top_field(const Message *message, const Part *part)
{
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        if (field->start == part->content_type.start)
            return field;
    }
    return NULL;
}

/* TRUE when one more method would not be the only one that is read, or not be read at all: in a
 * field that is not well formed readers differ. */
static gboolean is_method_refused(const Message *message, const Part *part)
{
    g_auto(MimeField) field = {0};
    mime_field_read(
        &field,
        octets_slice(message->octets, part->content_type.value, part->content_type.value_end),
        MIME_FIELD_TYPE);
    return !field.well_formed || field.ends_in_semicolon || mime_field_count(&field, "method") > 0;
}

static void append_method(const Message *message, const Part *part, const char *parameter,
                          Plan *plan)
{
    const HeaderField *field = find_top_field(message, part);
    if (field == NULL) {
        Edit edit = {.offset = part->content_type.value_end, .text = octets_of(parameter)};
        g_array_append_val(plan->body_edits, edit);
        return;
    }
    g_autofree char *value = milter_value(message_field_value(message, field), parameter);
    HeaderEdit edit = {
        .kind = HEADER_CHANGE,
        .name = keep_name(plan, message, field),
        .index = message_field_index(message, field),
        .value = keep(plan, value),
        .edit = {.offset = field->value_end, .text = octets_of(parameter)},
    };
    g_array_append_val(plan->header_edits, edit);
}

void header_rules_add_method(const Message *message, const Policy *policy, const Part *part,
                             const char *method, Reason seal, Plan *plan)
{
    const Rule *rule = find_rule(RULE_PART, ACTION_ADD_METHOD);
    if (policy_action(policy, rule) != ACTION_ADD_METHOD || part->content_type.count == 0 ||
        strcmp(part->type, "text/calendar") != 0 || !is_token(method) ||
        is_method_refused(message, part))
        return;
    g_autofree char *text = g_strconcat("; method=", method, NULL);
    const char *parameter = keep(plan, text);
    Finding finding = {
        .rule = rule,
        .part = part->number,
        .type = part->type,
        .method = keep(plan, method),
        .property = rule->property,
        .new_value = seal == REASON_NONE ? parameter + strlen("; ") : NULL,
        .reason = seal,
    };
    g_array_append_val(plan->findings, finding);
    if (seal == REASON_NONE)
        append_method(message, part, parameter, plan);
}

/* Appends a word of the stamp, on a line of its own where it would get too long. */
static void append_word(GString *field, gsize *line, const char *word)
{
    if (field->len - *line + 1 + strlen(word) > LINE_LENGTH) {
        g_string_append(field, "\n\t");
        *line = field->len - 1;
    } else {
        g_string_append_c(field, ' ');
    }
    g_string_append(field, word);
}

/* The names of the rules that the plan repairs by, each once. Owned by the caller,
 * g_ptr_array_unref. */
static GPtrArray *list_rules(const Plan *plan)
{
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        const char *name = finding->rule->name;
        if (finding->reason == REASON_NONE &&
            !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, (gpointer)name);
    }
    return names;
}

/* The field with LF for its folds, from its name on. */
static GString *stamp_text(const Policy *policy, const Plan *plan, const char *name)
{
    GString *field = g_string_new(name);
    gsize line = 0;
    g_string_append_c(field, ':');
    append_word(field, &line, "version=" PACKAGE_VERSION ";");
    g_autofree char *host = g_strdup_printf("host=%s;", policy->host);
    append_word(field, &line, host);

    g_autoptr(GPtrArray) rules = list_rules(plan);
    for (guint i = 0; i < rules->len; i++) {
        g_autofree char *word = g_strconcat(i == 0 ? "rules=" : "", g_ptr_array_index(rules, i),
                                            i + 1 < rules->len ? "," : "", NULL);
        append_word(field, &line, word);
    }
    return field;
}

static Octets first_line_ending(const Message *message)
{
    gsize next = octets_next_line(message->octets, message->head);
    gsize ending = octets_line_ending(message->octets, next);
    return ending == next ? octets_of("\r\n") : octets_slice(message->octets, ending, next);
}

void header_rules_stamp(const Message *message, const Policy *policy, Plan *plan)
{
    const Rule *rule = find_rule(RULE_STAMP, ACTION_STAMP);
    if (policy_action(policy, rule) != ACTION_STAMP || !plan_changes(plan))
        return;
    g_autoptr(GString) field = stamp_text(policy, plan, rule->property);
    Octets ending = first_line_ending(message);
    g_autoptr(GString) octets = g_string_new(field->str);
    g_autofree char *line_end = octets_dup(ending);
    g_string_replace(octets, "\n", line_end, 0);
    g_string_append(octets, line_end);

    const char *value = field->str + strlen(rule->property) + strlen(": ");
    HeaderEdit edit = {
        .kind = HEADER_INSERT,
        .name = rule->property,
        .value = keep(plan, value),
        .edit = {.offset = message->head, .text = octets_of(keep(plan, octets->str))},
    };
    g_array_append_val(plan->header_edits, edit);
}
