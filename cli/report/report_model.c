/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/report_model.h"

#include "cli/json_output.h"
#include "cli/report/complaint.h"
#include "common/rules/rules.h"
#include "config.h"

#define REST "(others)"

/* A word for programs, and what it means for people. */
typedef struct {
    const char *word;
    const char *text;
} Words;

static const Words outcome_words[OUTCOMES] = {
    [OUTCOME_REPAIRED] = {"repaired", "mended on their way"},
    [OUTCOME_TRACK] = {"track", "mended by the switch FixRecipientTrackStatusTime"},
    [OUTCOME_INBOUND] = {"inbound", "mended by FixCalendarMail, in either profile"},
    [OUTCOME_OUTBOUND] = {"outbound", "mended by FixCalendarMail, profile outbound alone"},
    [OUTCOME_MAIL] = {"mail", "mended by the switch FixCalendarMail"},
    [OUTCOME_ENABLED] = {"enabled", "mended only where the rule is enabled"},
    [OUTCOME_LEFT] = {"left", "left as they are"},
};

static const Words choice_words[CHOICES] = {
    [CHOICE_TRACK] = {"track", "FixRecipientTrackStatusTime"},
    [CHOICE_INBOUND] = {"inbound", "FixCalendarMail, profile inbound"},
    [CHOICE_OUTBOUND] = {"outbound", "FixCalendarMail, profile outbound"},
    [CHOICE_ALL] = {"all", "both switches, every rule enabled"},
};

/* ---- members ---- */

static void add_count(JsonBuilder *builder, const char *name, guint64 count)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, (gint64)count);
}

static void add_time(JsonBuilder *builder, const char *name, gint64 time)
{
    g_autoptr(GDateTime) date = time == REPORT_NO_TIME ? NULL : g_date_time_new_from_unix_utc(time);
    g_autofree char *text = date == NULL ? NULL : g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ");
    json_output_text(builder, name, text);
}

/* How many of a hundred; null where nothing is known of those without a defect. */
static void add_percent(JsonBuilder *builder, const Tally *tally, const TallyEntry *entry)
{
    json_builder_set_member_name(builder, "percent");
    if (tally->source == TALLY_LOG || entry->messages == 0)
        json_builder_add_null_value(builder);
    else
        json_builder_add_int_value(
            builder, (gint64)((entry->broken * 100 + entry->messages / 2) / entry->messages));
}

static void begin_array(JsonBuilder *builder, const char *name)
{
    json_builder_set_member_name(builder, name);
    json_builder_begin_array(builder);
}

static const char *name_of(const TallyEntry *entry)
{
    return entry->name == NULL ? REST : entry->name;
}

/* ---- tables ---- */

static void add_summary(JsonBuilder *builder, const Tally *tally, const ReportOptions *options)
{
    json_output_text(builder, "format", REPORT_FORMAT);
    add_count(builder, "version", REPORT_VERSION);
    json_output_text(builder, "program", PACKAGE_STRING);
    json_output_text(builder, "source", tally->source == TALLY_LOG ? "log" : "mail");
    add_time(builder, "made", options->now);
    add_time(builder, "since", options->since);
    add_time(builder, "first", tally->first);
    add_time(builder, "last", tally->last);
    add_count(builder, "messages", tally->messages);
    add_count(builder, "earlier", tally->earlier);
    add_count(builder, "with_calendar", tally->with_calendar);
    add_count(builder, "with_winmail", tally->with_winmail);
    add_count(builder, "with_either", tally->with_either);
    add_count(builder, "broken", tally->broken);
    add_count(builder, "defects", tally->defects);
    add_count(builder, "unreadable", tally->unreadable);
}

static void add_counted(JsonBuilder *builder, const char *name, const char *word, const char *text,
                        const TallyCount *count)
{
    if (count->defects == 0)
        return;
    json_builder_begin_object(builder);
    json_output_text(builder, name, word);
    json_output_text(builder, "text", text);
    add_count(builder, "messages", count->messages);
    add_count(builder, "defects", count->defects);
    json_builder_end_object(builder);
}

static void add_outcomes(JsonBuilder *builder, const Tally *tally)
{
    begin_array(builder, "outcomes");
    for (guint i = 0; i < OUTCOMES; i++)
        add_counted(builder, "outcome", outcome_words[i].word, outcome_words[i].text,
                    &tally->outcomes[i]);
    json_builder_end_array(builder);
    begin_array(builder, "reasons");
    for (guint i = 0; i < REASONS; i++)
        add_counted(builder, "reason", reason_word((Reason)i), reason_text((Reason)i),
                    &tally->reasons[i]);
    json_builder_end_array(builder);
}

