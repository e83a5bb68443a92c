/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/calendar/calendar.h"

#include <string.h>

/* The reader at work: what it fills, and how much it may read. */
typedef struct {
    Calendar *calendar;
    const CalendarLimits *limits;
} Reader;

static const struct {
    const char *name;
    ComponentKind kind;
} kinds[] = {
    {"VEVENT", COMPONENT_VEVENT},       {"VTODO", COMPONENT_VTODO},
    {"VJOURNAL", COMPONENT_VJOURNAL},   {"VFREEBUSY", COMPONENT_VFREEBUSY},
    {"VALARM", COMPONENT_VALARM},       {"VTIMEZONE", COMPONENT_VTIMEZONE},
    {"VCALENDAR", COMPONENT_VCALENDAR},
};

/* One past the fold at `at` (a line end followed by a blank), or `at`. */
static gsize skip_fold(Octets text, gsize at)
{
    gsize lf = at;
    if (lf < text.size && text.data[lf] == '\r')
        lf++;
    gboolean fold =
        lf + 1 < text.size && text.data[lf] == '\n' && octet_is_blank(text.data[lf + 1]);
    return fold ? lf + 2 : at;
}

static gsize skip_folds(Octets text, gsize at)
{
    if (at >= text.size || !octet_is_line_end(text.data[at]))
        return at;
    for (gsize next; (next = skip_fold(text, at)) != at;)
        at = next;
    return at;
}

/* One past the first colon outside of quotes in the parameters from `at` on, or `end`; adds the
 * parameters gone by. */
static gsize find_value(Octets text, gsize at, gsize end, guint *parameters)
{
    gboolean quoted = FALSE;
    for (; at < end; at++) {
        if (text.data[at] == '"')
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (text.data[at] == ';')
            ++*parameters;
        else if (text.data[at] == ':')
            return at + 1;
    }
    return end;
}

/* FALSE for an empty line. */
static gboolean split_line(Octets text, gsize start, gsize next, ContentLine *line,
                           guint *parameters)
{
    gsize end = octets_line_ending(text, next);
    gsize name_end = start;
    if (start >= end)
        return FALSE;
    while (name_end < end && text.data[name_end] != ':' && text.data[name_end] != ';')
        name_end++;
    *line = (ContentLine){
        .start = start,
        .name_end = name_end,
        .value = end,
        .end = end,
        .next = next,
        .next_own = CALENDAR_NONE,
        .colon = memchr(text.data + name_end, ':', end - name_end) != NULL,
    };
    if (line->colon)
        line->value = find_value(text, name_end, end, parameters);
    return TRUE;
}

static Component *component_at(const Calendar *calendar, guint component)
{
    return &g_array_index(calendar->components, Component, component);
}

static ComponentKind find_kind(const Calendar *calendar, guint begin)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (calendar_value_is(calendar, calendar_line(calendar, begin), octets_of(kinds[i].name)))
            return kinds[i].kind;
    }
    return COMPONENT_OTHER;
}

/* TRUE for a VTIMEZONE, and for what readers that pass over CR take for one: CR CR LF behind its
 * name. */
static gboolean begins_timezone(const Calendar *calendar, guint begin, ComponentKind kind)
{
    if (kind != COMPONENT_OTHER)
        return kind == COMPONENT_VTIMEZONE;
    g_autoptr(GString) name = calendar_value(calendar, calendar_line(calendar, begin));
    g_strchomp(name->str);
    return g_ascii_strcasecmp(name->str, "VTIMEZONE") == 0;
}

/* The component around a new one learns of it. */
static void enter(Calendar *calendar, Component *component)
{
    if (calendar->open == CALENDAR_NONE)
        return;
    Component *outer = component_at(calendar, calendar->open);
    component->depth = outer->depth + 1;
    component->in_timezone |= outer->in_timezone;
    if (outer->first_nested == CALENDAR_NONE)
        outer->first_nested = component->begin;
}

static void begin_component(Reader *reader, guint line)
{
    Calendar *calendar = reader->calendar;
    ComponentKind kind = find_kind(calendar, line);
    Component component = {
        .kind = kind,
        .parent = calendar->open,
        .begin = line,
        .end = CALENDAR_NONE,
        .first_nested = CALENDAR_NONE,
        .first_own = CALENDAR_NONE,
        .last_own = CALENDAR_NONE,
        .in_timezone = begins_timezone(calendar, line, kind),
    };
    enter(calendar, &component);
    if (calendar->components->len == reader->limits->components ||
        component.depth >= reader->limits->nesting) {
        calendar->over_limits = TRUE;
        return;
    }
    calendar->open = calendar->components->len;
    g_array_append_val(calendar->components, component);
}

static gboolean names_match(const Calendar *calendar, guint begin, guint end)
{
    g_autoptr(GString) begun = calendar_value(calendar, calendar_line(calendar, begin));
    return calendar_value_is(calendar, calendar_line(calendar, end),
                             (Octets){begun->str, begun->len});
}

