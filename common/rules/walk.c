/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/walk.h"

#include "common/rules/rules.h"

/* ---- what a VCALENDAR is to its components ---- */

static const char *keep_value(const Calendar *calendar, guint line, GStringChunk *strings)
{
    if (line == CALENDAR_NONE)
        return NULL;
    g_autoptr(GString) value = calendar_value(calendar, calendar_line(calendar, line));
    return g_string_chunk_insert_len(strings, value->str,
                                     (gssize)MIN(value->len, LONGEST_SHOWN_VALUE));
}

/* METHOD may stand anywhere among the lines; the last one counts. */
static guint last_property(const Calendar *calendar, const Component *component, const char *name)
{
    guint count;
    guint line = calendar_find_property(calendar, component, name, &count);
    for (guint next = line; next != CALENDAR_NONE;
         next = calendar_next_property(calendar, next, name))
        line = next;
    return line;
}

static void read_facts(const Calendar *calendar, const Component *component, CalendarFacts *facts,
                       GStringChunk *strings)
{
    guint count;
    guint producer = calendar_find_property(calendar, component, "PRODID", &count);
    facts->method_text =
        keep_value(calendar, last_property(calendar, component, "METHOD"), strings);
    facts->producer = keep_value(calendar, producer, strings);
    facts->method = rules_method_bit(facts->method_text);
}

static void note_zone(const Calendar *calendar, const Component *component, CalendarFacts *outer)
{
    guint count;
    guint line = calendar_find_property(calendar, component, "TZID", &count);
    if (outer->zones == NULL)
        outer->zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; line != CALENDAR_NONE; line = calendar_next_property(calendar, line, "TZID")) {
        g_autoptr(GString) name = calendar_value(calendar, calendar_line(calendar, line));
        g_hash_table_add(outer->zones, g_ascii_strdown(name->str, -1));
        g_hash_table_add(outer->zones, g_strdup(name->str));
    }
}

CalendarFacts *walk_facts_read(const Calendar *calendar, GStringChunk *strings)
{
    CalendarFacts *facts = g_new0(CalendarFacts, calendar->components->len + 1);
    for (guint i = 0; i < calendar->components->len; i++) {
        const Component *component = calendar_component(calendar, i);
        if (component->kind == COMPONENT_VCALENDAR && !component->in_timezone)
            read_facts(calendar, component, &facts[i], strings);
        if (component->kind == COMPONENT_VTIMEZONE && component->parent != CALENDAR_NONE)
            note_zone(calendar, component, &facts[component->parent]);
    }
    return facts;
}

void walk_facts_free(CalendarFacts *facts, const Calendar *calendar)
{
    for (guint i = 0; i < calendar->components->len; i++)
        g_clear_pointer(&facts[i].zones, g_hash_table_unref);
    g_free(facts);
}

/* ---- sites ---- */

static void visit(const Site *site, Found *found)
{
    site->rule_case->state->find(site, found);
    g_string_chunk_clear(site->scratch);
}

/* Once for each name, or once where the case has none. */
static void visit_names(Site *site, Found *found)
{
    const char *const *names = site->rule_case->names;
    site->name = NULL;
    if (names == NULL) {
        visit(site, found);
        return;
    }
    for (; *names != NULL; names++) {
        site->name = *names;
        visit(site, found);
    }
}

/* A longer line is no date, address or rule, and every case that looks at it takes a copy. */
#define LONGEST_LOOKED_AT ((gsize)64 * 1024)

static void visit_line(Site *site, Found *found)
{
    const ContentLine *line = site_line(site, site->line);
    if (line->colon && line->end - line->start <= LONGEST_LOOKED_AT)
        visit(site, found);
}

/* Each own line of each name, or each own line where the case has none. */
static void visit_lines(Site *site, Found *found)
{
    const Component *component = site_component(site);
    const char *const *names = site->rule_case->names;
    for (site->line = component->first_own; names == NULL && site->line != CALENDAR_NONE;
         site->line = site_line(site, site->line)->next_own)
        visit_line(site, found);
    for (; names != NULL && *names != NULL; names++) {
        guint count;
        site->name = *names;
        for (site->line = calendar_find_property(site->calendar, component, *names, &count);
             site->line != CALENDAR_NONE;
             site->line = calendar_next_property(site->calendar, site->line, *names))
            visit_line(site, found);
    }
}