/* A log does not tell which messages are signed. */
static void add_choices(JsonBuilder *builder, const Tally *tally)
{
    begin_array(builder, "choices");
    for (guint i = 0; tally->source == TALLY_MAIL && i < CHOICES; i++) {
        json_builder_begin_object(builder);
        json_output_text(builder, "choice", choice_words[i].word);
        json_output_text(builder, "text", choice_words[i].text);
        add_count(builder, "messages", tally->changed[i]);
        add_count(builder, "signed", tally->changed_signed[i]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* An array with an object for each rule that was found under a name. */
static void add_entry_rules(JsonBuilder *builder, const char *name, const TallyEntry *entry)
{
    for (guint number = 0; number < rules_count(); number++) {
        if (entry->rule_defects[number] == 0)
            continue;
        json_builder_begin_object(builder);
        json_output_text(builder, name, name_of(entry));
        json_output_text(builder, "rule", rules_get(number)->name);
        add_count(builder, "messages", entry->rule_messages[number]);
        add_count(builder, "defects", entry->rule_defects[number]);
        json_builder_end_object(builder);
    }
}

static void add_entry_methods(JsonBuilder *builder, const TallyEntry *entry)
{
    for (guint i = 0; i < REPORT_METHODS; i++) {
        if (entry->methods[i] == 0)
            continue;
        json_builder_begin_object(builder);
        json_output_text(builder, "producer", name_of(entry));
        json_output_text(builder, "method", report_method_name((ReportMethod)i));
        add_count(builder, "calendars", entry->methods[i]);
        json_builder_end_object(builder);
    }
}

static void add_entry(JsonBuilder *builder, const Tally *tally, const char *name,
                      const TallyEntry *entry)
{
    json_builder_begin_object(builder);
    json_output_text(builder, name, name_of(entry));
    add_count(builder, "messages", entry->messages);
    add_count(builder, "broken", entry->broken);
    add_percent(builder, tally, entry);
    add_count(builder, "defects", entry->defects);
    json_builder_end_object(builder);
}

/* The two tables of a group: `table` has a row for each name, or for each rule under a name. */
static void add_entries(JsonBuilder *builder, const Tally *tally, const char *table,
                        const char *name, const GPtrArray *entries)
{
    begin_array(builder, table);
    for (guint i = 0; i < entries->len; i++)
        add_entry(builder, tally, name, g_ptr_array_index(entries, i));
    json_builder_end_array(builder);
}

static void add_rules_of_entries(JsonBuilder *builder, const char *table, const char *name,
                                 const GPtrArray *entries)
{
    begin_array(builder, table);
    for (guint i = 0; i < entries->len; i++)
        add_entry_rules(builder, name, g_ptr_array_index(entries, i));
    json_builder_end_array(builder);
}

static void add_producers(JsonBuilder *builder, const Tally *tally, const GPtrArray *entries)
{
    add_entries(builder, tally, "producers", "producer", entries);
    begin_array(builder, "methods");
    for (guint i = 0; i < entries->len; i++)
        add_entry_methods(builder, g_ptr_array_index(entries, i));
    json_builder_end_array(builder);
    add_rules_of_entries(builder, "producer_rules", "producer", entries);
}

static void add_strings(JsonBuilder *builder, const char *name, const GPtrArray *strings)
{
    begin_array(builder, name);
    for (guint i = 0; strings != NULL && i < strings->len; i++) {
        g_autofree char *valid = g_utf8_make_valid(g_ptr_array_index(strings, i), -1);
        json_builder_add_string_value(builder, valid);
    }
    json_builder_end_array(builder);
}

/* A domain that is not known has no postmaster. */
static void add_partner(JsonBuilder *builder, const Tally *tally, const TallyEntry *entry,
                        gboolean addresses)
{
    g_autofree char *text = entry->name == NULL || *entry->name == '('
                                ? NULL
                                : complaint_text(entry, tally->source == TALLY_MAIL);
    if (text == NULL)
        return;
    json_builder_begin_object(builder);
    json_output_text(builder, "domain", entry->name);
    json_output_text(builder, "text", text);
    if (addresses)
        add_strings(builder, "addresses", entry->addresses);
    json_builder_end_object(builder);
}

static void add_domains(JsonBuilder *builder, const Tally *tally, const GPtrArray *entries,
                        gboolean addresses)
{
    add_entries(builder, tally, "domains", "domain", entries);
    add_rules_of_entries(builder, "domain_rules", "domain", entries);
    begin_array(builder, "partners");
    for (guint i = 0; i < entries->len; i++)
        add_partner(builder, tally, g_ptr_array_index(entries, i), addresses);
    json_builder_end_array(builder);
}

/* What a switch mends or has mended, what only an enabled rule does, and what is left. */
static void add_split(JsonBuilder *builder, const guint64 outcomes[OUTCOMES])
{
    guint64 mended = 0;
    for (guint i = 0; i < OUTCOME_ENABLED; i++)
        mended += outcomes[i];
    add_count(builder, "mended", mended);
    add_count(builder, "enabled", outcomes[OUTCOME_ENABLED]);
    add_count(builder, "left", outcomes[OUTCOME_LEFT]);
}

static void add_months(JsonBuilder *builder, const GPtrArray *entries)
{
    begin_array(builder, "months");
    for (guint i = 0; i < entries->len; i++) {
        const TallyEntry *entry = g_ptr_array_index(entries, i);
        json_builder_begin_object(builder);
        json_output_text(builder, "month", name_of(entry));
        add_count(builder, "messages", entry->messages);
        add_count(builder, "broken", entry->broken);
        add_count(builder, "defects", entry->defects);
        add_split(builder, entry->outcomes);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    add_rules_of_entries(builder, "month_rules", "month", entries);
}

static void add_rule(JsonBuilder *builder, const Tally *tally, guint number)
{
    const Rule *rule = rules_get(number);
    guint64 defects = 0;
    for (guint i = 0; i < OUTCOMES; i++)
        defects += tally->rule_outcomes[number][i];
    if (defects == 0)
        return;
    json_builder_begin_object(builder);
    json_output_text(builder, "rule", rule->name);
    json_output_text(builder, "family", rule->family);
    json_output_text(builder, "switch", rules_switch_name(rules_family(rule)->turned_on_by));
    json_output_text(builder, "standard", rule->standard);
    json_output_text(builder, "summary", rule->summary);
    add_count(builder, "messages", tally->rule_messages[number]);
    add_count(builder, "defects", defects);
    add_split(builder, tally->rule_outcomes[number]);
    json_builder_end_object(builder);
}

static void add_example(JsonBuilder *builder, const Rule *rule, const TallyPlace *place,
                        gboolean addresses)
{
    json_builder_begin_object(builder);
    json_output_text(builder, "rule", rule->name);
    json_output_text(builder, "file", place->file);
    json_builder_set_member_name(builder, "offset");
    if (place->file == NULL)
        json_builder_add_null_value(builder);
    else
        json_builder_add_int_value(builder, (gint64)place->offset);
    add_time(builder, "time", place->time);
    json_output_text(builder, "message_id", place->message_id);
    if (addresses)
        json_output_text(builder, "sender", place->address);
    json_builder_end_object(builder);
}

static void add_rules(JsonBuilder *builder, const Tally *tally, gboolean addresses)
{
    begin_array(builder, "rules");
    for (guint number = 0; number < rules_count(); number++)
        add_rule(builder, tally, number);
    json_builder_end_array(builder);
    begin_array(builder, "examples");
    for (guint number = 0; number < rules_count(); number++) {
        const GPtrArray *places = tally->places[number];
        for (guint i = 0; i < places->len; i++)
            add_example(builder, rules_get(number), g_ptr_array_index(places, i), addresses);
    }
    json_builder_end_array(builder);
}

/* The first of a group, and one row for the rest. */
static GPtrArray *rank(TallyGroup *group, guint top)
{
    const TallyEntry *rest;
    GPtrArray *entries = tally_group_rank(group, top, &rest);
    if (rest->messages > 0)
        g_ptr_array_add(entries, (gpointer)rest);
    return entries;
}

/* In their order; months that were folded away stand at the end. */
static GPtrArray *list_months(const TallyGroup *group)
{
    GPtrArray *entries = tally_group_by_name(group);
    if (group->others->messages > 0)
        g_ptr_array_add(entries, group->others);
    return entries;
}

JsonNode *report_model(Tally *tally, const ReportOptions *options)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(GPtrArray) producers = rank(&tally->producers, options->top);
    g_autoptr(GPtrArray) domains = rank(&tally->domains, options->top);
    g_autoptr(GPtrArray) months = list_months(&tally->months);
    json_builder_begin_object(builder);
    add_summary(builder, tally, options);
    add_outcomes(builder, tally);
    add_choices(builder, tally);
    add_rules(builder, tally, options->addresses);
    add_producers(builder, tally, producers);
    add_domains(builder, tally, domains, options->addresses);
    add_months(builder, months);
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}
