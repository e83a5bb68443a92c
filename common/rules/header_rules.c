/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/rules/families.h"
#include "common/rules/header_rules.h"
#include "common/rules/substitute.h"

#include <gmime/gmime.h>
#include <string.h>

/* RFC 5322 2.1.1: lines should have no more octets than this. */
#define LINE_LENGTH 78

/* One field under a case. */
typedef struct {
    const Message *message;
    const HeaderField *field;
    const ActiveCase *active;
    gint64 now;
    Reason seal;
    Plan *plan;
} Look;

static const char *keep(Plan *plan, const char *text)
{
    return g_string_chunk_insert(plan->strings, text);
}

static void add_edit(Plan *plan, gsize start, gsize end, const char *text)
{
    Edit edit = {.offset = start, .length = end - start, .text = octets_of(text)};
    g_array_append_val(plan->edits, edit);
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

/* ---- rules ---- */

static const RuleState state_epoch = {"epoch date", NULL};
static const RuleAction action_set_clock = {"set to the clock", NULL};
static const RuleAction action_remove = {"delete", NULL};

static const RuleCase date_epoch[] = {{.place = PLACE_HEADER,
                                       .names = NAMES("Date"),
                                       .state = &state_epoch,
                                       .repair = &action_set_clock,
                                       .profiles = PROFILE_ALWAYS}};
static const RuleCase deadline_epoch[] = {
    {.place = PLACE_HEADER,
     .names = NAMES("Reply-By", "Expires", "Expiry-Date", "Deferred-Delivery"),
     .state = &state_epoch,
     .repair = &action_remove,
     .profiles = PROFILE_ALWAYS}};

static const Rule rules[] = {
    {.name = "header-date-epoch",
     .family = FAMILY_EPOCH,
     .reads = NAMES("Date"),
     RULE_CASES(date_epoch),
     .standard = "RFC 5322 3.6.1",
     .summary = "The Date of the message was never set."},
    {.name = "header-deadline-epoch",
     .family = FAMILY_EPOCH,
     .reads = NAMES("Reply-By", "Expires", "Expiry-Date", "Deferred-Delivery"),
     RULE_CASES(deadline_epoch),
     .standard = "RFC 5322 3.3",
     .summary = "A deadline of the message was never set: it means none."},
};

const RuleList header_rules = RULE_LIST(rules);

/* ---- fields ---- */

static const char *mend_field(const Look *look)
{
    const HeaderField *field = look->field;
    if (look->active->action == &action_remove) {
        add_edit(look->plan, field->start, field->next, NULL);
        return NULL;
    }
    gsize start;
    gsize end;
    const char *clock = clock_text(look->plan, look->now);
    value_range(look->message, field, &start, &end);
    add_edit(look->plan, start, end, clock);
    return clock;
}

static void check_field(const Look *look)
{
    g_autofree char *value = message_field_text(look->message, look->field);
    if (!substitute_field_is_epoch(value))
        return;
    Octets name = message_field_name(look->message, look->field);
    Finding finding = {
        .rule = look->active->rule,
        .rule_case = look->active->rule_case,
        .property = g_string_chunk_insert_len(look->plan->strings, name.data, (gssize)name.size),
        .old_value = keep(look->plan, value),
        .reason = look->seal,
    };
    if (look->seal == REASON_NONE)
        finding.new_value = mend_field(look);
    g_array_append_val(look->plan->findings, finding);
}

/* Of several Date fields the first counts. */
static void check_fields(Look *look, const char *name)
{
    const Message *message = look->message;
    for (guint i = 0; i < message->fields->len; i++) {
        look->field = &g_array_index(message->fields, HeaderField, i);
        if (!octets_equal_nocase(message_field_name(message, look->field), name))
            continue;
        check_field(look);
        if (look->active->action == &action_set_clock)
            return;
    }
}

void header_rules_apply(const Message *message, const Policy *policy, gint64 now, Reason seal,
                        Plan *plan)
{
    for (guint i = 0; i < policy->active->len; i++) {
        const ActiveCase *active = &g_array_index(policy->active, ActiveCase, i);
        if (active->rule_case->place != PLACE_HEADER)
            continue;
        gboolean off = !policy_is_on(policy, active->turned_on_by);
        Look look = {
            .message = message,
            .active = active,
            .now = now,
            .seal = seal == REASON_NONE && off ? REASON_SWITCH : seal,
            .plan = plan,
        };
        for (const char *const *name = active->rule_case->names; *name != NULL; name++)
            check_fields(&look, *name);
    }
}

/* ---- the trace field ---- */

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

    g_autoptr(GPtrArray) names = list_rules(plan);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *word = g_strconcat(i == 0 ? "rules=" : "", g_ptr_array_index(names, i),
                                            i + 1 < names->len ? "," : "", NULL);
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
    if (!policy_has_rule(policy, rule_stamp) || !plan_changes(plan))
        return;
    g_autoptr(GString) field = stamp_text(policy, plan, rule_stamp->cases[0].names[0]);
    g_autofree char *line_end = octets_dup(first_line_ending(message));
    g_string_replace(field, "\n", line_end, 0);
    g_string_append(field, line_end);
    add_edit(plan, message->head, message->head, keep(plan, field->str));
}
