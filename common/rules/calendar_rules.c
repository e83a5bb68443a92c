/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/calendar_rules.h"
#include "common/calendar/calendar_date.h"

#include <string.h>

#define INTENDED_STATUS     "X-MICROSOFT-CDO-INTENDEDSTATUS"
#define MSN_INTENDED_STATUS "X-MICROSOFT-MSNCALENDAR-INTENDEDSTATUS"

/* What a component is to those inside of it: a VCALENDAR has a METHOD for them. */
typedef struct {
    gboolean in_timezone; /* a VTIMEZONE, or inside of one: nothing there is looked at */
    gboolean is_vcalendar;
    guint method; /* RuleMethod bit */
    const char *method_text;
    const char *producer;
} Stream;

/* One component under one row of the table. */
typedef struct {
    const CalendarContext *context;
    const Calendar *calendar;
    const Stream *stream;
    const Component *component;
    guint kind;       /* RuleComponent bit */
    const char *name; /* as written */
    const char *uid;
    gint64 time; /* T(component), seconds since 1970-01-01 UTC */
    GArray *edits;
    GArray *intents;
    const Rule *rule;
    RuleAction action;
} Case;

typedef struct {
    const char *name;
    guint bit;
} NamedBit;

static guint find_bit(const NamedBit *names, gsize count, const char *name, guint otherwise)
{
    for (gsize i = 0; i < count; i++) {
        if (g_ascii_strcasecmp(names[i].name, name) == 0)
            return names[i].bit;
    }
    return otherwise;
}

static guint method_bit(const char *method)
{
    static const NamedBit methods[] = {
        {"REQUEST", METHOD_REQUEST}, {"REPLY", METHOD_REPLY},   {"COUNTER", METHOD_COUNTER},
        {"REFRESH", METHOD_REFRESH}, {"CANCEL", METHOD_CANCEL}, {"", METHOD_NONE},
    };
    return find_bit(methods, G_N_ELEMENTS(methods), method == NULL ? "" : method, METHOD_OTHER);
}

static guint component_bit(const char *name)
{
    static const NamedBit components[] = {
        {"VEVENT", COMPONENT_VEVENT},
        {"VTODO", COMPONENT_VTODO},
        {"VJOURNAL", COMPONENT_VJOURNAL},
        {"VFREEBUSY", COMPONENT_VFREEBUSY},
    };
    return find_bit(components, G_N_ELEMENTS(components), name, COMPONENT_OTHER);
}

static const char *keep_value(const Calendar *calendar, guint line, GStringChunk *strings)
{
    if (line == CALENDAR_NONE)
        return NULL;
    g_autoptr(GString) value = calendar_value(calendar, calendar_line(calendar, line));
    return g_string_chunk_insert(strings, value->str);
}

static guint last_property(const Calendar *calendar, const Component *component, const char *name,
                           guint *count)
{
    guint line = calendar_find_property(calendar, component, name, count);
    for (guint next = line; next != CALENDAR_NONE;
         next = calendar_next_property(calendar, next, name))
        line = next;
    return line;
}

static gboolean is_named(const Calendar *calendar, const Component *component, const char *name)
{
    return calendar_value_is(calendar, calendar_line(calendar, component->begin), octets_of(name));
}

/* ---- findings and edits ---- */

/* TRUE when the finding is to be repaired: an edit must follow. */
static gboolean add_finding(const Case *at, const char *property, const char *old_value,
                            const char *new_value, const char *oddity)
{
    const CalendarContext *context = at->context;
    gboolean leave = at->action == ACTION_REPORT || oddity != NULL;
    Reason reason = leave ? REASON_LEAVE : context->seal;
    Finding finding = {
        .rule = at->rule,
        .part = context->part->number,
        .type = context->part->type,
        .method = at->stream->method_text,
        .uid = at->uid,
        .producer = at->stream->producer,
        .component = at->name,
        .property = property,
        .old_value = old_value,
        .new_value = reason == REASON_NONE ? new_value : NULL,
        .detail = oddity,
        .reason = reason,
    };
    g_array_append_val(context->findings, finding);
    return reason == REASON_NONE;
}

