/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rule: what a rule is made of.
 *
 * A rule is rows of a table, its cases. A case says where to look (place, METHOD, component,
 * names), which state is a defect, and what mends it. States find and change nothing; actions call
 * the verbs of draft.h and decide nothing. The walkers know places only, and no rule.
 */
#ifndef CALMEND_RULE_H
#define CALMEND_RULE_H

#include <glib.h>

/* Where a case looks. */
typedef enum {
    PLACE_TEXT,      /* the decoded text of a calendar part, whether it nests or not */
    PLACE_LINE,      /* each line of the text that is in a component, nesting or not */
    PLACE_CALENDAR,  /* each VCALENDAR */
    PLACE_COMPONENT, /* each component directly in a VCALENDAR but VTIMEZONE, once for each name */
    PLACE_PROPERTY,  /* its own lines of these names */
    PLACE_ALARM,     /* each VALARM directly in such a VEVENT or VTODO */
    PLACE_FIELD,     /* the header fields of a calendar part */
    PLACE_CONTENT,   /* the encoded content of a calendar part, when all else is done */
    PLACE_TNEF,      /* the messages of a TNEF stream ([MS-OXTNEF]) */
    PLACE_HEADER,    /* header fields of these names of the message (RFC 5322) */
    PLACE_MESSAGE,   /* the message as a whole: found by the engine itself */
} RulePlace;

/* METHOD of the VCALENDAR (RFC 5546 1.4), as bits. In a TNEF stream the message class says the
 * same: a meeting request or update, a cancellation, a response. */
typedef enum {
    METHOD_NONE = 1 << 0,
    METHOD_REQUEST = 1 << 1,
    METHOD_REPLY = 1 << 2,
    METHOD_COUNTER = 1 << 3,
    METHOD_REFRESH = 1 << 4,
    METHOD_CANCEL = 1 << 5,
    METHOD_ADD = 1 << 6,
    METHOD_DECLINECOUNTER = 1 << 7,
    METHOD_OTHER = 1 << 8, /* PUBLISH and what is none of RFC 5546 */
    METHOD_RESPONSE = METHOD_REPLY | METHOD_COUNTER,
    METHOD_SCHEDULING = METHOD_REQUEST | METHOD_REPLY | METHOD_CANCEL | METHOD_COUNTER |
                        METHOD_REFRESH | METHOD_ADD | METHOD_DECLINECOUNTER,
    METHOD_ANY = (1 << 9) - 1,
} RuleMethod;

/* Components beside those of calendar.h: the two of a TNEF stream. */
enum {
    COMPONENT_MESSAGE = 1 << 8,   /* attMsgProps */
    COMPONENT_RECIPIENT = 1 << 9, /* a row of attRecipTable */
};

/* When a case repairs without being enabled, as bits. 0: only when it is (opt). */
typedef enum {
    PROFILE_ALWAYS = 1 << 0,
    PROFILE_INBOUND = 1 << 1,
    PROFILE_OUTBOUND = 1 << 2,
    PROFILE_LEAVE = 1 << 3, /* opt, for a value that is to be left */
    PROFILE_BOTH = PROFILE_INBOUND | PROFILE_OUTBOUND,
} RuleProfile;

typedef struct Site Site;
typedef struct Defect Defect;
typedef struct Found Found;
typedef struct Draft Draft;

/* What is a defect. `find` looks at a site and gives each defect there to found_add. */
typedef struct {
    const char *words;
    void (*find)(const Site *site, Found *found);
} RuleState;

/* What mends it. NULL `mend`: nothing does, it is reported. */
typedef struct {
    const char *words;
    void (*mend)(const Site *site, const Defect *defect, Draft *draft);
} RuleAction;

/* In which rounds a case is looked at. */
typedef enum {
    PHASE_MAIN,
    PHASE_EARLY, /* families text and structure and their like, before all others */
    PHASE_ALONE, /* early, and where it has an edit no other case is looked at in that round */
} RulePhase;

typedef struct {
    RulePlace place;
    RulePhase phase;
    guint methods;            /* RuleMethod bits; 0: any */
    guint components;         /* ComponentKind bits; 0: any that the place has */
    const char *const *names; /* of properties or fields; NULL: none are asked for */
    const char *parameter;
    const RuleState *state;
    const RuleAction *repair;    /* when it is on */
    const RuleAction *otherwise; /* when it is not; NULL: nothing, and nothing is reported */
    guint profiles;              /* RuleProfile bits */
    gboolean settled;            /* its edit makes no other case applicable */
} RuleCase;

typedef struct {
    const char *name;
    const char *family;
    const char *summary;
    const char *standard;     /* the section that the defect goes against, such as "RFC 5545 3.1";
                                 NULL for what calmend says of itself */
    const char *const *reads; /* header fields of the message that it needs; NULL: none */
    const RuleCase *cases;
    gsize count;
} Rule;

/* A list of names, for a row. */
#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

#define RULE_CASES(table) .cases = (table), .count = G_N_ELEMENTS(table)

/* The rules of a file, in the order in which they are applied. */
typedef struct {
    const Rule *rules;
    gsize count;
} RuleList;

#define RULE_LIST(table)                                                                           \
    {                                                                                              \
        (table), G_N_ELEMENTS(table)                                                               \
    }

/* The action of what is only reported. */
extern const RuleAction action_report;

#endif
