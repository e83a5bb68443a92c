/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_property.h"

#include "common/calendar/calendar.h"
#include "common/event_json.h"
#include "common/event_text.h"
#include "common/mail/transfer.h"

#include <json-glib/json-glib.h>
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_require(gboolean holds, const char *property)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", property);
    abort();
}

gboolean fuzz_octets_same(Octets one, Octets other)
{
    return one.size == other.size && (one.size == 0 || memcmp(one.data, other.data, one.size) == 0);
}

/* Takes `part` off the front of `rest`. */
static void require_next(Octets *rest, Octets part)
{
    fuzz_require(part.size <= rest->size &&
                     fuzz_octets_same(part, octets_slice(*rest, 0, part.size)),
                 "every octet outside of the edits stays");
    *rest = octets_slice(*rest, part.size, rest->size);
}

GString *fuzz_apply_edits(Octets octets, const GArray *edits)
{
    fuzz_require(splice_is_valid(edits, octets.size), "edits are sorted, disjoint and inside");
    GString *result = splice_to_string(octets, edits);
    Octets rest = {result->str, result->len};
    gsize at = 0;
    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        require_next(&rest, octets_slice(octets, at, edit->offset));
        require_next(&rest, edit->text);
        at = edit->offset + edit->length;
    }
    require_next(&rest, octets_slice(octets, at, octets.size));
    fuzz_require(rest.size == 0, "nothing comes after the last octet");
    return result;
}

static void require_sides(const Message *message, const Plan *plan)
{
    for (guint i = 0; i < plan->body_edits->len; i++)
        fuzz_require(g_array_index(plan->body_edits, Edit, i).offset >= message->body,
                     "a body edit is at or after the body");
    for (guint i = 0; i < plan->header_edits->len; i++) {
        const Edit *edit = &g_array_index(plan->header_edits, HeaderEdit, i).edit;
        fuzz_require(edit->offset + edit->length <= message->body,
                     "a header edit is before the body");
    }
}

GString *fuzz_apply_plan(const Message *message, const Plan *plan)
{
    g_autoptr(GArray) edits = plan_edits(plan);
    fuzz_require(splice_is_valid(plan->body_edits, message->octets.size),
                 "body edits are sorted and disjoint");
    fuzz_require(plan_changes(plan) == (edits->len > 0), "a plan changes when it has edits");
    require_sides(message, plan);
    return fuzz_apply_edits(message->octets, edits);
}

static void require_place(const FieldPlace *place, gsize from, gsize to)
{
    fuzz_require(place->count == 0 || (from <= place->start && place->start < place->value &&
                                       place->value <= place->value_end && place->value_end <= to),
                 "a field stands in the header of its part");
}

/* Returns where the next part may begin. */
static gsize require_part(const Message *message, const Part *part, gsize from)
{
    fuzz_require(from <= part->content && part->content <= part->content_end &&
                     part->content_end <= message->octets.size,
                 "parts are inside, disjoint and in order");
    fuzz_require(part->in_multipart || (!part->closed && part->content_end == message->octets.size),
                 "what no delimiter ends goes to the end");
    require_place(&part->content_type, from, part->content);
    require_place(&part->transfer_encoding, from, part->content);
    fuzz_require(part->noisy_encoding == TRANSFER_UNKNOWN ||
                     (part->transfer_encoding.value < part->noise &&
                      part->noise < part->noise_end &&
                      part->noise_end == part->transfer_encoding.value_end),
                 "noise stands at the end of its field");
    fuzz_require(*part->number != '\0' && *part->type != '\0', "a part has a number and a type");
    return part->content_end;
}

void fuzz_require_parts(const Message *message, const PolicyLimits *limits)
{
    g_autoptr(GArray) parts = parts_new();
    g_autoptr(GArray) strays = parts_new_strays();
    parts_find_all(message, limits, parts, strays);
    fuzz_require(parts->len <= limits->parts, "there are no more parts than the limit");
    gsize from = message->head;
    for (guint i = 0; i < parts->len; i++)
        from = require_part(message, &g_array_index(parts, Part, i), from);
    from = message->head;
    for (guint i = 0; i < strays->len; i++) {
        gsize line = g_array_index(strays, StrayCalendar, i).line;
        fuzz_require(from < line && line < message->octets.size &&
                         message->octets.data[line - 1] == '\n',
                     "stray calendars are lines, in order");
        from = line;
    }
}

