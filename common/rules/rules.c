/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/rules.h"

#include <string.h>

#define FAMILY_EPOCH    "epoch"
#define FAMILY_KB955480 "kb955480"
#define FAMILY_IMIP     "imip"
#define FAMILY_CALMEND  "calmend"

#define CDO          "X-MICROSOFT-CDO-"
#define NOT_RESPONSE (METHOD_ANY & ~METHOD_RESPONSE)
#define STAMPED      (COMPONENT_VEVENT | COMPONENT_VTODO | COMPONENT_VJOURNAL | COMPONENT_VFREEBUSY)
#define CREATED      (COMPONENT_VEVENT | COMPONENT_VTODO | COMPONENT_VJOURNAL)
#define FROM_OWNER   (METHOD_REQUEST | METHOD_CANCEL)
#define SCHEDULE                                                                                   \
    "DTSTART DTEND DUE RECURRENCE-ID EXDATE RDATE "                                                \
    "X-MS-OLK-ORIGINALSTART X-MS-OLK-ORIGINALEND"

/* Rows are applied in this order, and lines that come in at one place stand in it. */
/* clang-format off */
static const Rule table[] = {
    {"stamp-missing", FAMILY_EPOCH, RULE_CALENDAR, "DTSTAMP", NULL,
     METHOD_ANY, STAMPED, STATE_ABSENT, ACTION_IGNORE, ACTION_INSERT_TIME},
    {"attendee-change-missing", FAMILY_EPOCH, RULE_CALENDAR, CDO "ATTENDEE-CRITICAL-CHANGE", NULL,
     METHOD_RESPONSE, COMPONENT_VEVENT, STATE_ABSENT, ACTION_INSERT_TIME, ACTION_INSERT_TIME},
    {"attendee-change-epoch", FAMILY_EPOCH, RULE_CALENDAR, CDO "ATTENDEE-CRITICAL-CHANGE", NULL,
     METHOD_ANY, COMPONENT_VEVENT, STATE_EPOCH, ACTION_SET_TIME, ACTION_SET_TIME},
    {"owner-change-epoch", FAMILY_EPOCH, RULE_CALENDAR, CDO "OWNER-CRITICAL-CHANGE", NULL,
     NOT_RESPONSE & ~METHOD_REFRESH, COMPONENT_VEVENT,
     STATE_EPOCH, ACTION_SET_TIME, ACTION_SET_TIME},
    {"owner-change-epoch", FAMILY_EPOCH, RULE_CALENDAR, CDO "OWNER-CRITICAL-CHANGE", NULL,
     METHOD_RESPONSE, COMPONENT_VEVENT, STATE_EPOCH, ACTION_REPORT, ACTION_DELETE},
    {"reply-time-epoch", FAMILY_EPOCH, RULE_CALENDAR, CDO "REPLYTIME", NULL,
     METHOD_RESPONSE, COMPONENT_VEVENT, STATE_EPOCH, ACTION_SET_TIME, ACTION_SET_TIME},
    {"reply-time-epoch", FAMILY_EPOCH, RULE_CALENDAR, CDO "REPLYTIME", NULL,
     NOT_RESPONSE, COMPONENT_VEVENT, STATE_EPOCH, ACTION_IGNORE, ACTION_DELETE},
    {"stamp-epoch", FAMILY_EPOCH, RULE_CALENDAR, "DTSTAMP", NULL,
     METHOD_ANY, STAMPED, STATE_EPOCH, ACTION_SET_TIME, ACTION_SET_TIME},
    {"created-epoch", FAMILY_EPOCH, RULE_CALENDAR, "CREATED", NULL,
     METHOD_ANY, CREATED, STATE_EPOCH, ACTION_SET_TIME, ACTION_SET_TIME},
    {"modified-epoch", FAMILY_EPOCH, RULE_CALENDAR, "LAST-MODIFIED", NULL,
     METHOD_ANY, CREATED, STATE_EPOCH, ACTION_SET_TIME, ACTION_SET_TIME},
    {"completed-epoch", FAMILY_EPOCH, RULE_CALENDAR, "COMPLETED", NULL,
     METHOD_ANY, COMPONENT_VTODO, STATE_EPOCH, ACTION_REPORT, ACTION_DELETE},
    {"sequence-time-epoch", FAMILY_EPOCH, RULE_CALENDAR, "X-MS-OLK-APPTSEQTIME", NULL,
     METHOD_ANY, COMPONENT_VEVENT, STATE_EPOCH, ACTION_REPORT, ACTION_DELETE},
    {"response-time-epoch", FAMILY_EPOCH, RULE_PARAMETER, "ATTENDEE", "X-MS-OLK-RESPTIME",
     METHOD_ANY, COMPONENT_VEVENT, STATE_AMONG, ACTION_REPORT, ACTION_DELETE},
    {"busy-status", FAMILY_KB955480, RULE_CALENDAR, CDO "BUSYSTATUS", NULL,
     METHOD_REQUEST, COMPONENT_VEVENT, STATE_BUSY, ACTION_IGNORE, ACTION_SET_TENTATIVE},
    {"schedule-epoch", FAMILY_EPOCH, RULE_CALENDAR, SCHEDULE, NULL,
     METHOD_ANY, COMPONENT_ANY, STATE_AMONG, ACTION_REPORT, ACTION_REPORT},
    {"tnef-attendee-change", FAMILY_EPOCH, RULE_TNEF, "PidLidAttendeeCriticalChange", NULL,
     METHOD_RESPONSE, COMPONENT_MESSAGE, STATE_UNSET, ACTION_SET_TIME, ACTION_SET_TIME},
    {"tnef-owner-change", FAMILY_EPOCH, RULE_TNEF, "PidLidOwnerCriticalChange", NULL,
     FROM_OWNER, COMPONENT_MESSAGE, STATE_UNSET, ACTION_SET_TIME, ACTION_SET_TIME},
    {"tnef-reply-time", FAMILY_EPOCH, RULE_TNEF, "PidLidAppointmentReplyTime", NULL,
     METHOD_RESPONSE, COMPONENT_MESSAGE, STATE_UNSET, ACTION_SET_TIME, ACTION_SET_TIME},
    {"tnef-track-status-time", FAMILY_EPOCH, RULE_TNEF, "PidTagRecipientTrackStatusTime", NULL,
     FROM_OWNER | METHOD_RESPONSE, COMPONENT_RECIPIENT,
     STATE_UNSET, ACTION_SET_TIME, ACTION_SET_TIME},
    {"tnef-malformed", FAMILY_EPOCH, RULE_TNEF, "stream", NULL,
     METHOD_ANY, COMPONENT_MESSAGE, STATE_BROKEN, ACTION_REPORT, ACTION_REPORT},
    {"header-date-epoch", FAMILY_EPOCH, RULE_HEADER, "Date", NULL,
     METHOD_ANY, COMPONENT_ANY, STATE_EPOCH, ACTION_SET_CLOCK, ACTION_SET_CLOCK},
    {"header-deadline-epoch", FAMILY_EPOCH, RULE_HEADER,
     "Reply-By Expires Expiry-Date Deferred-Delivery", NULL,
     METHOD_ANY, COMPONENT_ANY, STATE_EPOCH, ACTION_DELETE, ACTION_DELETE},
    {"method-parameter-missing", FAMILY_IMIP, RULE_PART, "Content-Type", "method",
     METHOD_ANY, COMPONENT_ANY, STATE_NO_METHOD, ACTION_IGNORE, ACTION_ADD_METHOD},
    {"stamp", FAMILY_CALMEND, RULE_STAMP, "X-Calmend", NULL,
     METHOD_ANY, COMPONENT_ANY, STATE_CHANGED, ACTION_STAMP, ACTION_STAMP},
    {"limit", FAMILY_CALMEND, RULE_MESSAGE, "message", NULL,
     METHOD_ANY, COMPONENT_ANY, STATE_LIMIT, ACTION_REPORT, ACTION_REPORT},
};
/* clang-format on */

