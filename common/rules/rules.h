/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rules: the one table of what calmend looks for and does.
 *
 * A row says where a rule looks (property, METHOD, component), what state it looks for, and what is
 * done, by default and when the settings enable the rule. Rows of one name are one rule with
 * several cases. Code, settings, `calmend rules`, tests and the manual read this table and nothing
 * else.
 */
#ifndef CALMEND_RULES_H
#define CALMEND_RULES_H

#include <glib.h>

typedef enum {
    RULE_CALENDAR,  /* a property of a component (RFC 5545) */
    RULE_PARAMETER, /* a parameter of such a property */
    RULE_TNEF,      /* a MAPI property in a TNEF stream ([MS-OXTNEF]) */
    RULE_HEADER,    /* a header field of the message (RFC 5322) */
    RULE_PART,      /* a header field of a MIME part (RFC 2045) */
    RULE_STAMP,     /* the trace field of calmend itself */
    RULE_MESSAGE,   /* the message as a whole: it was not examined */
} RuleKind;

/* METHOD of the VCALENDAR (RFC 5546 1.4), as bits. In a TNEF stream the message class says the
 * same: a meeting request or update, a cancellation, a response. */
typedef enum {
    METHOD_NONE = 1 << 0,
    METHOD_REQUEST = 1 << 1,
    METHOD_REPLY = 1 << 2,
    METHOD_COUNTER = 1 << 3,
    METHOD_REFRESH = 1 << 4,
    METHOD_CANCEL = 1 << 5,
    METHOD_OTHER = 1 << 6,
    METHOD_RESPONSE = METHOD_REPLY | METHOD_COUNTER,
    METHOD_ANY = (1 << 7) - 1,
} RuleMethod;

/* Components that stand directly in a VCALENDAR, as bits. VTIMEZONE is in none of them. The two of
 * a TNEF stream are no components of a calendar. */
typedef enum {
    COMPONENT_VEVENT = 1 << 0,
    COMPONENT_VTODO = 1 << 1,
    COMPONENT_VJOURNAL = 1 << 2,
    COMPONENT_VFREEBUSY = 1 << 3,
    COMPONENT_OTHER = 1 << 4,
    COMPONENT_ANY = (1 << 5) - 1,
    COMPONENT_MESSAGE = 1 << 5,   /* attMsgProps */
    COMPONENT_RECIPIENT = 1 << 6, /* a row of attRecipTable */
} RuleComponent;

typedef enum {
    STATE_ABSENT,    /* the property is not there */
    STATE_EPOCH,     /* its one value is an epoch date */
    STATE_AMONG,     /* an epoch date is among its values; it may stand more than once */
    STATE_UNSET,     /* its FILETIME is before 1601-01-03 */
    STATE_BROKEN,    /* the TNEF stream contradicts itself */
    STATE_BUSY,      /* BUSY, and no INTENDEDSTATUS beside it (KB 955480) */
    STATE_NO_METHOD, /* the part's Content-Type has no method parameter (RFC 6047 2.4) */
    STATE_CHANGED,   /* the message was changed */
    STATE_LIMIT,     /* there is more of something than the settings allow */
} RuleState;

typedef enum {
    ACTION_IGNORE,        /* nothing, not reported */
    ACTION_REPORT,        /* reported and left */
    ACTION_INSERT_TIME,   /* a line with the substitute time comes in */
    ACTION_SET_TIME,      /* the value becomes the substitute time */
    ACTION_DELETE,        /* the line, parameter or field goes */
    ACTION_SET_TENTATIVE, /* KB 955480 */
    ACTION_SET_CLOCK,     /* the field becomes the clock, in RFC 5322 form */
    ACTION_ADD_METHOD,    /* a method parameter is appended */
    ACTION_STAMP,         /* the trace field is inserted */
} RuleAction;

typedef struct {
    const char *name;
    const char *family;
    RuleKind kind;
    const char *property;  /* property or field names, separated by blanks */
    const char *parameter; /* RULE_PARAMETER: its name; else NULL */
    guint methods;         /* RuleMethod bits */
    guint components;      /* RuleComponent bits */
    RuleState state;
    RuleAction action;         /* by default */
    RuleAction enabled_action; /* when the settings enable the rule; the same where they cannot */
} Rule;

/* All rows, in the order of the manual. Borrowed, static. */
const Rule *rules_table(gsize *count);

/* What the settings say of one rule, by name. */
typedef enum {
    RULE_DEFAULT,
    RULE_ENABLED,
    RULE_DISABLED,
} RuleLevel;

/* What a row does at a level. */
RuleAction rules_action(const Rule *rule, RuleLevel level);

/* TRUE when the row belongs to the rule or family of that name. */
gboolean rules_row_is(const Rule *rule, const char *name);

/* TRUE when a rule or family of that name exists. */
gboolean rules_exists(const char *name);

/* TRUE when enabling the rule or family changes or confirms a repair: FALSE for one that only
 * reports. */
gboolean rules_can_enable(const char *name);

/* Words of the table for people: "on", "opt" or "leave"; "response", "any", …; "absent", …; what
 * the action does. Static. */
const char *rules_profile_text(const Rule *rule);
const char *rules_state_text(const Rule *rule);
const char *rules_action_text(RuleAction action);
/* Owned by the caller, g_free. */
char *rules_methods_text(const Rule *rule);
char *rules_components_text(const Rule *rule);

#endif