static gboolean may_stand_in(const Part *part, const Edit *edit)
{
    gsize end = edit->offset + edit->length;
    gboolean in_content = part->content <= edit->offset && end <= part->content_end;
    gboolean in_type = part->content_type.count > 0 && part->content_type.start < edit->offset &&
                       end < part->content;
    return part->seal == SEAL_NONE && (in_content || in_type);
}

static gboolean has_place(const GArray *parts, const Edit *edit)
{
    for (guint i = 0; i < parts->len; i++) {
        if (may_stand_in(&g_array_index(parts, Part, i), edit))
            return TRUE;
    }
    return FALSE;
}

/* TRUE when a rule that edits fields names this one. */
static gboolean is_ruled_field(const char *name)
{
    gsize count;
    gboolean found = FALSE;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count && !found; i++) {
        g_auto(GStrv) names = g_strsplit(rules[i].property, " ", -1);
        for (char **each = names; *each != NULL; each++)
            found |= (rules[i].kind == RULE_HEADER || rules[i].kind == RULE_PART ||
                      rules[i].kind == RULE_STAMP) &&
                     g_ascii_strcasecmp(*each, name) == 0;
    }
    return found;
}

void fuzz_require_places(const Message *message, const PolicyLimits *limits, const Plan *plan)
{
    g_autoptr(GArray) parts = parts_new();
    if (!plan_changes(plan))
        return;
    fuzz_require(parts_find(message, limits, parts) == PARTS_OK, "what is edited has its parts");
    for (guint i = 0; i < plan->body_edits->len; i++)
        fuzz_require(has_place(parts, &g_array_index(plan->body_edits, Edit, i)),
                     "an edit stands in a part that may be edited");
    for (guint i = 0; i < plan->header_edits->len; i++)
        fuzz_require(is_ruled_field(g_array_index(plan->header_edits, HeaderEdit, i).name),
                     "an edited field is one that a rule names");
}

void fuzz_require_findings(const Plan *plan)
{
    gboolean repaired = FALSE;
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        repaired |= finding->reason == REASON_NONE;
        fuzz_require(finding->reason == REASON_NONE || finding->new_value == NULL,
                     "what is left has no new value");
    }
    fuzz_require(repaired == plan_changes(plan), "edits stand just where a finding is repaired");
}

static void require_line(const char *line)
{
    gsize size = strlen(line);
    fuzz_require(size <= EVENT_LINE_MAX, "an event is no longer than its limit");
    fuzz_require(g_utf8_validate(line, (gssize)size, NULL), "an event is UTF-8");
    for (gsize i = 0; i < size; i++)
        fuzz_require(!g_ascii_iscntrl(line[i]), "an event holds no control octet");
}

static void require_json(const char *line)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    fuzz_require(json_parser_load_from_data(parser, line, -1, NULL), "an event in JSON is JSON");
}

void fuzz_require_events(const Plan *plan)
{
    static const EventContext context = {"4XyZ", "a@example.com", "mx.example.com", NULL};
    g_autoptr(GPtrArray) events = events_of_plan(plan, plan_changes(plan));
    for (guint i = 0; i < events->len; i++) {
        g_autofree char *text = event_to_text(g_ptr_array_index(events, i), &context);
        g_autofree char *json = event_to_json(g_ptr_array_index(events, i), &context);
        require_line(text);
        require_line(json);
        require_json(json);
    }
}

static gboolean is_timezone(const Calendar *calendar, const Component *component)
{
    g_autoptr(GString) name = calendar_value(calendar, calendar_line(calendar, component->begin));
    return g_ascii_strcasecmp(name->str, "VTIMEZONE") == 0;
}

/* Every VTIMEZONE, one behind the other; all of a calendar that does not nest. */
static GString *list_timezones(Octets text)
{
    g_auto(Calendar) calendar;
    calendar_init(&calendar, text, G_MAXUINT, G_MAXUINT);
    if (!calendar.nested)
        return g_string_new_len(text.data, (gssize)text.size);
    GString *timezones = g_string_new(NULL);
    for (guint i = 0; i < calendar.components->len; i++) {
        const Component *component = calendar_component(&calendar, i);
        if (!is_timezone(&calendar, component))
            continue;
        gsize start = calendar_line(&calendar, component->begin)->start;
        gsize end = calendar_line(&calendar, component->end)->next;
        g_string_append_len(timezones, text.data + start, (gssize)(end - start));
    }
    return timezones;
}