static gboolean fits(guint wanted, guint bit)
{
    return wanted == 0 || (wanted & bit) != 0;
}

/* What stands directly in a VCALENDAR is one of four, or another. */
static guint component_bit(const Component *component)
{
    const guint known =
        COMPONENT_VEVENT | COMPONENT_VTODO | COMPONENT_VJOURNAL | COMPONENT_VFREEBUSY;
    return (component->kind & known) != 0 ? component->kind : COMPONENT_OTHER;
}

/* The VALARMs directly in the component. */
static void visit_alarms(Site *site, Found *found)
{
    guint outer = site->component;
    for (guint i = calendar_next_child(site->calendar, outer, outer); i != CALENDAR_NONE;
         i = calendar_next_child(site->calendar, outer, i)) {
        site->component = i;
        if (site_component(site)->kind == COMPONENT_VALARM)
            visit_names(site, found);
    }
}

/* The components directly in a VCALENDAR, but VTIMEZONE. */
static void walk_components(Site *site, Found *found,
                            void (*visit_component)(Site *site, Found *found))
{
    const RuleCase *rule_case = site->rule_case;
    for (guint i = 0; i < site->calendar->components->len; i++) {
        const Component *component = calendar_component(site->calendar, i);
        if (component->parent == CALENDAR_NONE || component->in_timezone ||
            calendar_component(site->calendar, component->parent)->kind != COMPONENT_VCALENDAR ||
            !fits(rule_case->components, component_bit(component)) ||
            !fits(rule_case->methods, site->facts[component->parent].method))
            continue;
        site->vcalendar = component->parent;
        site->outer = i;
        site->component = i;
        visit_component(site, found);
    }
}

static void walk_calendars(Site *site, Found *found)
{
    for (guint i = 0; i < site->calendar->components->len; i++) {
        const Component *component = calendar_component(site->calendar, i);
        if (component->kind != COMPONENT_VCALENDAR || component->in_timezone ||
            !fits(site->rule_case->methods, site->facts[i].method))
            continue;
        site->vcalendar = i;
        site->component = i;
        visit_names(site, found);
    }
}

/* What the guard withdraws together: the component directly in a VCALENDAR, or the VCALENDAR. */
static guint find_outer(const Calendar *calendar, guint component)
{
    while (component != CALENDAR_NONE) {
        guint parent = calendar_component(calendar, component)->parent;
        if (parent == CALENDAR_NONE ||
            calendar_component(calendar, parent)->kind == COMPONENT_VCALENDAR)
            break;
        component = parent;
    }
    return component;
}

/* Every line of the text, BEGIN and END lines with the component that they stand for. */
static void walk_lines(Site *site, Found *found)
{
    guint open = CALENDAR_NONE;
    guint next = 0;
    for (guint line = 0; line < site->calendar->lines->len; line++) {
        gboolean begins = next < site->calendar->components->len &&
                          calendar_component(site->calendar, next)->begin == line;
        open = begins ? next++ : open;
        site->line = line;
        site->component = open;
        site->outer = find_outer(site->calendar, open);
        visit(site, found);
        if (open != CALENDAR_NONE && calendar_component(site->calendar, open)->end == line)
            open = calendar_component(site->calendar, open)->parent;
    }
}

void walk_case(const Site *start, Found *found)
{
    Site site = *start;
    site.vcalendar = CALENDAR_NONE;
    site.outer = CALENDAR_NONE;
    site.component = CALENDAR_NONE;
    site.line = CALENDAR_NONE;
    switch (site.rule_case->place) {
    case PLACE_TEXT:
    case PLACE_FIELD:
        visit(&site, found);
        break;
    case PLACE_LINE:
        walk_lines(&site, found);
        break;
    case PLACE_CALENDAR:
        walk_calendars(&site, found);
        break;
    case PLACE_COMPONENT:
        walk_components(&site, found, visit_names);
        break;
    case PLACE_PROPERTY:
        walk_components(&site, found, visit_lines);
        break;
    case PLACE_ALARM:
        walk_components(&site, found, visit_alarms);
        break;
    case PLACE_CONTENT:
    case PLACE_TNEF:
    case PLACE_HEADER:
    case PLACE_MESSAGE:
        break;
    }
}
