/* SPDX-License-Identifier: BSD-2-Clause
 *
 * site: where a walker stands, and what states ask of the place.
 *
 * A state reads the site and gives each defect to found_add; an action reads site and defect and
 * calls the verbs of draft.h. Strings that a state makes live until it returns, those of a defect
 * as long as the plan.
 */
#ifndef CALMEND_SITE_H
#define CALMEND_SITE_H

#include "common/calendar/calendar.h"
#include "common/rules/draft.h"
#include "common/rules/field_facts.h"
#include "common/rules/part_work.h"
#include "common/rules/rule.h"

/* What a VCALENDAR is to the components in it. */
typedef struct {
    guint method;            /* RuleMethod bit */
    const char *method_text; /* as written, or NULL */
    const char *producer;    /* PRODID, or NULL */
    GHashTable *zones;       /* TZID of its VTIMEZONEs, as written and in lower case; NULL: none */
} CalendarFacts;

/* The own lines of a component that have a name, and those that are like it. */
typedef struct {
    const Component *component; /* NULL: nothing is known */
    const char *name;           /* borrowed, and compared as a pointer */
    guint first;                /* or CALENDAR_NONE */
    guint count;
    guint alike;
} NameFacts;

/* More than the names that one state asks for. */
#define KNOWN_NAMES 16

/* What is known of a text, found out when it is asked for. A state that stands at a line asks about
 * its component, which may have very many. */
typedef struct {
    NameFacts names[KNOWN_NAMES]; /* the latest */
    guint next_name;              /* which of them goes next */
    gboolean is_checked;
    gboolean is_utf8;
    gboolean is_searched;
    gboolean has_organizer; /* of some VEVENT */
} TextFacts;

struct Site {
    const PartWork *work;
    const RuleCase *rule_case;
    const Calendar *calendar;
    GStringChunk *scratch; /* strings that live until the state returns */
    TextFacts *text;
    FieldFacts *field;
    const GArray *edits; /* of the rounds before, on the first text; NULL: nothing is written */
    const CalendarFacts *facts; /* by number of the component; only VCALENDARs are filled */
    guint vcalendar;            /* the VCALENDAR, or CALENDAR_NONE */
    guint outer;                /* the component directly in it, or CALENDAR_NONE */
    guint component;            /* the one that is looked at: `outer`, an alarm, the VCALENDAR */
    const char *name;           /* PLACE_COMPONENT and PLACE_PROPERTY: the property asked for */
    guint line;                 /* PLACE_LINE, PLACE_PROPERTY: the line, else CALENDAR_NONE */
};

/* One defect at one place. */
struct Defect {
    guint line;          /* the content line, or CALENDAR_NONE */
    guint component;     /* the component directly in the VCALENDAR; 0: that of the site */
    Parameter parameter; /* where it is in one */
    gsize start;         /* octets that the action may need */
    gsize end;
    const char *property;  /* NULL, from a state: that of the site */
    const char *old_value; /* NULL: absent */
    const char *new_value; /* NULL: removed */
    const char *oddity;    /* why nobody can tell the right value; it is left. NULL: it is mended */
    gboolean is_malformed; /* it is left, for nothing can be read there */
};

/* Values that people are shown are cut at so many octets. */
#define LONGEST_SHOWN_VALUE ((gsize)1000)

/* Takes a defect at a site from a state: reports it, and has it mended. */
void found_add(const Site *site, Found *found, Defect defect);

/* ---- what states ask ---- */

const Component *site_component(const Site *site);
const ContentLine *site_line(const Site *site, guint line);

/* The only own line of that name, and no line that some readers take for another; else
 * CALENDAR_NONE. */
guint site_only_line(const Site *site, const Component *component, const char *name);

/* TRUE when the component has no line that is like this name. */
gboolean site_is_absent(const Site *site, const Component *component, const char *name);

/* A line's value, a parameter's value (NULL: there is none), folds undone. */
const char *site_value(const Site *site, guint line);
const char *site_parameter(const Site *site, guint line, const char *name);
const char *site_keep(const Site *site, const GString *text);

gboolean site_has_parameter(const Site *site, guint line, const char *name);

/* T(component), the substitute time, of the component directly in the VCALENDAR, in the form of the
 * line: a DATE where it says VALUE=DATE. `line` may be CALENDAR_NONE. */
const char *site_time(const Site *site, guint line);

/* Where an inserted line goes: after the DTSTAMP, else before what is nested, else before the END;
 * or after the BEGIN line. */
gsize site_after_stamp(const Site *site);
gsize site_after_begin(const Site *site, guint component);

/* TRUE when no line ending of the text, as the rounds before left it, is one of the encoded octets,
 * too. */
gboolean site_hides_line_ends(const Site *site);

/* TRUE when all of the text is valid UTF-8 (RFC 3629). */
gboolean site_is_utf8(const Site *site);

/* ---- actions that families share; they look at defect->line, and new_value is what is written
 * ---- */

extern const RuleAction action_set_time;
extern const RuleAction action_insert_time;
extern const RuleAction action_delete_line;
extern const RuleAction action_remove_parameter;

#endif