/* What libical reads, kept as text: `shape` is the components, `properties` counts each property
 * with the place of its component. Of the second calendar it counts down. */
typedef struct {
    GString *shape;
    GHashTable *properties;
} Reading;

static void read_component(icalcomponent *component, gint step, Reading *reading)
{
    g_string_append_printf(reading->shape, "(%d", icalcomponent_isa(component));
    for (icalproperty *property = icalcomponent_get_first_property(component, ICAL_ANY_PROPERTY);
         property != NULL;
         property = icalcomponent_get_next_property(component, ICAL_ANY_PROPERTY)) {
        char *text = icalproperty_as_ical_string_r(property);
        char *key = g_strdup_printf("%s %s", reading->shape->str, text);
        gint count = GPOINTER_TO_INT(g_hash_table_lookup(reading->properties, key));
        g_hash_table_insert(reading->properties, key, GINT_TO_POINTER(count + step));
        icalmemory_free_buffer(text);
    }
    for (icalcomponent *inner = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
         inner != NULL; inner = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        read_component(inner, step, reading);
    g_string_append_c(reading->shape, ')');
}

/* The components. Owned by the caller. */
static GString *read_calendar(Octets text, gint step, GHashTable *properties)
{
    g_autofree char *copy = octets_dup(text);
    Reading reading = {g_string_new(NULL), properties};
    icalcomponent *component = icalparser_parse_string(copy);
    if (component != NULL) {
        read_component(component, step, &reading);
        icalcomponent_free(component);
    }
    return reading.shape;
}

/* libical may read a property and an error where there is one line, hence the factor. */
static void require_read_alike(Octets before, Octets after, guint edits)
{
    g_autoptr(GHashTable) properties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GString) old = read_calendar(before, 1, properties);
    g_autoptr(GString) new = read_calendar(after, -1, properties);
    fuzz_require(g_string_equal(old, new), "an edited calendar has the same components");
    GHashTableIter iter;
    gpointer count;
    guint gone = 0;
    guint come = 0;
    g_hash_table_iter_init(&iter, properties);
    while (g_hash_table_iter_next(&iter, NULL, &count)) {
        gone += (guint)MAX(GPOINTER_TO_INT(count), 0);
        come += (guint)MAX(-GPOINTER_TO_INT(count), 0);
    }
    fuzz_require(gone <= 2 * edits && come <= 2 * edits, "no other property changes");
}

void fuzz_require_alike(Octets before, Octets after, guint edits)
{
    g_autoptr(GString) old = list_timezones(before);
    g_autoptr(GString) new = list_timezones(after);
    fuzz_require(g_string_equal(old, new), "no octet of a VTIMEZONE changes");
    if (!fuzz_octets_same(before, after))
        require_read_alike(before, after, edits);
}

static guint count_repaired(const Plan *plan)
{
    guint count = 0;
    for (guint i = 0; i < plan->findings->len; i++)
        count += g_array_index(plan->findings, Finding, i).reason == REASON_NONE;
    return count;
}

/* A repair changes two properties at most (KB 955480). */
static void require_part_alike(const Message *before, const Part *old, const Message *after,
                               const Part *new, const Plan *plan)
{
    g_auto(Transfer) first;
    g_auto(Transfer) second;
    transfer_init(&first, before, old);
    transfer_init(&second, after, new);
    fuzz_require(first.faithful == second.faithful, "what is written can be read as before");
    if (old->kind == PART_CALENDAR)
        fuzz_require_alike(first.decoded, second.decoded, 2 * count_repaired(plan));
}

void fuzz_require_parts_alike(const Message *before, const Message *after, const Plan *plan)
{
    const PolicyLimits limits = {.parts = G_MAXUINT, .depth = 1000};
    g_autoptr(GArray) old_parts = parts_new();
    g_autoptr(GArray) new_parts = parts_new();
    parts_find(before, &limits, old_parts);
    parts_find(after, &limits, new_parts);
    fuzz_require(old_parts->len == new_parts->len, "an edited message has the same parts");
    for (guint i = 0; i < old_parts->len; i++)
        require_part_alike(before, &g_array_index(old_parts, Part, i), after,
                           &g_array_index(new_parts, Part, i), plan);
}