static void end_component(Calendar *calendar, guint line)
{
    if (calendar->open == CALENDAR_NONE) {
        calendar->crossed = TRUE;
        return;
    }
    Component *component = component_at(calendar, calendar->open);
    if (!names_match(calendar, component->begin, line))
        calendar->crossed = TRUE;
    component->end = line;
    calendar->open = component->parent;
}

static void add_own_line(Calendar *calendar, guint line)
{
    if (calendar->open == CALENDAR_NONE)
        return;
    Component *component = component_at(calendar, calendar->open);
    if (component->last_own == CALENDAR_NONE)
        component->first_own = line;
    else
        g_array_index(calendar->lines, ContentLine, component->last_own).next_own = line;
    component->last_own = line;
}

static void add_line(Reader *reader, ContentLine line)
{
    Calendar *calendar = reader->calendar;
    guint number = calendar->lines->len;
    if (number == reader->limits->lines) {
        calendar->over_limits = TRUE;
        return;
    }
    g_array_append_val(calendar->lines, line);
    if (calendar_line_is(calendar, &line, "BEGIN"))
        begin_component(reader, number);
    else if (calendar_line_is(calendar, &line, "END"))
        end_component(calendar, number);
    else
        add_own_line(calendar, number);
}

void calendar_init(Calendar *calendar, Octets text, const CalendarLimits *limits)
{
    *calendar = (Calendar){.text = text, .open = CALENDAR_NONE};
    calendar->lines = g_array_new(FALSE, FALSE, sizeof(ContentLine));
    calendar->components = g_array_new(FALSE, FALSE, sizeof(Component));

    Reader reader = {calendar, limits};
    gsize at = octets_has_prefix(text, BYTE_ORDER_MARK) ? strlen(BYTE_ORDER_MARK) : 0;
    while (at < text.size && !calendar->over_limits) {
        gsize next = octets_next_unfolded(text, at);
        guint parameters = 0;
        ContentLine line;
        if (split_line(text, at, next, &line, &parameters))
            add_line(&reader, line);
        if (parameters > limits->parameters)
            calendar->over_limits = TRUE;
        at = next;
    }
}

gboolean calendar_nests(const Calendar *calendar)
{
    return calendar->open == CALENDAR_NONE && !calendar->crossed;
}

void calendar_clear(Calendar *calendar)
{
    g_clear_pointer(&calendar->lines, g_array_unref);
    g_clear_pointer(&calendar->components, g_array_unref);
}

const ContentLine *calendar_line(const Calendar *calendar, guint line)
{
    return &g_array_index(calendar->lines, ContentLine, line);
}

const Component *calendar_component(const Calendar *calendar, guint component)
{
    return component_at(calendar, component);
}

guint calendar_next_child(const Calendar *calendar, guint outer, guint after)
{
    guint depth = component_at(calendar, outer)->depth;
    for (guint i = after + 1; i < calendar->components->len; i++) {
        const Component *component = component_at(calendar, i);
        if (component->depth <= depth)
            break;
        if (component->parent == outer)
            return i;
    }
    return CALENDAR_NONE;
}

gboolean calendar_line_is(const Calendar *calendar, const ContentLine *line, const char *name)
{
    gsize at = line->start;
    if (!line->colon)
        return FALSE;
    for (;;) {
        at = skip_folds(calendar->text, at);
        if (*name == '\0' || at >= line->name_end)
            break;
        if (octet_upper(calendar->text.data[at]) != octet_upper(*name))
            return FALSE;
        at++;
        name++;
    }
    return *name == '\0' && at == line->name_end;
}

static guint find_own(const Calendar *calendar, guint line, const char *name)
{
    while (line != CALENDAR_NONE &&
           !calendar_line_is(calendar, calendar_line(calendar, line), name))
        line = calendar_line(calendar, line)->next_own;
    return line;
}

guint calendar_find_property(const Calendar *calendar, const Component *component, const char *name,
                             guint *count)
{
    guint first = find_own(calendar, component->first_own, name);
    *count = 0;
    for (guint line = first; line != CALENDAR_NONE;
         line = calendar_next_property(calendar, line, name))
        ++*count;
    return first;
}

guint calendar_next_property(const Calendar *calendar, guint line, const char *name)
{
    return find_own(calendar, calendar_line(calendar, line)->next_own, name);
}

gboolean calendar_line_is_like(const Calendar *calendar, const ContentLine *line, const char *name)
{
    gsize at = skip_folds(calendar->text, line->start);
    for (; *name != '\0'; name++) {
        if (at >= line->end || octet_upper(calendar->text.data[at]) != octet_upper(*name))
            return FALSE;
        at = skip_folds(calendar->text, at + 1);
    }
    return at >= line->end || !octet_is_name(calendar->text.data[at]);
}

