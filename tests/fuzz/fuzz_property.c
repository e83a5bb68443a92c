/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_property.h"

#include "common/calendar/calendar.h"
#include "common/event_json.h"
#include "common/event_text.h"
#include "common/field_changes.h"
#include "common/mail/transfer.h"
#include "common/rules/families.h"

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

GString *fuzz_apply_plan(const Message *message, const Plan *plan)
{
    fuzz_require(plan_changes(plan) == (plan->edits->len > 0), "a plan changes when it has edits");
    for (guint i = 0; i < plan->edits->len; i++) {
        const Edit *edit = &g_array_index(plan->edits, Edit, i);
        fuzz_require(edit->offset >= message->body || edit->offset + edit->length <= message->body,
                     "an edit stands in the header or in the body");
    }
    return fuzz_apply_edits(message->octets, plan->edits);
}

/* ---- what the MTA is told ---- */

static void field_clear(gpointer data)
{
    FieldChange *field = data;
    g_free(field->name);
    g_free(field->value);
}

/* The fields as an MTA has them: names and values, lines ended by LF. */
static GArray *list_fields(const Message *message)
{
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(FieldChange));
    g_array_set_clear_func(fields, field_clear);
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        g_autofree char *value = octets_dup(message_field_value(message, field));
        g_auto(GStrv) pieces = g_strsplit(value, "\r", -1);
        FieldChange copy = {
            .name = octets_dup(message_field_name(message, field)),
            .value = g_strjoinv("", pieces),
        };
        g_array_append_val(fields, copy);
    }
    return fields;
}

static guint find_field(const GArray *fields, const FieldChange *change)
{
    guint number = 0;
    for (guint i = 0; i < fields->len; i++) {
        number += g_ascii_strcasecmp(g_array_index(fields, FieldChange, i).name, change->name) == 0
                      ? 1
                      : 0;
        if (number == change->index)
            return i;
    }
    fuzz_require(FALSE, "a field that is changed is there");
    return 0;
}

/* As an MTA does it. */
static void change_field(GArray *fields, const FieldChange *change)
{
    FieldChange new = {.name = g_strdup(change->name), .value = g_strdup(change->value)};
    guint at = change->kind == FIELD_INSERT ? 0 : find_field(fields, change);
    if (change->kind != FIELD_INSERT)
        g_array_remove_index(fields, at);
    if (change->kind != FIELD_REMOVE)
        g_array_insert_val(fields, at, new);
    else
        field_clear(&new);
}

void fuzz_require_fields(const Message *before, const Plan *plan, const Message *after)
{
    if (before->over_limit || after->over_limit)
        return;
    g_autoptr(GArray) fields = list_fields(before);
    g_autoptr(GArray) wanted = list_fields(after);
    g_autoptr(GArray) changes = field_changes_new(before, plan->edits);
    for (guint i = 0; i < changes->len; i++)
        change_field(fields, &g_array_index(changes, FieldChange, i));
    fuzz_require(fields->len == wanted->len, "an MTA has as many fields as the octets");
    for (guint i = 0; i < fields->len; i++)
        fuzz_require(g_str_equal(g_array_index(fields, FieldChange, i).name,
                                 g_array_index(wanted, FieldChange, i).name) &&
                         g_str_equal(g_array_index(fields, FieldChange, i).value,
                                     g_array_index(wanted, FieldChange, i).value),
                     "an MTA has the fields that the octets have");
}

/* ---- places ---- */

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

