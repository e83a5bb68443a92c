/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/rules.h"

#include "common/calendar/calendar.h"
#include "common/rules/families.h"

#include <string.h>

#define NOT_RESPONSE (METHOD_ANY & ~METHOD_RESPONSE)

const RuleAction action_report = {"reported", NULL};

/* In the order in which they are applied. */
static const RuleList *const lists[] = {
    &epoch_rules, &structure_rules, &text_rules, &method_rules, &zone_rules,   &address_rules,
    &alarm_rules, &date_rules,      &tnef_rules, &header_rules, &engine_rules,
};

/* clang-format off */
static const Family families[] = {
    {FAMILY_EPOCH, SWITCH_TRACK_STATUS, "times of 1601, and responses without a time (KB 938650)"},
    {FAMILY_KB955480, SWITCH_TRACK_STATUS, "requests that show as busy (KB 955480)"},
    {FAMILY_STRUCTURE, SWITCH_MAIL, "lines that are missing, doubled or too many"},
    {FAMILY_TEXT, SWITCH_MAIL, "line ends, folds, long lines, and what older formats left"},
    {FAMILY_METHOD, SWITCH_MAIL, "METHOD, its parameter in the Content-Type, and what it asks for"},
    {FAMILY_MIME, SWITCH_MAIL, "charset and transfer encoding of a calendar part"},
    {FAMILY_ZONE, SWITCH_MAIL, "time zones that nobody describes"},
    {FAMILY_ADDRESS, SWITCH_MAIL, "ORGANIZER and ATTENDEE that are no address"},
    {FAMILY_ALARM, SWITCH_MAIL, "reminders that readers stumble over"},
    {FAMILY_DATE, SWITCH_MAIL, "dates and recurrence rules that readers refuse"},
    {FAMILY_CALMEND, SWITCH_NONE, "what calmend says of itself"},
};
/* clang-format on */

typedef struct {
    guint bits;
    const char *text;
} BitName;

static const BitName method_names[] = {
    {METHOD_REQUEST, "REQUEST"},
    {METHOD_REPLY, "REPLY"},
    {METHOD_COUNTER, "COUNTER"},
    {METHOD_REFRESH, "REFRESH"},
    {METHOD_CANCEL, "CANCEL"},
    {METHOD_ADD, "ADD"},
    {METHOD_DECLINECOUNTER, "DECLINECOUNTER"},
    {METHOD_OTHER, "other"},
    {METHOD_NONE, "none"},
};

static const BitName method_groups[] = {
    {0, "any"},
    {METHOD_ANY, "any"},
    {METHOD_RESPONSE, "response"},
    {NOT_RESPONSE, "not response"},
    {NOT_RESPONSE & ~METHOD_REFRESH, "not response, not REFRESH"},
    {METHOD_SCHEDULING, "scheduling"},
    {METHOD_ANY & ~METHOD_NONE & ~METHOD_SCHEDULING, "not scheduling"},
    {METHOD_ANY & ~METHOD_NONE, "one"},
};

static const BitName component_names[] = {
    {COMPONENT_VEVENT, "VEVENT"},       {COMPONENT_VTODO, "VTODO"},
    {COMPONENT_VJOURNAL, "VJOURNAL"},   {COMPONENT_VFREEBUSY, "VFREEBUSY"},
    {COMPONENT_OTHER, "other"},         {COMPONENT_VALARM, "VALARM"},
    {COMPONENT_VTIMEZONE, "VTIMEZONE"}, {COMPONENT_VCALENDAR, "VCALENDAR"},
    {COMPONENT_MESSAGE, "message"},     {COMPONENT_RECIPIENT, "recipient row"},
};

static const BitName profile_names[] = {
    {PROFILE_ALWAYS, "on"},
    {PROFILE_BOTH, "in, out"},
    {PROFILE_OUTBOUND, "out (in: opt)"},
    {PROFILE_INBOUND, "in (out: opt)"},
    {PROFILE_LEAVE, "leave"},
    {0, "opt"},
};

