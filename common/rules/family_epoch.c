/* SPDX-License-Identifier: BSD-2-Clause
 *
 * family_epoch: times that were never set (KB 938650, KB 969254), and KB 955480.
 */
#include "common/calendar/calendar_date.h"
#include "common/rules/families.h"
#include "common/rules/site.h"

#define CDO          "X-MICROSOFT-CDO-"
#define NOT_RESPONSE (METHOD_ANY & ~METHOD_RESPONSE)
#define STAMPED      (COMPONENT_VEVENT | COMPONENT_VTODO | COMPONENT_VJOURNAL | COMPONENT_VFREEBUSY)
#define CREATED      (COMPONENT_VEVENT | COMPONENT_VTODO | COMPONENT_VJOURNAL)

/* ---- states ---- */

static void find_absent(const Site *site, Found *found)
{
    if (site_is_absent(site, site_component(site), site->name))
        found_add(site, found,
                  (Defect){.line = CALENDAR_NONE, .new_value = site_time(site, CALENDAR_NONE)});
}

static const char *find_oddity(const Site *site, guint line, guint count, Octets value)
{
    if (count > 1)
        return "stands more than once";
    if (value.size == 0)
        return "empty";
    if (!calendar_date_is(value))
        return "no date";
    return site_has_parameter(site, line, "TZID") ? "has a TZID" : NULL;
}

/* The one value of the property is an epoch date, or nobody can say what it should be. */
static void find_epoch(const Site *site, Found *found)
{
    guint count;
    guint line = calendar_find_property(site->calendar, site_component(site), site->name, &count);
    if (line == CALENDAR_NONE)
        return;
    const char *value = site_value(site, line);
    const char *oddity = find_oddity(site, line, count, octets_of(value));
    if (oddity == NULL && !calendar_date_is_epoch(octets_of(value)))
        return;
    gboolean set = site->rule_case->repair == &action_set_time;
    found_add(site, found,
              (Defect){.line = line,
                       .old_value = value,
                       .new_value = set ? site_time(site, line) : NULL,
                       .oddity = oddity});
}

static void find_among(const Site *site, Found *found)
{
    const char *value = site_value(site, site->line);
    if (calendar_date_has_epoch(octets_of(value)))
        found_add(site, found, (Defect){.line = site->line, .old_value = value});
}

static void find_parameters(const Site *site, Found *found)
{
    const ContentLine *line = site_line(site, site->line);
    const char *name = site->rule_case->parameter;
    Parameter parameter;
    gboolean more = calendar_find_parameter(site->calendar, line, name, &parameter);
    for (; more; more = calendar_next_parameter(site->calendar, line, name, &parameter)) {
        g_autoptr(GString) value = calendar_parameter_value(site->calendar, &parameter);
        if (calendar_date_is_epoch(octets_trim((Octets){value->str, value->len})))
            found_add(site, found,
                      (Defect){.line = site->line,
                               .parameter = parameter,
                               .old_value = site_keep(site, value)});
    }
}

#define INTENDED_STATUS     CDO "INTENDEDSTATUS"
#define MSN_INTENDED_STATUS "X-MICROSOFT-MSNCALENDAR-INTENDEDSTATUS"

static void find_busy(const Site *site, Found *found)
{
    const Component *component = site_component(site);
    guint line = site_only_line(site, component, site->name);
    if (line == CALENDAR_NONE || !site_is_absent(site, component, INTENDED_STATUS) ||
        !site_is_absent(site, component, MSN_INTENDED_STATUS) ||
        !calendar_value_is(site->calendar, site_line(site, line), octets_of("BUSY")))
        return;
    found_add(
        site, found,
        (Defect){.line = line, .old_value = site_value(site, line), .new_value = "TENTATIVE"});
}

static void set_tentative(const Site *site, const Defect *defect, Draft *draft)
{
    draft_set_value(draft, site_line(site, defect->line), site->name, defect->new_value);
    draft_insert_line(draft, site_after_stamp(site), INTENDED_STATUS, "BUSY");
}

static const RuleState state_absent = {"absent", find_absent};
static const RuleState state_epoch = {"epoch date", find_epoch};
static const RuleState state_among = {"epoch date among", find_among};
static const RuleState state_parameter = {"epoch date", find_parameters};
static const RuleState state_busy = {"BUSY, no INTENDEDSTATUS", find_busy};
static const RuleAction action_set_tentative = {"set TENTATIVE, insert INTENDEDSTATUS",
                                                set_tentative};

/* ---- rules ---- */

/* Its value becomes the substitute time. No other case asks for such a value. */
#define SET_TIME(in_components, in_methods, ...)                                                   \
    {                                                                                              \
        .place = PLACE_COMPONENT, .methods = (in_methods), .components = (in_components),          \
        .names = NAMES(__VA_ARGS__), .state = &state_epoch, .repair = &action_set_time,            \
        .profiles = PROFILE_ALWAYS, .settled = TRUE                                                \
    }

/* Left; enabled, the line goes. */
#define LEAVE(what_is_done, in_components, in_methods, ...)                                        \
    {                                                                                              \
        .place = PLACE_COMPONENT, .methods = (in_methods), .components = (in_components),          \
        .names = NAMES(__VA_ARGS__), .state = &state_epoch, .repair = &action_delete_line,         \
        .otherwise = (what_is_done), .profiles = PROFILE_LEAVE                                     \
    }

/* clang-format off */
static const RuleCase attendee_change_missing[] = {
    {.place = PLACE_COMPONENT, .methods = METHOD_RESPONSE, .components = COMPONENT_VEVENT,
     .names = NAMES(CDO "ATTENDEE-CRITICAL-CHANGE"), .state = &state_absent,
     .repair = &action_insert_time, .profiles = PROFILE_ALWAYS, .settled = TRUE}};