static void add_edit(const Case *at, gsize offset, gsize length, Octets text)
{
    Edit edit = {.offset = offset, .length = length, .text = text};
    g_array_append_val(at->edits, edit);
}

static void add_intent(const Case *at, IntentKind kind, const char *property, const char *value)
{
    Intent intent = {.kind = kind, .property = property, .value = value};
    g_array_append_val(at->intents, intent);
}

static const char *time_text(const Case *at)
{
    char text[CALENDAR_TIME_SIZE];
    calendar_date_write_utc(at->time, text);
    return g_string_chunk_insert(at->context->strings, text);
}

/* ---- the substitute time ---- */

static gboolean has_parameter(const Calendar *calendar, guint line, const char *name)
{
    Parameter parameter;
    return calendar_find_parameter(calendar, calendar_line(calendar, line), name, &parameter);
}

static gboolean read_stamp(const Calendar *calendar, const Component *component, gint64 now,
                           gint64 *time)
{
    guint count;
    guint line = calendar_find_property(calendar, component, "DTSTAMP", &count);
    if (count != 1 || has_parameter(calendar, line, "TZID"))
        return FALSE;
    g_autoptr(GString) value = calendar_value(calendar, calendar_line(calendar, line));
    return calendar_date_read_utc((Octets){value->str, value->len}, time) &&
           substitute_is_usable(*time, now);
}

static gint64 find_time(const Calendar *calendar, const Component *component,
                        const MessageTimes *times)
{
    gint64 stamp;
    return read_stamp(calendar, component, times->now, &stamp) ? stamp : times->fallback;
}

/* ---- where lines come in ---- */

static gsize insertion_after_begin(const Case *at)
{
    return calendar_line(at->calendar, at->component->begin)->next;
}

static gsize insertion_after_stamp(const Case *at)
{
    guint count;
    guint stamp = calendar_find_property(at->calendar, at->component, "DTSTAMP", &count);
    if (stamp != CALENDAR_NONE)
        return calendar_line(at->calendar, stamp)->next;
    guint before = at->component->first_nested != CALENDAR_NONE ? at->component->first_nested
                                                                : at->component->end;
    return calendar_line(at->calendar, before)->start;
}

static void insert_line(const Case *at, gsize offset, const char *property, const char *value)
{
    Octets text = at->calendar->text;
    Octets ending = octets_slice(text, octets_line_ending(text, offset), offset);
    g_autofree char *line =
        g_strdup_printf("%s:%s%.*s", property, value, (int)ending.size, ending.data);
    const char *kept = g_string_chunk_insert(at->context->strings, line);
    add_edit(at, offset, 0, octets_of(kept));
    add_intent(at, INTENT_APPEAR, property, value);
}

static void replace_value(const Case *at, guint line, const char *property, const char *value)
{
    gsize start;
    gsize end;
    calendar_value_range(at->calendar, calendar_line(at->calendar, line), &start, &end);
    add_edit(at, start, end - start, octets_of(value));
    add_intent(at, INTENT_CHANGE, property, value);
}

static void delete_line(const Case *at, guint line, const char *property)
{
    const ContentLine *content = calendar_line(at->calendar, line);
    add_edit(at, content->start, content->next - content->start, (Octets){NULL, 0});
    add_intent(at, INTENT_VANISH, property, NULL);
}

/* ---- one state each ---- */

static void check_absent(const Case *at)
{
    guint count;
    calendar_find_property(at->calendar, at->component, at->rule->property, &count);
    if (count > 0)
        return;
    const char *value = time_text(at);
    if (!add_finding(at, at->rule->property, NULL, value, NULL))
        return;
    gboolean is_stamp = strcmp(at->rule->property, "DTSTAMP") == 0;
    insert_line(at, is_stamp ? insertion_after_begin(at) : insertion_after_stamp(at),
                at->rule->property, value);
}

/* The substitute in the form of the line: a DATE where it says VALUE=DATE. */
static const char *time_in_form(const Case *at, guint line)
{
    Parameter parameter;
    const char *time = time_text(at);
    if (!calendar_find_parameter(at->calendar, calendar_line(at->calendar, line), "VALUE",
                                 &parameter))
        return time;
    g_autoptr(GString) form = calendar_parameter_value(at->calendar, &parameter);
    if (g_ascii_strcasecmp(form->str, "DATE") != 0)
        return time;
    return g_string_chunk_insert_len(at->context->strings, time, 8);
}

