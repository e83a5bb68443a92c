/* SPDX-License-Identifier: BSD-2-Clause
 *
 * read_libical [--check]: what libical reads in calendars, in the normal form of reader.py.
 *
 * With --check a calendar is refused, too, in which a property that must be there is not, stands
 * twice, or cannot be parsed. It is looked at without its METHOD, as a server does with what it is
 * about to store. The end of the input, or a length that does not come, ends the program.
 */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <libical/ical.h>
#include <stdio.h>
#include <string.h>

#define REQUEST_BYTES_MAX (64 << 20)

static void add_text(JsonBuilder *builder, const char *name, const char *text)
{
    g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;
    json_builder_set_member_name(builder, name);
    if (valid)
        json_builder_add_string_value(builder, valid);
    else
        json_builder_add_null_value(builder);
}

/* The time in UTC where its zone is known, else as it was written. */
static void add_time(JsonBuilder *builder, const char *name, icaltimetype time)
{
    if (icaltime_is_null_time(time)) {
        add_text(builder, name, NULL);
        return;
    }
    if (!time.is_date && time.zone)
        time = icaltime_convert_to_zone(time, icaltimezone_get_utc_timezone());
    add_text(builder, name, icaltime_as_ical_string(time));
}

static const char *value_of(icalcomponent *component, icalproperty_kind kind)
{
    icalproperty *property = icalcomponent_get_first_property(component, kind);
    return property ? icalproperty_get_value_as_string(property) : NULL;
}

static icaltimetype time_of(icalcomponent *component, icalproperty_kind kind)
{
    icalproperty *property = icalcomponent_get_first_property(component, kind);
    return property ? icalproperty_get_datetime_with_component(property, component)
                    : icaltime_null_time();
}

