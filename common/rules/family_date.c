/* SPDX-License-Identifier: BSD-2-Clause
 *
 * family_date: dates and recurrence rules in a form that readers refuse.
 */
#include "common/calendar/calendar_date.h"
#include "common/rules/families.h"
#include "common/rules/site.h"

#include <string.h>

#define STAMPED (COMPONENT_VEVENT | COMPONENT_VTODO | COMPONENT_VJOURNAL | COMPONENT_VFREEBUSY)
#define CREATED (COMPONENT_VEVENT | COMPONENT_VTODO | COMPONENT_VJOURNAL)
#define PLANNED (COMPONENT_VEVENT | COMPONENT_VTODO)

/* ---- created-zero, stamp-local, stamp-missing ---- */

static gboolean is_year_zero(Octets value)
{
    return calendar_date_is(value) &&
           (octets_has_prefix(value, "0000") || octets_has_prefix(value, "0001"));
}

static void find_year_zero(const Site *site, Found *found)
{
    const char *value = site_value(site, site->line);
    if (is_year_zero(octets_of(value)) && !site_has_parameter(site, site->line, "TZID"))
        found_add(site, found,
                  (Defect){.line = site->line,
                           .old_value = value,
                           .new_value = site_time(site, site->line)});
}

static void find_local(const Site *site, Found *found)
{
    const char *value = site_value(site, site->line);
    if (calendar_date_is_local(octets_of(value)) && !site_has_parameter(site, site->line, "TZID") &&
        !site_has_parameter(site, site->line, "VALUE"))
        found_add(site, found,
                  (Defect){.line = site->line,
                           .old_value = value,
                           .new_value = site_time(site, CALENDAR_NONE)});
}

static void find_no_stamp(const Site *site, Found *found)
{
    if (site_is_absent(site, site_component(site), "DTSTAMP"))
        found_add(site, found,
                  (Defect){.line = CALENDAR_NONE, .new_value = site_time(site, CALENDAR_NONE)});
}

static void insert_stamp(const Site *site, const Defect *defect, Draft *draft)
{
    draft_insert_line(draft, site_after_begin(site, site->component), "DTSTAMP", defect->new_value);
}

/* ---- date-unlabelled, date-midnight ---- */

static const char *const planned_names[] = {"DTSTART", "DTEND", "DUE", "RECURRENCE-ID", NULL};

static gboolean is_unlabelled(const Site *site, guint line)
{
    const char *value = site_value(site, line);
    return calendar_date_is_day(octets_of(value)) && !site_has_parameter(site, line, "VALUE") &&
           !site_has_parameter(site, line, "TZID");
}

static gboolean is_labelled(const Site *site, guint line)
{
    const char *form = site_parameter(site, line, "VALUE");
    return form != NULL && g_ascii_strcasecmp(form, "DATE") == 0;
}

static gboolean is_date(const Site *site, guint line)
{
    Octets value = octets_of(site_value(site, line));
    return is_labelled(site, line) && value.size == CALENDAR_DATE_SIZE && calendar_date_is(value);
}

static gboolean is_midnight(const Site *site, guint line)
{
    Octets value = octets_of(site_value(site, line));
    return is_labelled(site, line) && !site_has_parameter(site, line, "TZID") &&
           value.size > CALENDAR_DATE_SIZE && calendar_date_is(value) &&
           (octets_equal(octets_slice(value, CALENDAR_DATE_SIZE, value.size), "T000000") ||
            octets_equal(octets_slice(value, CALENDAR_DATE_SIZE, value.size), "T000000Z"));
}

static gboolean has_time(const char *text)
{
    return strchr(text, 'T') != NULL || strchr(text, 't') != NULL;
}

/* Whether a line that is like `name`, by the letter or not, has a T behind `mark` up to a ;. */
static gboolean has_time_behind(const Site *site, const char *name, const char *mark)
{
    for (guint line = site_component(site)->first_own; line != CALENDAR_NONE;
         line = site_line(site, line)->next_own) {
        const ContentLine *content = site_line(site, line);
        if (!calendar_line_is_like(site->calendar, content, name))
            continue;
        g_autoptr(GString) text = calendar_unfold(
            site->calendar, content->colon ? content->value : content->start, content->end);
        g_string_ascii_up(text);
        const char *at = strstr(text->str, mark);
        g_autofree char *part =
            at == NULL ? NULL : g_strndup(at + strlen(mark), strcspn(at + strlen(mark), ";"));
        if (part != NULL && has_time(part))
            return TRUE;
    }
    return FALSE;
}

/* The rules that make dates of the others; each asks what the other does. */
enum { DATE_UNLABELLED = 1, DATE_MIDNIGHT = 2 };