/* What stands in the components column for the places that ask for none. */
static const struct {
    RulePlace place;
    const char *text;
} place_names[] = {
    {PLACE_TEXT, "text"},
    {PLACE_LINE, "any"},
    {PLACE_CALENDAR, "VCALENDAR"},
    {PLACE_FIELD, "part"},
    {PLACE_CONTENT, "part"},
    {PLACE_TNEF, "message"},
    {PLACE_ALARM, "VALARM"},
    {PLACE_HEADER, "message"},
    {PLACE_MESSAGE, "message"},
    {PLACE_COMPONENT, "any but VTIMEZONE"},
    {PLACE_PROPERTY, "any but VTIMEZONE"},
};

guint rules_count(void)
{
    gsize count = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        count += lists[i]->count;
    return (guint)count;
}

const Rule *rules_get(guint number)
{
    gsize list = 0;
    for (; number >= lists[list]->count; list++)
        number -= (guint)lists[list]->count;
    return &lists[list]->rules[number];
}

guint rules_number(const Rule *rule)
{
    guint before = 0;
    gsize list = 0;
    for (; rule < lists[list]->rules || rule >= lists[list]->rules + lists[list]->count; list++)
        before += (guint)lists[list]->count;
    return before + (guint)(rule - lists[list]->rules);
}

const Family *rules_families(guint *count)
{
    *count = G_N_ELEMENTS(families);
    return families;
}

guint rules_family_number(const Rule *rule)
{
    guint number = 0;
    while (strcmp(families[number].name, rule->family) != 0)
        number++;
    return number;
}

const Family *rules_family(const Rule *rule)
{
    return &families[rules_family_number(rule)];
}

gboolean rules_is_called(const Rule *rule, const char *name)
{
    return strcmp(rule->name, name) == 0 || strcmp(rule->family, name) == 0;
}

gboolean rules_exists(const char *name)
{
    guint count = rules_count();
    guint number = 0;
    while (number < count && !rules_is_called(rules_get(number), name))
        number++;
    return number < count;
}

static gboolean can_repair(const Rule *rule)
{
    for (gsize i = 0; i < rule->count; i++) {
        if (rule->cases[i].repair != &action_report)
            return TRUE;
    }
    return FALSE;
}

gboolean rules_can_enable(const char *name)
{
    guint count = rules_count();
    for (guint number = 0; number < count; number++) {
        const Rule *rule = rules_get(number);
        if (rules_is_called(rule, name) && can_repair(rule))
            return TRUE;
    }
    return FALSE;
}

const char *rules_switch_name(RuleSwitch which)
{
    static const char *const names[SWITCHES] = {
        [SWITCH_NONE] = NULL,
        [SWITCH_TRACK_STATUS] = "FixRecipientTrackStatusTime",
        [SWITCH_MAIL] = "FixCalendarMail",
    };
    return names[which];
}

static const char *find_text(guint bits, const BitName *names, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        if (bits == names[i].bits)
            return names[i].text;
    }
    return NULL;
}

static char *list_bits(guint bits, const BitName *names, gsize count)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < count; i++) {
        if ((bits & names[i].bits) != 0)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", names[i].text);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *rules_profile_text(const RuleCase *rule_case)
{
    return g_strdup(find_text(rule_case->profiles, profile_names, G_N_ELEMENTS(profile_names)));
}

char *rules_methods_text(const RuleCase *rule_case)
{
    const char *group = find_text(rule_case->methods, method_groups, G_N_ELEMENTS(method_groups));
    return group != NULL ? g_strdup(group)
                         : list_bits(rule_case->methods, method_names, G_N_ELEMENTS(method_names));
}

char *rules_components_text(const RuleCase *rule_case)
{
    if (rule_case->components != 0)
        return list_bits(rule_case->components, component_names, G_N_ELEMENTS(component_names));
    gsize i = 0;
    while (place_names[i].place != rule_case->place)
        i++;
    return g_strdup(place_names[i].text);
}

guint rules_method_bit(const char *method)
{
    if (method == NULL || *method == '\0')
        return METHOD_NONE;
    for (gsize i = 0; i < G_N_ELEMENTS(method_names); i++) {
        if ((method_names[i].bits & METHOD_SCHEDULING) != 0 &&
            g_ascii_strcasecmp(method, method_names[i].text) == 0)
            return method_names[i].bits;
    }
    return METHOD_OTHER;
}