typedef struct {
    guint bit;
    const char *text;
} BitName;

static const BitName method_names[] = {
    {METHOD_REQUEST, "REQUEST"}, {METHOD_REPLY, "REPLY"},   {METHOD_COUNTER, "COUNTER"},
    {METHOD_REFRESH, "REFRESH"}, {METHOD_CANCEL, "CANCEL"}, {METHOD_OTHER, "other"},
    {METHOD_NONE, "none"},
};

static const BitName component_names[] = {
    {COMPONENT_VEVENT, "VEVENT"},
    {COMPONENT_VTODO, "VTODO"},
    {COMPONENT_VJOURNAL, "VJOURNAL"},
    {COMPONENT_VFREEBUSY, "VFREEBUSY"},
    {COMPONENT_OTHER, "other"},
    {COMPONENT_MESSAGE, "message"},
    {COMPONENT_RECIPIENT, "recipient row"},
};

const Rule *rules_table(gsize *count)
{
    *count = G_N_ELEMENTS(table);
    return table;
}

RuleAction rules_action(const Rule *rule, RuleLevel level)
{
    switch (level) {
    case RULE_DEFAULT:
        return rule->action;
    case RULE_ENABLED:
        return rule->enabled_action;
    case RULE_DISABLED:
        break;
    }
    return ACTION_IGNORE;
}

