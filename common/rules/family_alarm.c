/* SPDX-License-Identifier: BSD-2-Clause
 *
 * family_alarm: reminders that other readers stumble over (RFC 5545 3.6.6, 3.8.6).
 */
#include "common/rules/families.h"
#include "common/rules/site.h"

#include <string.h>

/* The value without its sign where the rest begins with `prefix`, compared without case; else NULL.
 */
static const char *after_prefix(const char *value, const char *prefix)
{
    value += *value == '+' || *value == '-' ? 1 : 0;
    return g_ascii_strncasecmp(value, prefix, strlen(prefix)) == 0 ? value + strlen(prefix) : NULL;
}

static gboolean is_empty_duration(const char *value)
{
    static const char *const empty[] = {"P", "PT", "PD"};
    for (gsize i = 0; i < G_N_ELEMENTS(empty); i++) {
        const char *rest = after_prefix(value, empty[i]);
        if (rest != NULL && *rest == '\0')
            return TRUE;
    }
    return FALSE;
}

static void find_empty_trigger(const Site *site, Found *found)
{
    guint line = site_only_line(site, site_component(site), "TRIGGER");
    if (line == CALENDAR_NONE)
        return;
    const char *value = site_value(site, line);
    const char *form = site_parameter(site, line, "VALUE");
    gboolean is_duration = form == NULL || g_ascii_strcasecmp(form, "DURATION") == 0;
    gboolean is_empty =
        *value == '\0' ? site_has_parameter(site, line, "RELATED") : is_empty_duration(value);
    if (is_duration && is_empty)
        found_add(
            site, found,
            (Defect){.line = line, .property = "TRIGGER", .old_value = value, .new_value = "PT0S"});
}

static void set_no_time(const Site *site, const Defect *defect, Draft *draft)
{
    draft_set_value(draft, site_line(site, defect->line), "TRIGGER", "PT0S");
}

static void find_days(const Site *site, Found *found)
{
    guint line = site_only_line(site, site_component(site), "TRIGGER");
    if (line == CALENDAR_NONE)
        return;
    const char *value = site_value(site, line);
    const char *digits = after_prefix(value, "PT");
    gsize count = digits == NULL ? 0 : strspn(digits, "0123456789");
    if (count == 0 || strchr("DdWw", digits[count]) == NULL || digits[count] == '\0' ||
        digits[count + 1] != '\0')
        return;
    gsize sign = (gsize)(digits - value) - strlen("PT");
    g_autoptr(GString) without = g_string_new(value);
    g_string_erase(without, (gssize)(sign + 1), 1);
    gsize start;
    gsize end;
    calendar_value_range(site->calendar, site_line(site, line), &start, &end);
    found_add(site, found,
              (Defect){.line = line,
                       .start = calendar_raw_position(site->calendar, start, sign + 1),
                       .property = "TRIGGER",
                       .old_value = value,
                       .new_value = site_keep(site, without)});
}

static void delete_t(const Site *site, const Defect *defect, Draft *draft)
{
    (void)site;
    draft_reshape(draft, defect->start, defect->start + 1, (Octets){NULL, 0},
                  (Expect){EXPECT_RESHAPED, "TRIGGER", NULL, NULL});
}

static void find_no_action(const Site *site, Found *found)
{
    const Component *alarm = site_component(site);
    if (site_is_absent(site, alarm, "ACTION") &&
        site_only_line(site, alarm, "TRIGGER") != CALENDAR_NONE)
        found_add(site, found,
                  (Defect){.line = CALENDAR_NONE, .property = "ACTION", .new_value = "DISPLAY"});
}

static void insert_action(const Site *site, const Defect *defect, Draft *draft)
{
    (void)defect;
    gsize place = site_after_begin(site, site->component);
    draft_insert_line(draft, place, "ACTION", "DISPLAY");
    if (site_is_absent(site, site_component(site), "DESCRIPTION"))
        draft_insert_line(draft, place, "DESCRIPTION", "Reminder");
}

static const RuleState state_empty_trigger = {"a duration of nothing", find_empty_trigger};
static const RuleState state_days = {"days behind the T", find_days};
static const RuleState state_no_action = {"absent", find_no_action};
static const RuleAction action_no_time = {"set PT0S", set_no_time};
static const RuleAction action_delete_t = {"delete the T", delete_t};
static const RuleAction action_insert_action = {"insert ACTION and DESCRIPTION", insert_action};

/* clang-format off */
#define IN_ALARM .place = PLACE_ALARM, .components = COMPONENT_VEVENT | COMPONENT_VTODO

static const RuleCase trigger_empty[] = {
    {IN_ALARM, .state = &state_empty_trigger, .repair = &action_no_time, .profiles = PROFILE_BOTH}};
static const RuleCase trigger_days[] = {
    {IN_ALARM, .state = &state_days, .repair = &action_delete_t, .profiles = PROFILE_BOTH}};
static const RuleCase alarm_action[] = {
    {IN_ALARM, .state = &state_no_action, .repair = &action_insert_action}};

static const Rule rules[] = {
    {.name = "trigger-empty", .family = FAMILY_ALARM, RULE_CASES(trigger_empty),
     .standard = "RFC 5545 3.3.6",
     .summary = "The TRIGGER of an alarm is a duration without a number."},
    {.name = "trigger-days", .family = FAMILY_ALARM, RULE_CASES(trigger_days),
     .standard = "RFC 5545 3.3.6",
     .summary = "The TRIGGER of an alarm has days or weeks in its time."},
    {.name = "alarm-action", .family = FAMILY_ALARM, RULE_CASES(alarm_action),
     .standard = "RFC 5545 3.6.6",
     .summary = "An alarm has no ACTION."},
};
/* clang-format on */

const RuleList alarm_rules = RULE_LIST(rules);