static void repair_epoch(const Case *at, guint line, const char *old_value)
{
    const char *property = at->rule->property;
    if (at->action != ACTION_SET_TIME) {
        if (add_finding(at, property, old_value, NULL, NULL))
            delete_line(at, line, property);
        return;
    }
    const char *value = time_in_form(at, line);
    if (add_finding(at, property, old_value, value, NULL))
        replace_value(at, line, property, value);
}

/* Why nobody can say what the value of a property should be, or NULL. */
static const char *find_oddity(const Case *at, guint line, guint count, Octets value)
{
    if (count > 1)
        return "stands more than once";
    if (value.size == 0)
        return "empty";
    if (!calendar_date_is(value))
        return "no date";
    if (has_parameter(at->calendar, line, "TZID"))
        return "has a TZID";
    return NULL;
}

static void check_epoch(const Case *at)
{
    guint count;
    guint line = calendar_find_property(at->calendar, at->component, at->rule->property, &count);
    if (line == CALENDAR_NONE)
        return;
    const char *value = keep_value(at->calendar, line, at->context->strings);
    const char *oddity = find_oddity(at, line, count, octets_of(value));
    if (oddity != NULL)
        add_finding(at, at->rule->property, value, NULL, oddity);
    else if (calendar_date_is_epoch(octets_of(value)))
        repair_epoch(at, line, value);
}

static gboolean parameter_is_epoch(const Case *at, const Parameter *parameter, const char **kept)
{
    g_autoptr(GString) value = calendar_parameter_value(at->calendar, parameter);
    *kept = g_string_chunk_insert(at->context->strings, value->str);
    return calendar_date_is_epoch(octets_trim(octets_of(*kept)));
}

/* All such parameters of a line go under one intent: that is how libical sees them go. */
static void check_parameters(const Case *at, guint number)
{
    const Rule *rule = at->rule;
    const ContentLine *line = calendar_line(at->calendar, number);
    Intent intent = {
        .kind = INTENT_LOSE_PARAMETER, .property = rule->property, .parameter = rule->parameter};
    gboolean edited = FALSE;
    Parameter parameter;
    gboolean found = calendar_find_parameter(at->calendar, line, rule->parameter, &parameter);
    for (; found;
         found = calendar_next_parameter(at->calendar, line, rule->parameter, &parameter)) {
        const char *value;
        if (!parameter_is_epoch(at, &parameter, &value) ||
            !add_finding(at, rule->property, value, NULL, NULL))
            continue;
        add_edit(at, parameter.start, parameter.end - parameter.start, (Octets){NULL, 0});
        edited = TRUE;
    }
    if (edited)
        g_array_append_val(at->intents, intent);
}

static void check_value(const Case *at, const char *property, guint line)
{
    const char *value = keep_value(at->calendar, line, at->context->strings);
    if (calendar_date_has_epoch(octets_of(value)))
        add_finding(at, property, value, NULL, NULL);
}

static void check_among(const Case *at)
{
    g_auto(GStrv) properties = g_strsplit(at->rule->property, " ", -1);
    for (char **property = properties; *property != NULL; property++) {
        guint count;
        guint line = calendar_find_property(at->calendar, at->component, *property, &count);
        if (line == CALENDAR_NONE)
            continue;
        const char *name = g_string_chunk_insert(at->context->strings, *property);
        for (; line != CALENDAR_NONE;
             line = calendar_next_property(at->calendar, line, *property)) {
            if (at->rule->kind == RULE_PARAMETER)
                check_parameters(at, line);
            else
                check_value(at, name, line);
        }
    }
}

static void check_busy(const Case *at)
{
    guint busy_count;
    guint cdo_count;
    guint msn_count;
    guint line =
        calendar_find_property(at->calendar, at->component, at->rule->property, &busy_count);
    calendar_find_property(at->calendar, at->component, INTENDED_STATUS, &cdo_count);
    calendar_find_property(at->calendar, at->component, MSN_INTENDED_STATUS, &msn_count);
    if (line == CALENDAR_NONE || cdo_count + msn_count > 0)
        return;
    const char *value = keep_value(at->calendar, line, at->context->strings);
    const char *oddity = busy_count > 1 ? "stands more than once" : NULL;
    if (oddity == NULL && g_ascii_strcasecmp(value, "BUSY") != 0)
        return;
    if (!add_finding(at, at->rule->property, value, "TENTATIVE", oddity))
        return;
    replace_value(at, line, at->rule->property, "TENTATIVE");
    insert_line(at, insertion_after_stamp(at), INTENDED_STATUS, "BUSY");
}