/* Every such property is a date or becomes one. */
static gboolean all_are_dates(const Site *site)
{
    const Policy *policy = site->work->policy;
    gboolean labels = policy_has_rule(policy, &date_rules.rules[DATE_UNLABELLED]);
    gboolean cuts = policy_has_rule(policy, &date_rules.rules[DATE_MIDNIGHT]);
    for (const char *const *name = planned_names; *name != NULL; name++) {
        guint count;
        guint line = calendar_find_property(site->calendar, site_component(site), *name, &count);
        if (calendar_count_like(site->calendar, site_component(site), *name) != count)
            return FALSE;
        for (; line != CALENDAR_NONE; line = calendar_next_property(site->calendar, line, *name)) {
            if (!is_date(site, line) && !(labels && is_unlabelled(site, line)) &&
                !(cuts && is_midnight(site, line)))
                return FALSE;
        }
    }
    return !has_time_behind(site, "DURATION", "") && !has_time_behind(site, "RRULE", "UNTIL=") &&
           !has_time_behind(site, "EXRULE", "UNTIL=");
}

/* Calls found_add for every line that `is_meant`, where all are dates: which is asked once, for a
 * component may have many. */
static void find_dates(const Site *site, Found *found,
                       gboolean (*is_meant)(const Site *site, guint line))
{
    gboolean asked = FALSE;
    for (const char *const *name = planned_names; *name != NULL; name++) {
        guint count;
        guint line = calendar_find_property(site->calendar, site_component(site), *name, &count);
        for (; line != CALENDAR_NONE; line = calendar_next_property(site->calendar, line, *name)) {
            if (!is_meant(site, line))
                continue;
            if (!asked && !all_are_dates(site))
                return;
            asked = TRUE;
            const char *value = site_value(site, line);
            g_autofree char *day = g_strndup(value, CALENDAR_DATE_SIZE);
            found_add(site, found,
                      (Defect){.line = line,
                               .property = *name,
                               .old_value = value,
                               .new_value = g_string_chunk_insert(site->scratch, day)});
        }
    }
}

static void find_unlabelled(const Site *site, Found *found)
{
    find_dates(site, found, is_unlabelled);
}

static void label_date(const Site *site, const Defect *defect, Draft *draft)
{
    gsize colon = site_line(site, defect->line)->value - 1;
    draft_reshape(draft, colon, colon, octets_of(";VALUE=DATE"),
                  (Expect){EXPECT_RESHAPED, defect->property, defect->new_value, NULL});
}

static void find_midnight(const Site *site, Found *found)
{
    find_dates(site, found, is_midnight);
}

static void cut_time(const Site *site, const Defect *defect, Draft *draft)
{
    gsize start;
    gsize end;
    calendar_value_range(site->calendar, site_line(site, defect->line), &start, &end);
    draft_reshape(draft, calendar_raw_position(site->calendar, start, CALENDAR_DATE_SIZE), end,
                  (Octets){NULL, 0},
                  (Expect){EXPECT_RESHAPED, defect->property, defect->new_value, NULL});
}

/* ---- rule-noise ---- */

/* Calls `each` for every octet of the value that is noise; `kept` gets the others. */
static guint each_noise(const Site *site, guint line, void (*each)(gsize at, gpointer data),
                        gpointer data, GString *kept)
{
    const ContentLine *content = site_line(site, line);
    g_autoptr(GString) value = calendar_unfold(site->calendar, content->value, content->end);
    gsize last = value->len;
    gsize at = calendar_raw_position(site->calendar, content->value, 0);
    gboolean quoted = FALSE;
    guint count = 0;
    while (last > 0 && octet_is_blank(value->str[last - 1]))
        last--;
    for (gsize i = 0; i < value->len; i++) {
        char octet = value->str[i];
        quoted ^= octet == '"';
        gboolean doubled = octet == ';' && i > 0 && value->str[i - 1] == ';';
        gboolean noise =
            !quoted && (octet_is_blank(octet) || doubled || (octet == ';' && i + 1 == last));
        if (noise && each != NULL)
            each(at, data);
        else if (!noise)
            g_string_append_c(kept, octet);
        count += noise ? 1 : 0;
        at = calendar_raw_position(site->calendar, at + 1, 0);
    }
    return count;
}

static void find_noise(const Site *site, Found *found)
{
    g_autoptr(GString) kept = g_string_new(NULL);
    if (each_noise(site, site->line, NULL, NULL, kept) == 0 || kept->len == 0)
        return;
    found_add(site, found,
              (Defect){.line = site->line,
                       .old_value = site_value(site, site->line),
                       .new_value = site_keep(site, kept)});
}

typedef struct {
    Draft *draft;
    const char *property;
} Deleting;

static void delete_octet(gsize at, gpointer data)
{
    const Deleting *deleting = data;
    draft_reshape(deleting->draft, at, at + 1, (Octets){NULL, 0},
                  (Expect){EXPECT_RESHAPED, deleting->property, NULL, NULL});
}

static void delete_noise(const Site *site, const Defect *defect, Draft *draft)
{
    Deleting deleting = {draft, site->name};
    g_autoptr(GString) kept = g_string_new(NULL);
    each_noise(site, defect->line, delete_octet, &deleting, kept);
}

