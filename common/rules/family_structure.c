/* SPDX-License-Identifier: BSD-2-Clause
 *
 * family_structure: lines, parameters and properties that are missing, doubled or at the wrong
 * place.
 */
#include "common/calendar/content_line.h"
#include "common/rules/families.h"
#include "common/rules/site.h"

#include <string.h>

#define MAX_UNFOLDED_LINE 76
#define MIN_UNFOLDED_LINE 70

/* ---- end-missing ---- */

/* Nothing of the part was cut off on its way. */
static gboolean is_whole(const PartWork *work)
{
    const Part *part = work->part;
    if (part->in_multipart && !part->closed)
        return FALSE;
    return work->transfer->encoding == TRANSFER_IDENTITY ? part->in_multipart
                                                         : transfer_is_complete(work->transfer);
}

static void find_end_missing(const Site *site, Found *found)
{
    const Calendar *calendar = site->calendar;
    if (calendar->open == CALENDAR_NONE || calendar->crossed || !is_whole(site->work))
        return;
    const Component *open = calendar_component(calendar, calendar->open);
    guint last = calendar->lines->len - 1;
    if (open->kind == COMPONENT_VCALENDAR && open->parent == CALENDAR_NONE &&
        calendar_line_is(calendar, calendar_line(calendar, last), "END"))
        found_add(site, found, (Defect){.line = last, .property = "END", .new_value = "VCALENDAR"});
}

static void append_end(const Site *site, const Defect *defect, Draft *draft)
{
    Octets text = site->calendar->text;
    const ContentLine *last = site_line(site, defect->line);
    g_autoptr(GString) line = g_string_new("END:VCALENDAR");
    gboolean ended = last->end < last->next;
    gsize next = ended ? last->next : last->start;
    gsize ending = octets_line_ending(text, next);
    g_string_insert_len(line, ended ? -1 : 0, text.data + ending, (gssize)(next - ending));
    draft_reshape(draft, last->next, last->next, draft_keep(draft, line),
                  (Expect){EXPECT_APPEARS, "END", "VCALENDAR", NULL});
}

/* ---- version-missing, product-missing ---- */

static void find_property_missing(const Site *site, Found *found, const char *value)
{
    const Component *calendar = site_component(site);
    guint methods;
    calendar_find_property(site->calendar, calendar, "METHOD", &methods);
    if (methods > 0 && site_is_absent(site, calendar, site->name))
        found_add(site, found, (Defect){.line = CALENDAR_NONE, .new_value = value});
}

static void find_version_missing(const Site *site, Found *found)
{
    find_property_missing(site, found, "2.0");
}

static void find_product_missing(const Site *site, Found *found)
{
    find_property_missing(site, found, "-//calmend//NONSGML calmend//EN");
}

static void insert_property(const Site *site, const Defect *defect, Draft *draft)
{
    draft_insert_line(draft, site_after_begin(site, site->component), defect->property,
                      defect->new_value);
}

/* ---- line-blanks ---- */

static void find_line_blanks(const Site *site, Found *found)
{
    const Calendar *calendar = site->calendar;
    const ContentLine *line = site_line(site, site->line);
    gsize start;
    gsize end;
    if (!calendar_line_is(calendar, line, "BEGIN") && !calendar_line_is(calendar, line, "END"))
        return;
    calendar_value_range(calendar, line, &start, &end);
    if (start == end)
        return;
    g_autoptr(GString) behind = calendar_unfold(calendar, end, line->end);
    if (behind->len == 0)
        return;
    const char *value = site_value(site, site->line);
    g_autoptr(GString) old = g_string_new(value);
    g_string_append_len(old, behind->str, (gssize)behind->len);
    found_add(site, found,
              (Defect){.line = site->line,
                       .start = end,
                       .end = line->end,
                       .property = calendar_line_is(calendar, line, "END") ? "END" : "BEGIN",
                       .old_value = site_keep(site, old),
                       .new_value = value});
}

/* The unfolded octets of a range, one by one: folds stay. */
static void delete_octets(const Site *site, const Defect *defect, Draft *draft)
{
    gsize at = calendar_raw_position(site->calendar, defect->start, 0);
    for (; at < defect->end; at = calendar_raw_position(site->calendar, at + 1, 0))
        draft_retext(draft, at, at + 1, (Octets){NULL, 0});
}

/* ---- parameter-empty ---- */

/* Calls `each` for every ; of the line outside of quotes that has another, or the : of the value,
 * directly behind it. */