void fuzz_require_parts(const Message *message, const PartsLimits *limits)
{
    g_autoptr(GArray) parts = parts_new();
    g_autoptr(GArray) strays = parts_new_strays();
    parts_find_all(message, limits, parts, strays);
    fuzz_require(parts->len <= limits->count, "there are no more parts than the limit");
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

static gboolean is_inside(const Edit *edit, gsize start, gsize end)
{
    return start <= edit->offset && edit->offset + edit->length <= end;
}

static gboolean is_in_field(const Edit *edit, const FieldPlace *place)
{
    return place->count == 1 && is_inside(edit, place->value, place->value_end);
}

static gboolean may_stand_in(const Part *part, const Edit *edit)
{
    return part->seal == SEAL_NONE &&
           (is_inside(edit, part->content, part->content_end) ||
            is_in_field(edit, &part->content_type) || is_in_field(edit, &part->transfer_encoding));
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
static gboolean is_ruled_field(Octets field)
{
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        const char *const *name = rule->cases[0].names;
        for (; rule->cases[0].place == PLACE_HEADER && *name != NULL; name++) {
            if (octets_equal_nocase(field, *name))
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_in_header(const Message *message, const Edit *edit)
{
    if (edit->offset == message->head && edit->length == 0)
        return TRUE;
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        if (is_inside(edit, field->start, field->next))
            return is_ruled_field(message_field_name(message, field));
    }
    return FALSE;
}

void fuzz_require_places(const Message *message, const PartsLimits *limits, const Plan *plan)
{
    g_autoptr(GArray) parts = parts_new();
    if (!plan_changes(plan))
        return;
    fuzz_require(parts_find(message, limits, parts) == PARTS_OK, "what is edited has its parts");
    for (guint i = 0; i < plan->edits->len; i++) {
        const Edit *edit = &g_array_index(plan->edits, Edit, i);
        fuzz_require(has_place(parts, edit) || is_in_header(message, edit),
                     "an edit stands in a part that may be edited or in a field that a rule names");
    }
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
    static const EventContext context = {"4XyZ", "a@example.com", "mx.example.com", NULL, NULL};
    g_autoptr(GPtrArray) events = events_of_plan(plan);
    for (guint i = 0; i < events->len; i++) {
        g_autofree char *text = event_to_text(g_ptr_array_index(events, i), &context);
        g_autofree char *json = event_to_json(g_ptr_array_index(events, i), &context);
        require_line(text);
        require_line(json);
        require_json(json);
    }
}

/* ---- calendars before and after ---- */

static const CalendarLimits no_limits = {G_MAXUINT, G_MAXUINT, G_MAXUINT, G_MAXUINT};

/* What the plan repaired in a part. */
typedef struct {
    guint count;
    gboolean texts; /* line ends, folds and structure are among it */
    gboolean zones;
} Mended;

static Mended list_mended(const Plan *plan, const char *part)
{
    Mended mended = {0};
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        if (finding->reason != REASON_NONE || g_strcmp0(finding->part, part) != 0)
            continue;
        mended.count++;
        mended.texts |= g_str_equal(finding->rule->family, FAMILY_TEXT) ||
                        g_str_equal(finding->rule->family, FAMILY_STRUCTURE);
        mended.zones |= g_str_equal(finding->rule->name, "zone-missing");
    }
    return mended;
}

/* [start, end) without line ends and blanks, which folds are made of. */
static char *squeeze(Octets text, gsize start, gsize end)
{
    GString *out = g_string_sized_new(end - start);
    for (gsize i = start; i < end; i++) {
        if (!octet_is_line_end(text.data[i]) && !octet_is_blank(text.data[i]))
            g_string_append_c(out, text.data[i]);
    }
    return g_string_free(out, FALSE);
}

/* With LF for all that ends a line, and nothing for CRs that end the text, so that no name ends in
 * CR. */
static GString *end_lines_alike(Octets text)
{
    while (text.size > 0 && text.data[text.size - 1] == '\r')
        text.size--;
    GString *out = g_string_new_len(text.data, (gssize)text.size);
    for (gsize size = out->len + 1; out->len < size;) {
        size = out->len;
        g_string_replace(out, "\r\n", "\n", 0);
    }
    return out;
}

/* Every VTIMEZONE, and in `others` how deep each other component stands. NULL where the text does
 * not nest. */
static GPtrArray *list_timezones(Octets given, GString *others)
{
    g_autoptr(GString) lines = end_lines_alike(given);
    Octets text = {lines->str, lines->len};
    g_auto(Calendar) calendar;
    calendar_init(&calendar, text, &no_limits);
    if (!calendar_nests(&calendar))
        return NULL;
    GPtrArray *timezones = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < calendar.components->len; i++) {
        const Component *component = calendar_component(&calendar, i);
        gsize start = calendar_line(&calendar, component->begin)->start;
        gsize end = calendar_line(&calendar, component->end)->next;
        if (component->kind == COMPONENT_VTIMEZONE)
            g_ptr_array_add(timezones, squeeze(text, start, end));
        else if (!component->in_timezone)
            g_string_append_printf(others, "%u ", component->depth);
    }
    return timezones;
}

/* Each VTIMEZONE is there as it was, and another one only where the plan says so. A BEGIN behind a
 * byte order mark is no component before the text is mended. */
static void require_timezones(Octets before, Octets after, const Mended *mended)
{
    g_autoptr(GString) old_others = g_string_new(NULL);
    g_autoptr(GString) new_others = g_string_new(NULL);
    g_autoptr(GPtrArray) old = list_timezones(before, old_others);
    g_autoptr(GPtrArray) new = list_timezones(after, new_others);
    fuzz_require(new != NULL || fuzz_octets_same(before, after), "an edited calendar nests");
    if (old == NULL || new == NULL)
        return;
    guint found = 0;
    for (guint i = 0; i < new->len &&found < old->len; i++)
        found += g_str_equal(g_ptr_array_index(old, found), g_ptr_array_index(new, i)) ? 1 : 0;
    fuzz_require(found == old->len, "nothing but a fold of a VTIMEZONE changes");
    fuzz_require(new->len == old->len || mended->zones, "no VTIMEZONE comes in unsaid");
    fuzz_require(mended->texts || g_string_equal(old_others, new_others),
                 "no other component comes or goes");
}

/* What libical reads, kept as text: `shape` is the components, `properties` counts each property
 * with the place of its component. Of the second calendar it counts down. */
typedef struct {
    GString *shape;
    GHashTable *properties;
} Reading;

static void read_component(icalcomponent *component, gint step, Reading *reading)
{
    if (icalcomponent_isa(component) == ICAL_VTIMEZONE_COMPONENT)
        return;
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

/* A repair changes two properties at most, and libical may see an error beside each. Where line
 * ends, folds and structure were mended it may read what it could not. */
static void require_alike(Octets before, Octets after, const Mended *mended)
{
    require_timezones(before, after, mended);
    if (!fuzz_octets_same(before, after) && !mended->texts)
        require_read_alike(before, after, 2 * mended->count);
}

static TransferEncoding encoding_of(const Part *old, const Part *new)
{
    gboolean was_noisy = old->encoding == TRANSFER_UNKNOWN && new->encoding != TRANSFER_UNKNOWN;
    return was_noisy ? old->noisy_encoding : old->encoding;
}

static void require_part_alike(const Message *before, const Part *old, const Message *after,
                               const Part *new, const Plan *plan)
{
    g_auto(Transfer) first;
    g_auto(Transfer) second;
    Mended mended = list_mended(plan, old->number);
    transfer_init(&first, before, old, encoding_of(old, new));
    transfer_init(&second, after, new, new->encoding);
    fuzz_require(first.faithful == second.faithful, "what is written can be read as before");
    fuzz_require(mended.count > 0 || fuzz_octets_same(first.encoded, second.encoded),
                 "a part without a repair stays");
    if (old->kind == PART_CALENDAR && first.faithful)
        require_alike(first.decoded, second.decoded, &mended);
}

void fuzz_require_parts_alike(const Message *before, const Message *after, const Plan *plan)
{
    const PartsLimits limits = {.count = G_MAXUINT, .depth = 1000};
    g_autoptr(GArray) old_parts = parts_new();
    g_autoptr(GArray) new_parts = parts_new();
    parts_find(before, &limits, old_parts);
    parts_find(after, &limits, new_parts);
    fuzz_require(old_parts->len == new_parts->len, "an edited message has the same parts");
    for (guint i = 0; i < old_parts->len; i++)
        require_part_alike(before, &g_array_index(old_parts, Part, i), after,
                           &g_array_index(new_parts, Part, i), plan);
}