gboolean rules_row_is(const Rule *rule, const char *name)
{
    return strcmp(rule->name, name) == 0 || strcmp(rule->family, name) == 0;
}

gboolean rules_exists(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        if (rules_row_is(&table[i], name))
            return TRUE;
    }
    return FALSE;
}

gboolean rules_can_enable(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        if (rules_row_is(&table[i], name) && table[i].enabled_action != ACTION_REPORT)
            return TRUE;
    }
    return FALSE;
}

const char *rules_profile_text(const Rule *rule)
{
    if (rule->action != ACTION_IGNORE && rule->action != ACTION_REPORT)
        return "on";
    if (rule->action == ACTION_REPORT || rule->enabled_action == ACTION_DELETE)
        return "leave";
    return "opt";
}

const char *rules_state_text(const Rule *rule)
{
    switch (rule->state) {
    case STATE_ABSENT:
        return "absent";
    case STATE_EPOCH:
        return "epoch date";
    case STATE_AMONG:
        return "epoch date among";
    case STATE_UNSET:
        return "time before 1601-01-03";
    case STATE_BROKEN:
        return "contradicts itself";
    case STATE_BUSY:
        return "BUSY, no INTENDEDSTATUS";
    case STATE_NO_METHOD:
        return "no method parameter";
    case STATE_CHANGED:
        return "message changed";
    case STATE_LIMIT:
        return "over a limit";
    }
    return "";
}

const char *rules_action_text(RuleAction action)
{
    switch (action) {
    case ACTION_IGNORE:
        return "nothing";
    case ACTION_REPORT:
        return "reported";
    case ACTION_INSERT_TIME:
        return "insert time";
    case ACTION_SET_TIME:
        return "set time";
    case ACTION_DELETE:
        return "delete";
    case ACTION_SET_TENTATIVE:
        return "set TENTATIVE, insert INTENDEDSTATUS";
    case ACTION_SET_CLOCK:
        return "set to the clock";
    case ACTION_ADD_METHOD:
        return "append method";
    case ACTION_STAMP:
        return "insert";
    }
    return "";
}

static char *bits_text(guint bits, const BitName *names, gsize count)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < count; i++) {
        if ((bits & names[i].bit) != 0)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", names[i].text);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *rules_methods_text(const Rule *rule)
{
    static const BitName groups[] = {
        {METHOD_ANY, "any"},
        {METHOD_RESPONSE, "response"},
        {NOT_RESPONSE, "not response"},
        {NOT_RESPONSE & ~METHOD_REFRESH, "not response, not REFRESH"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        if (rule->methods == groups[i].bit)
            return g_strdup(groups[i].text);
    }
    return bits_text(rule->methods, method_names, G_N_ELEMENTS(method_names));
}

char *rules_components_text(const Rule *rule)
{
    if (rule->components == COMPONENT_ANY)
        return g_strdup("any but VTIMEZONE");
    return bits_text(rule->components, component_names, G_N_ELEMENTS(component_names));
}
