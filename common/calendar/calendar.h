/* SPDX-License-Identifier: BSD-2-Clause
 *
 * calendar: an iCalendar stream (RFC 5545 3.1, 3.4) as components and content lines with positions.
 *
 * The reader says where every line, name and value stands, folds included; libical keeps no
 * positions. It never fails: empty lines are not listed, lines without a colon are only there to be
 * compared to a name, lines outside of any component belong to none, and BEGIN and END that do not
 * nest only leave a mark.
 */
#ifndef CALMEND_CALENDAR_H
#define CALMEND_CALENDAR_H

#include "common/mail/octets.h"

#define CALENDAR_NONE G_MAXUINT

/* What may stand at the very start of a text, and is passed over. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* A content line: positions in the text. */
typedef struct {
    gsize start;    /* first octet of the name */
    gsize name_end; /* the first ; or :, or `end` */
    gsize value;    /* one past the first unquoted colon, or `end` where there is none */
    gsize end;      /* where the line ending after its last fold begins */
    gsize next;     /* one past that line ending */
    guint next_own; /* the component's next line of its own, or CALENDAR_NONE */
    gboolean colon; /* FALSE: no content line by the letter; it names no property */
} ContentLine;

/* What a component is called (RFC 5545 3.6), as bits. */
typedef enum {
    COMPONENT_VEVENT = 1 << 0,
    COMPONENT_VTODO = 1 << 1,
    COMPONENT_VJOURNAL = 1 << 2,
    COMPONENT_VFREEBUSY = 1 << 3,
    COMPONENT_OTHER = 1 << 4,
    COMPONENT_VALARM = 1 << 5,
    COMPONENT_VTIMEZONE = 1 << 6,
    COMPONENT_VCALENDAR = 1 << 7,
} ComponentKind;

/* A component. Lines and components are numbered in the order of the text, from 0. */
typedef struct {
    ComponentKind kind;
    guint parent;       /* the component around it, or CALENDAR_NONE */
    guint depth;        /* how many are around it */
    guint begin;        /* its BEGIN line */
    guint end;          /* its END line, or CALENDAR_NONE */
    guint first_nested; /* the first BEGIN line inside of it, or CALENDAR_NONE */
    guint first_own;    /* its first own line, or CALENDAR_NONE */
    guint last_own;
    gboolean in_timezone; /* a VTIMEZONE, CR behind its name aside, or inside of one */
} Component;

/* How much is read of a text. */
typedef struct {
    guint lines;
    guint components;
    guint nesting;    /* components one inside of another */
    guint parameters; /* of one content line */
} CalendarLimits;

typedef struct {
    Octets text;          /* borrowed */
    GArray *lines;        /* ContentLine */
    GArray *components;   /* Component */
    guint open;           /* the innermost component that is open at the end, or CALENDAR_NONE */
    gboolean crossed;     /* an END has no BEGIN of its name */
    gboolean over_limits; /* the reader stopped early */
} Calendar;

/* A parameter of a content line (RFC 5545 3.2): positions in the text. */
typedef struct {
    gsize start; /* the ; before its name */
    gsize value; /* one past its = */
    gsize end;   /* one past the last octet of its value; a fold that follows is not in it */
} Parameter;

/* Reads `text` within the limits. */
void calendar_init(Calendar *calendar, Octets text, const CalendarLimits *limits);
void calendar_clear(Calendar *calendar);

/* TRUE when every BEGIN has its END. */
gboolean calendar_nests(const Calendar *calendar);

const ContentLine *calendar_line(const Calendar *calendar, guint line);
const Component *calendar_component(const Calendar *calendar, guint component);

/* The next component directly in `outer` after component `after` (`outer` itself for the first), or
 * CALENDAR_NONE. */
guint calendar_next_child(const Calendar *calendar, guint outer, guint after);

/* TRUE when the line has this property name, compared without case. */
gboolean calendar_line_is(const Calendar *calendar, const ContentLine *line, const char *name);

/* The component's first own line of that name, and in `count` how many there are. CALENDAR_NONE
 * when there is none. */
guint calendar_find_property(const Calendar *calendar, const Component *component, const char *name,
                             guint *count);

/* The next own line of that name after `line`. CALENDAR_NONE when there is none. */
guint calendar_next_property(const Calendar *calendar, guint line, const char *name);

/* How many own lines begin with the name of a property and go on with neither letter, digit nor
 * hyphen, or end there: lines of that property and what some readers take for one. 0: the property
 * is absent. */
guint calendar_count_like(const Calendar *calendar, const Component *component, const char *name);

/* TRUE when the line, folds undone, begins so. */
gboolean calendar_line_is_like(const Calendar *calendar, const ContentLine *line, const char *name);

/* The position of octet `index` of the unfolded text from `start` on. */
gsize calendar_raw_position(const Calendar *calendar, gsize start, gsize index);

/* The range of a line's value from its first to its last octet that is no blank, folds inside
 * included. Empty at the line's value where there is none. */
void calendar_value_range(const Calendar *calendar, const ContentLine *line, gsize *start,
                          gsize *end);

/* [start, end) of the text with its folds undone. Owned by the caller, g_free. */
GString *calendar_unfold(const Calendar *calendar, gsize start, gsize end);

/* A line's value, folds undone, blanks around it gone. Owned by the caller. */
GString *calendar_value(const Calendar *calendar, const ContentLine *line);

/* TRUE when calendar_value is `value`, letters compared without case in ASCII. */
gboolean calendar_value_is(const Calendar *calendar, const ContentLine *line, Octets value);

/* Finds a parameter by name, compared without case: the first of that name. */
gboolean calendar_find_parameter(const Calendar *calendar, const ContentLine *line,
                                 const char *name, Parameter *parameter);

/* Moves `parameter` on to the line's next one of that name. */
gboolean calendar_next_parameter(const Calendar *calendar, const ContentLine *line,
                                 const char *name, Parameter *parameter);

/* A parameter's value, folds and quotes undone. Owned by the caller. */
GString *calendar_parameter_value(const Calendar *calendar, const Parameter *parameter);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Calendar, calendar_clear)

#endif