static void add_attendees(JsonBuilder *builder, icalcomponent *component)
{
    json_builder_set_member_name(builder, "attendees");
    json_builder_begin_array(builder);
    for (icalproperty *property =
             icalcomponent_get_first_property(component, ICAL_ATTENDEE_PROPERTY);
         property; property = icalcomponent_get_next_property(component, ICAL_ATTENDEE_PROPERTY)) {
        json_builder_begin_object(builder);
        add_text(builder, "address", icalproperty_get_value_as_string(property));
        add_text(builder, "partstat", icalproperty_get_parameter_as_string(property, "PARTSTAT"));
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_alarms(JsonBuilder *builder, icalcomponent *component)
{
    json_builder_set_member_name(builder, "alarms");
    json_builder_begin_array(builder);
    for (icalcomponent *alarm = icalcomponent_get_first_component(component, ICAL_VALARM_COMPONENT);
         alarm; alarm = icalcomponent_get_next_component(component, ICAL_VALARM_COMPONENT)) {
        json_builder_begin_object(builder);
        add_text(builder, "action", value_of(alarm, ICAL_ACTION_PROPERTY));
        add_text(builder, "trigger", value_of(alarm, ICAL_TRIGGER_PROPERTY));
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_item(JsonBuilder *builder, icalcomponent *component)
{
    json_builder_begin_object(builder);
    add_text(builder, "type", icalcomponent_kind_to_string(icalcomponent_isa(component)));
    add_text(builder, "uid", value_of(component, ICAL_UID_PROPERTY));
    add_time(builder, "recurrence", time_of(component, ICAL_RECURRENCEID_PROPERTY));
    add_text(builder, "sequence", value_of(component, ICAL_SEQUENCE_PROPERTY));
    add_text(builder, "status", value_of(component, ICAL_STATUS_PROPERTY));
    add_text(builder, "summary", value_of(component, ICAL_SUMMARY_PROPERTY));
    add_text(builder, "rule", value_of(component, ICAL_RRULE_PROPERTY));
    add_time(builder, "stamp", time_of(component, ICAL_DTSTAMP_PROPERTY));
    add_time(builder, "start", icalcomponent_get_dtstart(component));
    add_time(builder, "end",
             icalcomponent_isa(component) == ICAL_VTODO_COMPONENT
                 ? icalcomponent_get_due(component)
                 : icalcomponent_get_dtend(component));
    add_text(builder, "organizer", value_of(component, ICAL_ORGANIZER_PROPERTY));
    add_attendees(builder, component);
    add_alarms(builder, component);
    json_builder_end_object(builder);
}

static gboolean is_item(icalcomponent *component)
{
    switch ((int)icalcomponent_isa(component)) {
    case ICAL_VEVENT_COMPONENT:
    case ICAL_VTODO_COMPONENT:
    case ICAL_VJOURNAL_COMPONENT:
    case ICAL_VFREEBUSY_COMPONENT:
        return TRUE;
    default:
        return FALSE;
    }
}

/* Of all VCALENDARs of the text: where there are several, libical wraps them in XROOT. */
static void add_items(JsonBuilder *builder, icalcomponent *root)
{
    for (icalcomponent *inner = icalcomponent_get_first_component(root, ICAL_ANY_COMPONENT); inner;
         inner = icalcomponent_get_next_component(root, ICAL_ANY_COMPONENT)) {
        if (is_item(inner))
            add_item(builder, inner);
        else if (icalcomponent_isa(inner) == ICAL_VCALENDAR_COMPONENT)
            add_items(builder, inner);
    }
}

static const char *method_of(icalcomponent *root)
{
    icalcomponent *calendar =
        icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT
            ? root
            : icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT);
    return calendar ? value_of(calendar, ICAL_METHOD_PROPERTY) : NULL;
}

/* The first thing that a strict server complains of, or NULL. A text property without a value is
 * none: what wrote it is in use everywhere. */
static const char *complaint_of(icalcomponent *component)
{
    for (icalproperty *property =
             icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);
         property; property = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY)) {
        const char *text = icalproperty_get_xlicerror(property);
        if (!g_str_has_prefix(text, "No value for"))
            return text;
    }
    const char *found = NULL;
    for (icalcomponent *inner = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
         inner && !found; inner = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        found = complaint_of(inner);
    return found;
}

static const char *complaint_of_store(icalcomponent *root)
{
    icalcomponent *stored = icalcomponent_new_clone(root);
    for (icalproperty *method;
         (method = icalcomponent_get_first_property(stored, ICAL_METHOD_PROPERTY));
         icalproperty_free(method))
        icalcomponent_remove_property(stored, method);
    icalrestriction_check(stored);
    const char *complaint = complaint_of(stored);
    complaint = complaint ? icalmemory_tmp_copy(complaint) : NULL;
    icalcomponent_free(stored);
    return complaint;
}

static const char *refusal_of(icalcomponent *root, gboolean check)
{
    if (!root)
        return "no component";
    if (!check)
        return NULL;
    if (icalcomponent_isa(root) != ICAL_VCALENDAR_COMPONENT)
        return "no VCALENDAR";
    return complaint_of_store(root);
}

static void print_form(const char *text, gboolean check)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    icalcomponent *root = icalparser_parse_string(text);
    const char *refusal = refusal_of(root, check);
    json_builder_begin_object(builder);
    if (refusal) {
        add_text(builder, "refused", refusal);
    } else {
        add_text(builder, "method", method_of(root));
        json_builder_set_member_name(builder, "items");
        json_builder_begin_array(builder);
        add_items(builder, root);
        json_builder_end_array(builder);
    }
    json_builder_end_object(builder);
    g_autoptr(JsonNode) node = json_builder_get_root(builder);
    g_autofree char *line = json_to_string(node, FALSE);
    puts(line);
    fflush(stdout);
    if (root)
        icalcomponent_free(root);
    icalmemory_free_ring();
}

/* The next text, without what stands behind a NUL, or NULL at the end. */
static char *read_request(void)
{
    gsize length = 0;
    if (scanf("%zu", &length) != 1 || getchar() != '\n' || length > REQUEST_BYTES_MAX)
        return NULL;
    g_autofree char *text = g_malloc0(length + 1);
    return fread(text, 1, length, stdin) == length ? g_steal_pointer(&text) : NULL;
}

int main(int argc, char **argv)
{
    gboolean check = argc > 1 && strcmp(argv[1], "--check") == 0;
    icalerror_set_errors_are_fatal(FALSE);
    for (char *text; (text = read_request());) {
        print_form(text, check);
        g_free(text);
    }
    return 0;
}