/* ---- lotus-range ---- */

static void find_range(const Site *site, Found *found)
{
    Parameter parameter;
    const ContentLine *line = site_line(site, site->line);
    const char *name = site->rule_case->parameter;
    gboolean more = calendar_find_parameter(site->calendar, line, name, &parameter);
    for (; more; more = calendar_next_parameter(site->calendar, line, name, &parameter)) {
        g_autoptr(GString) value = calendar_parameter_value(site->calendar, &parameter);
        found_add(site, found,
                  (Defect){.line = site->line,
                           .parameter = parameter,
                           .old_value = site_keep(site, value)});
    }
}

static const RuleState state_year_zero = {"year 0000 or 0001", find_year_zero};
static const RuleState state_unlabelled = {"a date without VALUE=DATE", find_unlabelled};
static const RuleState state_midnight = {"VALUE=DATE and T000000", find_midnight};
static const RuleState state_no_stamp = {"absent", find_no_stamp};
static const RuleState state_noise = {"blanks, ;; or a ; at the end", find_noise};
static const RuleState state_local = {"a local time or a date", find_local};
static const RuleState state_range = {"there", find_range};
static const RuleAction action_label = {"insert VALUE=DATE", label_date};
static const RuleAction action_cut_time = {"delete the time", cut_time};
static const RuleAction action_insert_stamp = {"insert time", insert_stamp};
static const RuleAction action_delete_noise = {"delete them", delete_noise};

/* ---- rules ---- */

/* clang-format off */
static const RuleCase created_zero[] = {
    {.place = PLACE_PROPERTY, .components = CREATED, .names = NAMES("CREATED", "LAST-MODIFIED"),
     .state = &state_year_zero, .repair = &action_set_time, .profiles = PROFILE_BOTH}};
static const RuleCase date_unlabelled[] = {
    {.place = PLACE_COMPONENT, .components = PLANNED, .state = &state_unlabelled,
     .repair = &action_label, .profiles = PROFILE_BOTH}};
static const RuleCase date_midnight[] = {
    {.place = PLACE_COMPONENT, .components = PLANNED, .state = &state_midnight,
     .repair = &action_cut_time, .profiles = PROFILE_BOTH}};
static const RuleCase stamp_missing[] = {
    {.place = PLACE_COMPONENT, .components = STAMPED, .names = NAMES("DTSTAMP"),
     .state = &state_no_stamp, .repair = &action_insert_stamp, .profiles = PROFILE_BOTH}};
static const RuleCase rule_noise[] = {
    {.place = PLACE_PROPERTY, .names = NAMES("RRULE", "EXRULE"), .state = &state_noise,
     .repair = &action_delete_noise, .profiles = PROFILE_BOTH}};
static const RuleCase stamp_local[] = {
    {.place = PLACE_PROPERTY, .components = STAMPED, .names = NAMES("DTSTAMP"),
     .state = &state_local, .repair = &action_set_time}};
static const RuleCase lotus_range[] = {
    {.place = PLACE_PROPERTY, .components = COMPONENT_VEVENT, .names = NAMES("X-LOTUS-RECURID"),
     .parameter = "RANGE", .state = &state_range, .repair = &action_remove_parameter}};

static const Rule rules[] = {
    {.name = "created-zero", .family = FAMILY_DATE, RULE_CASES(created_zero),
     .standard = "RFC 5545 3.8.7",
     .summary = "CREATED or LAST-MODIFIED is in the year 0."},
    {.name = "date-unlabelled", .family = FAMILY_DATE, RULE_CASES(date_unlabelled),
     .standard = "RFC 5545 3.2.20",
     .summary = "A date does not say that it is one."},
    {.name = "date-midnight", .family = FAMILY_DATE, RULE_CASES(date_midnight),
     .standard = "RFC 5545 3.3.4",
     .summary = "A date that says that it is one has a time."},
    {.name = "stamp-missing", .family = FAMILY_DATE, RULE_CASES(stamp_missing),
     .standard = "RFC 5545 3.8.7.2",
     .summary = "DTSTAMP is missing."},
    {.name = "rule-noise", .family = FAMILY_DATE, RULE_CASES(rule_noise),
     .standard = "RFC 5545 3.3.10",
     .summary = "A recurrence rule holds blanks or empty parts."},
    {.name = "stamp-local", .family = FAMILY_DATE, RULE_CASES(stamp_local),
     .standard = "RFC 5545 3.8.7.2",
     .summary = "DTSTAMP is a local time or a date."},
    {.name = "lotus-range", .family = FAMILY_DATE, RULE_CASES(lotus_range),
     .standard = "RFC 5545 3.2.13",
     .summary = "X-LOTUS-RECURID has a RANGE."},
};
/* clang-format on */

const RuleList date_rules = RULE_LIST(rules);