static void check_row(const Case *at)
{
    switch (at->rule->state) {
    case STATE_ABSENT:
        check_absent(at);
        break;
    case STATE_EPOCH:
        check_epoch(at);
        break;
    case STATE_AMONG:
        check_among(at);
        break;
    case STATE_BUSY:
        check_busy(at);
        break;
    case STATE_UNSET:
    case STATE_BROKEN:
    case STATE_NO_METHOD:
    case STATE_CHANGED:
    case STATE_LIMIT:
        break;
    }
}

/* ---- the table over the components ---- */

static void check_component(Case *at)
{
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++) {
        const Rule *rule = &rules[i];
        gboolean fits = (rule->kind == RULE_CALENDAR || rule->kind == RULE_PARAMETER) &&
                        (rule->components & at->kind) != 0 &&
                        (rule->methods & at->stream->method) != 0;
        if (!fits)
            continue;
        at->rule = rule;
        at->action = policy_action(at->context->policy, rule);
        if (at->action != ACTION_IGNORE)
            check_row(at);
    }
}

static void visit_component(const Calendar *calendar, const CalendarContext *context,
                            const Stream *stream, const Component *component)
{
    guint count;
    guint uid = calendar_find_property(calendar, component, "UID", &count);
    const char *name = keep_value(calendar, component->begin, context->strings);
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_autoptr(GArray) intents = g_array_new(FALSE, FALSE, sizeof(Intent));
    Case at = {
        .context = context,
        .calendar = calendar,
        .stream = stream,
        .component = component,
        .kind = component_bit(name),
        .name = name,
        .uid = keep_value(calendar, uid, context->strings),
        .time = find_time(calendar, component, context->times),
        .edits = edits,
        .intents = intents,
    };
    check_component(&at);
    if (edits->len > 0)
        calendar_changes_add(context->changes, calendar, component, edits, intents);
}

static void read_stream(const Calendar *calendar, const Component *component, GStringChunk *strings,
                        Stream *stream)
{
    guint count;
    guint method = last_property(calendar, component, "METHOD", &count);
    guint producer = calendar_find_property(calendar, component, "PRODID", &count);
    stream->method_text = keep_value(calendar, method, strings);
    stream->producer = keep_value(calendar, producer, strings);
    stream->method = method_bit(stream->method_text);
}

void calendar_rules_apply(const Calendar *calendar, const CalendarContext *context)
{
    g_autofree Stream *streams = g_new0(Stream, calendar->components->len);
    for (guint i = 0; i < calendar->components->len; i++) {
        const Component *component = calendar_component(calendar, i);
        const Stream *outer =
            component->parent == CALENDAR_NONE ? NULL : &streams[component->parent];
        streams[i].in_timezone =
            (outer != NULL && outer->in_timezone) || is_named(calendar, component, "VTIMEZONE");
        if (streams[i].in_timezone)
            continue;
        streams[i].is_vcalendar = is_named(calendar, component, "VCALENDAR");
        if (streams[i].is_vcalendar)
            read_stream(calendar, component, context->strings, &streams[i]);
        if (outer != NULL && outer->is_vcalendar)
            visit_component(calendar, context, outer, component);
    }
}

char *calendar_rules_method(const Calendar *calendar, guint *count)
{
    char *method = NULL;
    *count = 0;
    for (guint number = 0; number < calendar->components->len; number++) {
        const Component *component = calendar_component(calendar, number);
        guint own;
        guint line = last_property(calendar, component, "METHOD", &own);
        if (line == CALENDAR_NONE || !is_named(calendar, component, "VCALENDAR"))
            continue;
        *count += own;
        g_free(method);
        method = g_string_free(calendar_value(calendar, calendar_line(calendar, line)), FALSE);
    }
    return method;
}
