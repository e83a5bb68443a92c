/* SPDX-License-Identifier: BSD-2-Clause
 *
 * family_zone: times in UTC that name a zone, and zones that nobody describes (RFC 5545 3.6.5).
 */
#include "common/calendar/calendar_date.h"
#include "common/calendar/zone.h"
#include "common/rules/families.h"
#include "common/rules/site.h"

#include <string.h>

#define DATE_TIME_SIZE 15U

/* ---- utc-zone ---- */

static gboolean is_utc_name(const char *name)
{
    static const char *const names[] = {"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Z"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_ascii_strcasecmp(name, names[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_utc_time(Octets value)
{
    return value.size >= DATE_TIME_SIZE && calendar_date_is(value) &&
           value.data[CALENDAR_DATE_SIZE] == 'T' &&
           (value.size == DATE_TIME_SIZE || value.data[DATE_TIME_SIZE] == 'Z');
}

/* Some VTIMEZONE of the VCALENDAR has that TZID, in any case. */
static gboolean is_described(const Site *site, const char *name)
{
    GHashTable *zones = site->facts[site->vcalendar].zones;
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return zones != NULL && g_hash_table_contains(zones, lower);
}

static void find_utc_zone(const Site *site, Found *found)
{
    const ContentLine *line = site_line(site, site->line);
    Parameter parameter;
    Parameter next;
    if (!calendar_find_parameter(site->calendar, line, "TZID", &parameter))
        return;
    next = parameter;
    const char *zone = site_parameter(site, site->line, "TZID");
    const char *value = site_value(site, site->line);
    if (calendar_next_parameter(site->calendar, line, "TZID", &next) || !is_utc_name(zone) ||
        !is_utc_time(octets_of(value)) || is_described(site, zone))
        return;
    g_autofree char *utc = g_strdup_printf("%.15sZ", value);
    found_add(site, found,
              (Defect){.line = site->line,
                       .parameter = parameter,
                       .old_value = value,
                       .new_value = g_string_chunk_insert(site->scratch, utc)});
}

static gboolean is_recurring(const Site *site)
{
    static const char *const names[] = {"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!site_is_absent(site, site_component(site), names[i]))
            return TRUE;
    }
    return FALSE;
}

static void find_utc_zone_once(const Site *site, Found *found)
{
    if (site_has_parameter(site, site->line, "TZID") && !is_recurring(site))
        find_utc_zone(site, found);
}

static void find_utc_zone_recurring(const Site *site, Found *found)
{
    if (site_has_parameter(site, site->line, "TZID") && is_recurring(site))
        find_utc_zone(site, found);
}

static void make_utc(const Site *site, const Defect *defect, Draft *draft)
{
    gsize start;
    gsize end;
    const Expect expect = {EXPECT_RESHAPED, defect->property, defect->new_value, NULL};
    draft_reshape(draft, defect->parameter.start, defect->parameter.end, (Octets){NULL, 0}, expect);
    calendar_value_range(site->calendar, site_line(site, defect->line), &start, &end);
    if (strlen(defect->old_value) == DATE_TIME_SIZE)
        draft_reshape(draft, end, end, octets_of("Z"), expect);
}

/* ---- zone-missing ---- */

static const char *const zoned_names[] = {"DTSTART", "DTEND", "DUE", "RECURRENCE-ID",
                                          "EXDATE",  "RDATE", NULL};

/* A TZID that is used without its VTIMEZONE. */
typedef struct {
    const char *name;
    const Zone *zone;
    gboolean fits; /* every value that uses it is one that the rule of the zone covers */
} Use;

/* The uses of a VCALENDAR, by name and in the order of the first. */
typedef struct {
    const Site *site;
    GHashTable *by_name;
    GPtrArray *in_order;
} Uses;

/* A local time, not before the year `since`. */
static gboolean is_local_since(Octets time, int since)
{
    return time.size == DATE_TIME_SIZE && calendar_date_is_local(time) &&
           calendar_date_year(time) >= since;
}

/* A time, or a period: a time, a slash, and a time or a duration (RFC 5545 3.3.9). */
static gboolean is_item_covered(const char *item, int since)
{
    gsize size = strcspn(item, "/");
    const char *end = item[size] == '/' ? item + size + 1 : NULL;
    return is_local_since((Octets){item, size}, since) &&
           (end == NULL || !g_ascii_isdigit(*end) || is_local_since(octets_of(end), since));
}

static gboolean is_covered(const char *value, int since)
{
    g_auto(GStrv) items = g_strsplit(value, ",", -1);
    gboolean covered = items[0] != NULL;
    for (char **item = items; *item != NULL && covered; item++)
        covered = is_item_covered(*item, since);
    return covered;
}

static void note_use(Uses *uses, guint line)
{
    const char *name = site_parameter(uses->site, line, "TZID");
    if (name == NULL)
        return;
    Use *use = g_hash_table_lookup(uses->by_name, name);
    if (use == NULL) {
        use = g_new0(Use, 1);
        *use = (Use){name, zone_find(octets_of(name)), TRUE};
        g_hash_table_insert(uses->by_name, (gpointer)name, use);
        g_ptr_array_add(uses->in_order, use);
    }
    if (use->zone != NULL && use->fits)
        use->fits = is_covered(site_value(uses->site, line), zone_since(use->zone));
}

static gboolean is_zoned(const Calendar *calendar, const ContentLine *line)
{
    for (const char *const *name = zoned_names; *name != NULL; name++) {
        if (calendar_line_is(calendar, line, *name))
            return TRUE;
    }
    return FALSE;
}

/* In the order of the text: components directly in the VCALENDAR, their own lines. */
static void note_uses(Uses *uses)
{
    const Site *site = uses->site;
    for (guint i = calendar_next_child(site->calendar, site->vcalendar, site->vcalendar);
         i != CALENDAR_NONE; i = calendar_next_child(site->calendar, site->vcalendar, i)) {
        const Component *component = calendar_component(site->calendar, i);
        if (component->kind == COMPONENT_VTIMEZONE)
            continue;
        for (guint line = component->first_own; line != CALENDAR_NONE;
             line = site_line(site, line)->next_own) {
            if (is_zoned(site->calendar, site_line(site, line)))
                note_use(uses, line);
        }
    }
}

static void find_undescribed(const Site *site, Found *found)
{
    guint methods;
    calendar_find_property(site->calendar, site_component(site), "METHOD", &methods);
    if (methods == 0 || site_component(site)->first_nested == CALENDAR_NONE)
        return;
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) in_order = g_ptr_array_new_with_free_func(g_free);
    Uses uses = {site, by_name, in_order};
    note_uses(&uses);
    GHashTable *zones = site->facts[site->vcalendar].zones;
    for (guint i = 0; i < in_order->len; i++) {
        const Use *use = g_ptr_array_index(in_order, i);
        gboolean described = zones != NULL && g_hash_table_contains(zones, use->name);
        if (use->zone != NULL && use->fits && !described)
            found_add(
                site, found,
                (Defect){.line = CALENDAR_NONE, .property = "VTIMEZONE", .new_value = use->name});
    }
}

static void describe_zone(const Site *site, const Defect *defect, Draft *draft)
{
    Octets text = site->calendar->text;
    gsize place = site_line(site, site_component(site)->first_nested)->start;
    gsize begin_next = site_after_begin(site, site->component);
    g_autoptr(GString) component = g_string_new(NULL);
    zone_write(zone_find(octets_of(defect->new_value)),
               octets_slice(text, octets_line_ending(text, begin_next), begin_next), component);
    draft_insert_component(draft, place, draft_keep(draft, component), "VTIMEZONE");
}

static const RuleState state_utc_zone = {"TZID is a name of UTC", find_utc_zone};
static const RuleState state_utc_zone_once = {"TZID is a name of UTC, no recurrence",
                                              find_utc_zone_once};
static const RuleState state_utc_zone_recurring = {"TZID is a name of UTC, recurrence",
                                                   find_utc_zone_recurring};
static const RuleState state_undescribed = {"a TZID without VTIMEZONE", find_undescribed};
static const RuleAction action_make_utc = {"delete TZID, append Z", make_utc};
static const RuleAction action_describe = {"insert the VTIMEZONE", describe_zone};

/* ---- rules ---- */

#define STAMPED (COMPONENT_VEVENT | COMPONENT_VTODO | COMPONENT_VJOURNAL | COMPONENT_VFREEBUSY)
#define PLANNED (COMPONENT_VEVENT | COMPONENT_VTODO)

/* clang-format off */
static const RuleCase utc_zone[] = {
    {.place = PLACE_PROPERTY, .phase = PHASE_EARLY, .components = STAMPED,
     .names = NAMES("DTSTAMP"), .parameter = "TZID", .state = &state_utc_zone,
     .repair = &action_make_utc, .profiles = PROFILE_BOTH},
    {.place = PLACE_PROPERTY, .components = STAMPED,
     .names = NAMES("CREATED", "LAST-MODIFIED", "COMPLETED"), .parameter = "TZID",
     .state = &state_utc_zone, .repair = &action_make_utc, .profiles = PROFILE_BOTH},
    {.place = PLACE_PROPERTY, .components = PLANNED, .names = NAMES("DTSTART", "DTEND", "DUE"),
     .parameter = "TZID", .state = &state_utc_zone_once, .repair = &action_make_utc,
     .profiles = PROFILE_BOTH},
    {.place = PLACE_PROPERTY, .components = PLANNED,
     .names = NAMES("DTSTART", "DTEND", "DUE", "RECURRENCE-ID"), .parameter = "TZID",
     .state = &state_utc_zone_recurring, .repair = &action_make_utc}};
static const RuleCase zone_missing[] = {
    {.place = PLACE_CALENDAR, .state = &state_undescribed, .repair = &action_describe,
     .profiles = PROFILE_BOTH}};

static const Rule rules[] = {
    {.name = "utc-zone", .family = FAMILY_ZONE, RULE_CASES(utc_zone),
     .standard = "RFC 5545 3.2.19",
     .summary = "A time in UTC names UTC as its zone."},
    {.name = "zone-missing", .family = FAMILY_ZONE, RULE_CASES(zone_missing),
     .standard = "RFC 5545 3.2.19",
     .summary = "A zone is used and not described."},
};
/* clang-format on */

const RuleList zone_rules = RULE_LIST(rules);