guint calendar_count_like(const Calendar *calendar, const Component *component, const char *name)
{
    guint count = 0;
    for (guint line = component->first_own; line != CALENDAR_NONE;
         line = calendar_line(calendar, line)->next_own)
        count += calendar_line_is_like(calendar, calendar_line(calendar, line), name) ? 1 : 0;
    return count;
}

gsize calendar_raw_position(const Calendar *calendar, gsize start, gsize index)
{
    gsize at = skip_folds(calendar->text, start);
    for (; index > 0; index--)
        at = skip_folds(calendar->text, at + 1);
    return at;
}

void calendar_value_range(const Calendar *calendar, const ContentLine *line, gsize *start,
                          gsize *end)
{
    gsize first = line->end;
    gsize last = line->end;
    for (gsize at = skip_folds(calendar->text, line->value); at < line->end;
         at = skip_folds(calendar->text, at + 1)) {
        if (octet_is_blank(calendar->text.data[at]))
            continue;
        if (first == line->end)
            first = at;
        last = at + 1;
    }
    *start = first;
    *end = last;
}

GString *calendar_unfold(const Calendar *calendar, gsize start, gsize end)
{
    GString *text = g_string_sized_new(end - start);
    for (gsize at = skip_folds(calendar->text, start); at < end;
         at = skip_folds(calendar->text, at + 1))
        g_string_append_c(text, calendar->text.data[at]);
    return text;
}

GString *calendar_value(const Calendar *calendar, const ContentLine *line)
{
    gsize start;
    gsize end;
    calendar_value_range(calendar, line, &start, &end);
    return calendar_unfold(calendar, start, end);
}

gboolean calendar_value_is(const Calendar *calendar, const ContentLine *line, Octets value)
{
    gsize at;
    gsize end;
    calendar_value_range(calendar, line, &at, &end);
    for (gsize i = 0; i < value.size; i++) {
        if (at >= end || octet_upper(calendar->text.data[at]) != octet_upper(value.data[i]))
            return FALSE;
        at = skip_folds(calendar->text, at + 1);
    }
    return at >= end;
}

/* One past the parameter value that starts at `at`, whose next ; or : outside of quotes is `stop`.
 */
static gsize find_parameter_end(Octets text, gsize at, gsize end, gsize *stop)
{
    gboolean quoted = FALSE;
    gsize last = at;
    for (at = skip_folds(text, at); at < end; at = skip_folds(text, at + 1)) {
        if (text.data[at] == '"')
            quoted = !quoted;
        else if (!quoted && (text.data[at] == ';' || text.data[at] == ':'))
            break;
        last = at + 1;
    }
    *stop = at;
    return last;
}

/* Reads the name after the ; at `start`: one past it, and whether it is `name`. */
static gsize match_parameter_name(Octets text, gsize start, gsize end, const char *name,
                                  gboolean *match)
{
    gsize at = skip_folds(text, start + 1);
    *match = TRUE;
    for (; at < end && strchr("=;:", text.data[at]) == NULL; at = skip_folds(text, at + 1)) {
        if (*match && octet_upper(text.data[at]) == octet_upper(*name))
            name++;
        else
            *match = FALSE;
    }
    *match = *match && *name == '\0';
    return at;
}

/* The first parameter of that name from the ; at `at` on. */
static gboolean find_parameter(const Calendar *calendar, const ContentLine *line, const char *name,
                               gsize at, Parameter *parameter)
{
    Octets text = calendar->text;
    while (at < line->end && text.data[at] == ';') {
        gboolean match;
        gsize stop;
        gsize name_end = match_parameter_name(text, at, line->end, name, &match);
        gsize value = name_end < line->end && text.data[name_end] == '=' ? name_end + 1 : name_end;
        gsize end = find_parameter_end(text, value, line->end, &stop);
        if (match) {
            *parameter = (Parameter){.start = at, .value = value, .end = end};
            return TRUE;
        }
        at = stop;
    }
    return FALSE;
}

gboolean calendar_find_parameter(const Calendar *calendar, const ContentLine *line,
                                 const char *name, Parameter *parameter)
{
    return find_parameter(calendar, line, name, line->name_end, parameter);
}

gboolean calendar_next_parameter(const Calendar *calendar, const ContentLine *line,
                                 const char *name, Parameter *parameter)
{
    gsize next = skip_folds(calendar->text, parameter->end);
    return find_parameter(calendar, line, name, next, parameter);
}

GString *calendar_parameter_value(const Calendar *calendar, const Parameter *parameter)
{
    GString *value = calendar_unfold(calendar, parameter->value, parameter->end);
    if (value->len >= 2 && value->str[0] == '"' && value->str[value->len - 1] == '"') {
        g_string_truncate(value, value->len - 1);
        g_string_erase(value, 0, 1);
    }
    return value;
}