static const RuleCase attendee_change_epoch[] = {
    SET_TIME(COMPONENT_VEVENT, METHOD_ANY, CDO "ATTENDEE-CRITICAL-CHANGE")};
static const RuleCase owner_change_epoch[] = {
    SET_TIME(COMPONENT_VEVENT, NOT_RESPONSE & ~METHOD_REFRESH, CDO "OWNER-CRITICAL-CHANGE"),
    LEAVE(&action_report, COMPONENT_VEVENT, METHOD_RESPONSE, CDO "OWNER-CRITICAL-CHANGE")};
static const RuleCase reply_time_epoch[] = {
    SET_TIME(COMPONENT_VEVENT, METHOD_RESPONSE, CDO "REPLYTIME"),
    LEAVE(NULL, COMPONENT_VEVENT, NOT_RESPONSE, CDO "REPLYTIME")};
static const RuleCase stamp_epoch[] = {SET_TIME(STAMPED, METHOD_ANY, "DTSTAMP")};
static const RuleCase created_epoch[] = {SET_TIME(CREATED, METHOD_ANY, "CREATED")};
static const RuleCase modified_epoch[] = {SET_TIME(CREATED, METHOD_ANY, "LAST-MODIFIED")};
static const RuleCase completed_epoch[] = {
    LEAVE(&action_report, COMPONENT_VTODO, METHOD_ANY, "COMPLETED")};
static const RuleCase sequence_time_epoch[] = {
    LEAVE(&action_report, COMPONENT_VEVENT, METHOD_ANY, "X-MS-OLK-APPTSEQTIME")};
static const RuleCase response_time_epoch[] = {
    {.place = PLACE_PROPERTY, .methods = METHOD_ANY, .components = COMPONENT_VEVENT,
     .names = NAMES("ATTENDEE"), .parameter = "X-MS-OLK-RESPTIME", .state = &state_parameter,
     .repair = &action_remove_parameter, .otherwise = &action_report, .profiles = PROFILE_LEAVE}};
static const RuleCase busy_status[] = {
    {.place = PLACE_COMPONENT, .methods = METHOD_REQUEST, .components = COMPONENT_VEVENT,
     .names = NAMES(CDO "BUSYSTATUS"), .state = &state_busy, .repair = &action_set_tentative}};
static const RuleCase schedule_epoch[] = {
    {.place = PLACE_PROPERTY, .methods = METHOD_ANY,
     .names = NAMES("DTSTART", "DTEND", "DUE", "RECURRENCE-ID", "EXDATE", "RDATE",
                    "X-MS-OLK-ORIGINALSTART", "X-MS-OLK-ORIGINALEND"),
     .state = &state_among, .repair = &action_report, .otherwise = &action_report,
     .profiles = PROFILE_LEAVE}};

static const Rule rules[] = {
    {.name = "attendee-change-missing", .family = FAMILY_EPOCH, RULE_CASES(attendee_change_missing),
     .standard = "[MS-OXCICAL] 2.1.3.1.1.20",
     .summary = "A response lacks the time of the attendee's answer."},
    {.name = "attendee-change-epoch", .family = FAMILY_EPOCH, RULE_CASES(attendee_change_epoch),
     .standard = "[MS-OXCICAL] 2.1.3.1.1.20",
     .summary = "The time of the attendee's answer was never set."},
    {.name = "owner-change-epoch", .family = FAMILY_EPOCH, RULE_CASES(owner_change_epoch),
     .standard = "[MS-OXCICAL] 2.1.3.1.1.20",
     .summary = "The time of the organizer's change was never set."},
    {.name = "reply-time-epoch", .family = FAMILY_EPOCH, RULE_CASES(reply_time_epoch),
     .standard = "[MS-OXCICAL] 2.1.3.1.1.20",
     .summary = "The time of the reply was never set."},
    {.name = "stamp-epoch", .family = FAMILY_EPOCH, RULE_CASES(stamp_epoch),
     .standard = "RFC 5545 3.8.7.2",
     .summary = "DTSTAMP was never set."},
    {.name = "created-epoch", .family = FAMILY_EPOCH, RULE_CASES(created_epoch),
     .standard = "RFC 5545 3.8.7.1",
     .summary = "CREATED was never set."},
    {.name = "modified-epoch", .family = FAMILY_EPOCH, RULE_CASES(modified_epoch),
     .standard = "RFC 5545 3.8.7.3",
     .summary = "LAST-MODIFIED was never set."},
    {.name = "completed-epoch", .family = FAMILY_EPOCH, RULE_CASES(completed_epoch),
     .standard = "RFC 5545 3.8.2.1",
     .summary = "COMPLETED was never set."},
    {.name = "sequence-time-epoch", .family = FAMILY_EPOCH, RULE_CASES(sequence_time_epoch),
     .standard = "[MS-OXCICAL] 2.1.3.1.1.20",
     .summary = "Outlook's time of the sequence number was never set."},
    {.name = "response-time-epoch", .family = FAMILY_EPOCH, RULE_CASES(response_time_epoch),
     .standard = "[MS-OXCICAL] 2.1.3.1.1.20",
     .summary = "Outlook's time of an attendee's response was never set."},
    {.name = "busy-status", .family = FAMILY_KB955480, RULE_CASES(busy_status),
     .standard = "Microsoft KB 955480",
     .summary = "A request from outside shows as busy instead of tentative."},
    {.name = "schedule-epoch", .family = FAMILY_EPOCH, RULE_CASES(schedule_epoch),
     .standard = "RFC 5545 3.8.2",
     .summary = "A time of the schedule was never set; a guess would move a meeting."},
};
/* clang-format on */

const RuleList epoch_rules = RULE_LIST(rules);
