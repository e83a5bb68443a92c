/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/site.h"

#include "common/calendar/calendar_date.h"

const Component *site_component(const Site *site)
{
    return calendar_component(site->calendar, site->component);
}

const ContentLine *site_line(const Site *site, guint line)
{
    return calendar_line(site->calendar, line);
}

/* What is known of the lines of that name. `name` lives as long as the program. */
static const NameFacts *facts_of_name(const Site *site, const Component *component,
                                      const char *name)
{
    TextFacts *text = site->text;
    for (guint i = 0; i < KNOWN_NAMES; i++) {
        if (text->names[i].component == component && text->names[i].name == name)
            return &text->names[i];
    }
    NameFacts *facts = &text->names[text->next_name];
    text->next_name = (text->next_name + 1) % KNOWN_NAMES;
    facts->component = component;
    facts->name = name;
    facts->first = calendar_find_property(site->calendar, component, name, &facts->count);
    facts->alike = calendar_count_like(site->calendar, component, name);
    return facts;
}

guint site_only_line(const Site *site, const Component *component, const char *name)
{
    const NameFacts *facts = facts_of_name(site, component, name);
    return facts->count == 1 && facts->alike == 1 ? facts->first : CALENDAR_NONE;
}

gboolean site_is_absent(const Site *site, const Component *component, const char *name)
{
    return facts_of_name(site, component, name)->alike == 0;
}

const char *site_keep(const Site *site, const GString *text)
{
    return g_string_chunk_insert_len(site->scratch, text->str, (gssize)text->len);
}

const char *site_value(const Site *site, guint line)
{
    g_autoptr(GString) value = calendar_value(site->calendar, site_line(site, line));
    return site_keep(site, value);
}

const char *site_parameter(const Site *site, guint line, const char *name)
{
    Parameter parameter;
    if (!calendar_find_parameter(site->calendar, site_line(site, line), name, &parameter))
        return NULL;
    g_autoptr(GString) value = calendar_parameter_value(site->calendar, &parameter);
    return site_keep(site, value);
}

gboolean site_has_parameter(const Site *site, guint line, const char *name)
{
    Parameter parameter;
    return calendar_find_parameter(site->calendar, site_line(site, line), name, &parameter);
}

static const char stamp_name[] = "DTSTAMP";

/* The component's own DTSTAMP, where it is the only one and usable. */
static gboolean read_stamp(const Site *site, const Component *component, gint64 *time)
{
    const NameFacts *stamp = facts_of_name(site, component, stamp_name);
    if (stamp->count != 1 || site_has_parameter(site, stamp->first, "TZID"))
        return FALSE;
    g_autoptr(GString) value = calendar_value(site->calendar, site_line(site, stamp->first));
    return calendar_date_read_utc((Octets){value->str, value->len}, time) &&
           substitute_is_usable(*time, site->work->times->now);
}

const char *site_time(const Site *site, guint line)
{
    char text[CALENDAR_TIME_SIZE];
    gint64 time;
    if (!read_stamp(site, calendar_component(site->calendar, site->outer), &time))
        time = site->work->times->fallback;
    calendar_date_write_utc(time, text);
    const char *form = line == CALENDAR_NONE ? NULL : site_parameter(site, line, "VALUE");
    if (form != NULL && g_ascii_strcasecmp(form, "DATE") == 0)
        text[CALENDAR_DATE_SIZE] = '\0';
    return g_string_chunk_insert_const(site->scratch, text);
}

gsize site_after_begin(const Site *site, guint component)
{
    const Component *around = calendar_component(site->calendar, component);
    return calendar_line(site->calendar, around->begin)->next;
}

gsize site_after_stamp(const Site *site)
{
    const Component *component = calendar_component(site->calendar, site->outer);
    guint stamp = facts_of_name(site, component, stamp_name)->first;
    if (stamp != CALENDAR_NONE)
        return calendar_line(site->calendar, stamp)->next;
    guint before =
        component->first_nested != CALENDAR_NONE ? component->first_nested : component->end;
    return calendar_line(site->calendar, before)->start;
}

gboolean site_hides_line_ends(const Site *site)
{
    return transfer_hides_line_ends(site->work->transfer, site->edits);
}

gboolean site_is_utf8(const Site *site)
{
    Octets text = site->calendar->text;
    TextFacts *facts = site->text;
    if (!facts->is_checked)
        facts->is_utf8 = text.size == 0 || g_utf8_validate_len(text.data, text.size, NULL);
    facts->is_checked = TRUE;
    return facts->is_utf8;
}

/* ---- actions ---- */

static void set_time(const Site *site, const Defect *defect, Draft *draft)
{
    draft_set_value(draft, site_line(site, defect->line), defect->property, defect->new_value);
}

static void insert_time(const Site *site, const Defect *defect, Draft *draft)
{
    draft_insert_line(draft, site_after_stamp(site), defect->property, defect->new_value);
}

static void delete_line(const Site *site, const Defect *defect, Draft *draft)
{
    draft_delete_line(draft, site_line(site, defect->line), defect->property);
}

static void remove_parameter(const Site *site, const Defect *defect, Draft *draft)
{
    draft_remove_parameter(draft, &defect->parameter, defect->property, site->rule_case->parameter,
                           NULL);
}

const RuleAction action_set_time = {"set time", set_time};
const RuleAction action_insert_time = {"insert time", insert_time};
const RuleAction action_delete_line = {"delete", delete_line};
const RuleAction action_remove_parameter = {"delete the parameter", remove_parameter};