static guint each_empty(const Calendar *calendar, const ContentLine *line,
                        void (*each)(gsize at, gpointer data), gpointer data)
{
    gboolean quoted = FALSE;
    guint count = 0;
    gsize semicolon = 0;
    gboolean after = FALSE;
    for (gsize at = calendar_raw_position(calendar, line->name_end, 0); at < line->value;
         at = calendar_raw_position(calendar, at + 1, 0)) {
        char octet = calendar->text.data[at];
        quoted ^= octet == '"';
        if (after && (octet == ';' || (octet == ':' && at + 1 == line->value))) {
            count++;
            if (each != NULL)
                each(semicolon, data);
        }
        after = octet == ';' && !quoted;
        semicolon = at;
    }
    return count;
}

static void find_empty_parameters(const Site *site, Found *found)
{
    for (guint line = site_component(site)->first_own; line != CALENDAR_NONE;
         line = site_line(site, line)->next_own) {
        const ContentLine *content = site_line(site, line);
        if (!content->colon || content->name_end == content->start ||
            site->calendar->text.data[content->name_end] != ';' ||
            each_empty(site->calendar, content, NULL, NULL) == 0)
            continue;
        g_autoptr(GString) name =
            calendar_unfold(site->calendar, content->start, content->name_end);
        found_add(site, found,
                  (Defect){.line = line,
                           .property = site_keep(site, name),
                           .old_value = site_value(site, line),
                           .new_value = site_value(site, line)});
    }
}

typedef struct {
    Draft *draft;
    const Defect *defect;
} Deleting;

static void delete_semicolon(gsize at, gpointer data)
{
    Deleting *deleting = data;
    draft_reshape(deleting->draft, at, at + 1, (Octets){NULL, 0},
                  (Expect){EXPECT_RESHAPED, deleting->defect->property, NULL, NULL});
}

static void delete_semicolons(const Site *site, const Defect *defect, Draft *draft)
{
    Deleting deleting = {draft, defect};
    each_empty(site->calendar, site_line(site, defect->line), delete_semicolon, &deleting);
}

/* ---- duplicate-line ---- */

/* The line as it is compared: its name in capitals. */
static char *comparable_line(const Site *site, const ContentLine *line)
{
    g_autoptr(GString) name = calendar_unfold(site->calendar, line->start, line->name_end);
    g_autoptr(GString) rest = calendar_unfold(site->calendar, line->name_end, line->end);
    g_string_ascii_up(name);
    g_string_append_len(name, rest->str, (gssize)rest->len);
    return g_string_free(g_steal_pointer(&name), FALSE);
}

static void find_duplicates(const Site *site, Found *found)
{
    guint count;
    guint line = calendar_find_property(site->calendar, site_component(site), site->name, &count);
    if (count < 2)
        return;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (; line != CALENDAR_NONE; line = calendar_next_property(site->calendar, line, site->name)) {
        if (g_hash_table_add(seen, comparable_line(site, site_line(site, line))))
            continue;
        found_add(site, found, (Defect){.line = line, .old_value = site_value(site, line)});
    }
}

/* ---- fold-missing ---- */

/* TRUE when the line begins with a name, then blanks, then ; : or its end. */
static gboolean begins_as_line(const char *line)
{
    const char *name_end = content_line_skip_name(line);
    const char *at = name_end + strspn(name_end, " \t");
    return name_end > line && (*at == '\0' || *at == ';' || *at == ':');
}

static void find_fold_missing(const Site *site, Found *found)
{
    Octets text = site->calendar->text;
    const ContentLine *line = site_line(site, site->line);
    gsize start = line->start;
    if (site->component == CALENDAR_NONE || !calendar_nests(site->calendar) || start == 0)
        return;
    g_autoptr(GString) unfolded = calendar_unfold(site->calendar, start, line->end);
    if (begins_as_line(unfolded->str))
        return;
    gsize before_end = octets_line_ending(text, start);
    gsize before = octets_line_start(text, before_end);
    gsize size = before_end - before;
    if (size >= MIN_UNFOLDED_LINE && size <= MAX_UNFOLDED_LINE)
        found_add(site, found,
                  (Defect){.line = site->line,
                           .start = start,
                           .property = "line",
                           .old_value = "a line",
                           .new_value = "a fold"});
}

static void insert_blank(const Site *site, const Defect *defect, Draft *draft)
{
    (void)site;
    draft_retext(draft, defect->start, defect->start, octets_of(" "));
}

/* ---- text-after-end ---- */

static gboolean has_line(Octets text, const char *beginning)
{
    gsize size = strlen(beginning);
    for (gsize at = 0; at < text.size; at = octets_next_line(text, at)) {
        if (at + size <= text.size &&
            octets_equal_nocase(octets_slice(text, at, at + size), beginning))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_blank_text(Octets text)
{
    gsize at = 0;
    while (at < text.size && (octet_is_blank(text.data[at]) || octet_is_line_end(text.data[at])))
        at++;
    return at == text.size;
}

/* One past the line of the END of the last VCALENDAR, or 0. */
static gsize find_last_end(const Calendar *calendar)
{
    for (guint i = calendar->components->len; i > 0; i--) {
        const Component *component = calendar_component(calendar, i - 1);
        if (component->kind == COMPONENT_VCALENDAR)
            return calendar_line(calendar, component->end)->next;
    }
    return 0;
}

static void find_text_after_end(const Site *site, Found *found)
{
    const Calendar *calendar = site->calendar;
    if (strcmp(site->work->part->type, "text/calendar") != 0 || !calendar_nests(calendar))
        return;
    gsize end = find_last_end(calendar);
    Octets rest = octets_slice(calendar->text, end, calendar->text.size);
    if (end == 0 || is_blank_text(rest) || has_line(rest, "BEGIN:"))
        return;
    g_autoptr(GString) shown =
        g_string_new_len(rest.data, (gssize)MIN(rest.size, LONGEST_SHOWN_VALUE));
    found_add(site, found,
              (Defect){.line = CALENDAR_NONE,
                       .start = end,
                       .property = "text",
                       .old_value = site_keep(site, shown)});
}

static void delete_rest(const Site *site, const Defect *defect, Draft *draft)
{
    draft_reshape(draft, defect->start, site->calendar->text.size, (Octets){NULL, 0},
                  (Expect){.kind = EXPECT_OUTSIDE});
}

/* ---- calendar-unreadable ---- */

static gboolean has_component(const Calendar *calendar)
{
    guint i = 0;
    while (i < calendar->components->len && calendar_component(calendar, i)->end == CALENDAR_NONE)
        i++;
    return i < calendar->components->len;
}

static void find_unreadable(const Site *site, Found *found)
{
    if (!has_component(site->calendar) && !is_blank_text(site->calendar->text))
        found_add(site, found,
                  (Defect){.line = CALENDAR_NONE, .property = "text", .is_malformed = TRUE});
}

static const RuleState state_end_missing = {"END:VCALENDAR absent", find_end_missing};
static const RuleState state_version_missing = {"absent beside a METHOD", find_version_missing};
static const RuleState state_product_missing = {"absent beside a METHOD", find_product_missing};
static const RuleState state_line_blanks = {"blanks behind the name", find_line_blanks};
static const RuleState state_parameter_empty = {"empty parameter", find_empty_parameters};
static const RuleState state_duplicate = {"the same line again", find_duplicates};
static const RuleState state_fold_missing = {"a fold without its blank", find_fold_missing};
static const RuleState state_text_after_end = {"text behind the last END", find_text_after_end};
static const RuleState state_unreadable = {"no component can be read", find_unreadable};
static const RuleState state_behind_end = {"a calendar behind the closing boundary", NULL};
static const RuleAction action_append_end = {"append END:VCALENDAR", append_end};
static const RuleAction action_insert_version = {"insert VERSION:2.0", insert_property};
static const RuleAction action_insert_product = {"insert PRODID", insert_property};
static const RuleAction action_delete_blanks = {"delete the blanks", delete_octets};
static const RuleAction action_delete_semicolon = {"delete the ;", delete_semicolons};
static const RuleAction action_insert_blank = {"insert a space", insert_blank};
static const RuleAction action_delete_rest = {"delete it", delete_rest};

/* ---- rules ---- */

#define ONCE                                                                                       \
    NAMES("DTSTAMP", "UID", "DTSTART", "DTEND", "DUE", "DURATION", "SEQUENCE", "STATUS", "CLASS",  \
          "CREATED", "LAST-MODIFIED", "PRIORITY", "TRANSP", "ORGANIZER", "RECURRENCE-ID",          \
          "SUMMARY", "LOCATION", "GEO", "URL")

/* clang-format off */
static const RuleCase end_missing[] = {
    {.place = PLACE_TEXT, .phase = PHASE_EARLY, .state = &state_end_missing,
     .repair = &action_append_end, .profiles = PROFILE_BOTH}};
static const RuleCase version_missing[] = {
    {.place = PLACE_CALENDAR, .phase = PHASE_EARLY, .names = NAMES("VERSION"),
     .state = &state_version_missing, .repair = &action_insert_version, .profiles = PROFILE_BOTH}};
static const RuleCase product_missing[] = {
    {.place = PLACE_CALENDAR, .phase = PHASE_EARLY, .names = NAMES("PRODID"),
     .state = &state_product_missing, .repair = &action_insert_product, .profiles = PROFILE_BOTH}};
static const RuleCase line_blanks[] = {
    {.place = PLACE_LINE, .phase = PHASE_EARLY, .state = &state_line_blanks,
     .repair = &action_delete_blanks, .profiles = PROFILE_BOTH}};
static const RuleCase parameter_empty[] = {
    {.place = PLACE_CALENDAR, .phase = PHASE_EARLY, .state = &state_parameter_empty,
     .repair = &action_delete_semicolon, .profiles = PROFILE_BOTH},
    {.place = PLACE_COMPONENT, .phase = PHASE_EARLY, .state = &state_parameter_empty,
     .repair = &action_delete_semicolon, .profiles = PROFILE_BOTH},
    {.place = PLACE_ALARM, .phase = PHASE_EARLY, .state = &state_parameter_empty,
     .repair = &action_delete_semicolon, .profiles = PROFILE_BOTH}};
static const RuleCase duplicate_line[] = {
    {.place = PLACE_CALENDAR, .phase = PHASE_EARLY,
     .names = NAMES("METHOD", "VERSION", "PRODID", "CALSCALE"), .state = &state_duplicate,
     .repair = &action_delete_line, .profiles = PROFILE_BOTH},
    {.place = PLACE_COMPONENT, .phase = PHASE_EARLY, .names = ONCE, .state = &state_duplicate,
     .repair = &action_delete_line, .profiles = PROFILE_BOTH}};
static const RuleCase fold_missing[] = {
    {.place = PLACE_LINE, .phase = PHASE_EARLY, .state = &state_fold_missing,
     .repair = &action_insert_blank}};
static const RuleCase text_after_end[] = {
    {.place = PLACE_TEXT, .phase = PHASE_EARLY, .state = &state_text_after_end,
     .repair = &action_delete_rest}};
static const RuleCase calendar_unreadable[] = {
    {.place = PLACE_TEXT, .state = &state_unreadable, .repair = &action_report,
     .otherwise = &action_report, .profiles = PROFILE_LEAVE}};
static const RuleCase calendar_behind_end[] = {
    {.place = PLACE_MESSAGE, .state = &state_behind_end, .repair = &action_report,
     .otherwise = &action_report, .profiles = PROFILE_LEAVE}};

static const Rule rules[] = {
    {.name = "end-missing", .family = FAMILY_STRUCTURE, RULE_CASES(end_missing),
     .standard = "RFC 5545 3.4",
     .summary = "END:VCALENDAR is missing at the end."},
    {.name = "version-missing", .family = FAMILY_STRUCTURE, RULE_CASES(version_missing),
     .standard = "RFC 5545 3.7.4",
     .summary = "A calendar with a METHOD has no VERSION."},
    {.name = "product-missing", .family = FAMILY_STRUCTURE, RULE_CASES(product_missing),
     .standard = "RFC 5545 3.7.3",
     .summary = "A calendar with a METHOD has no PRODID."},
    {.name = "line-blanks", .family = FAMILY_STRUCTURE, RULE_CASES(line_blanks),
     .standard = "RFC 5545 3.6",
     .summary = "Blanks stand behind the name of a component."},
    {.name = "parameter-empty", .family = FAMILY_STRUCTURE, RULE_CASES(parameter_empty),
     .standard = "RFC 5545 3.1",
     .summary = "A ; has no parameter behind it."},
    {.name = "duplicate-line", .family = FAMILY_STRUCTURE, RULE_CASES(duplicate_line),
     .standard = "RFC 5545 3.6",
     .summary = "A property that may stand once stands again, with the same value."},
    {.name = "fold-missing", .family = FAMILY_STRUCTURE, RULE_CASES(fold_missing),
     .standard = "RFC 5545 3.1",
     .summary = "A line was folded without the blank that a fold needs."},
    {.name = "text-after-end", .family = FAMILY_STRUCTURE, RULE_CASES(text_after_end),
     .standard = "RFC 5545 3.4",
     .summary = "A gateway's footer stands behind the calendar."},
    {.name = "calendar-unreadable", .family = FAMILY_STRUCTURE, RULE_CASES(calendar_unreadable),
     .standard = "RFC 5545 3.4",
     .summary = "No component can be read in a calendar part."},
    {.name = "calendar-behind-end", .family = FAMILY_STRUCTURE, RULE_CASES(calendar_behind_end),
     .standard = "RFC 2046 5.1.1",
     .summary = "A calendar stands behind the closing boundary of its multipart."},
};
/* clang-format on */

const RuleList structure_rules = RULE_LIST(rules);

const Rule *const rule_calendar_behind_end = &rules[G_N_ELEMENTS(rules) - 1];
