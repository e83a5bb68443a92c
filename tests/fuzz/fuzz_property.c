/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_property.h"

#include "calendar.h"
#include "event.h"
#include "transfer.h"

#include <json-glib/json-glib.h>
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
    fuzz_require(splice_is_valid(edits, message->octets.size),
                 "edits are sorted, disjoint and inside of the message");
    fuzz_require(splice_is_valid(plan->body_edits, message->octets.size),
                 "body edits are sorted and disjoint");
    fuzz_require(plan_changes(plan) == (edits->len > 0), "a plan changes when it has edits");
    require_sides(message, plan);
    return splice_to_string(message->octets, edits);
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

GString *fuzz_timezones(Octets text)
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

static GString *part_timezones(const Message *message, const Part *part)
{
    if (part->kind != PART_CALENDAR)
        return g_string_new(NULL);
    g_auto(Transfer) transfer;
    transfer_init(&transfer, message, part);
    return fuzz_timezones(transfer.decoded);
}

void fuzz_require_timezones(const Message *before, const Message *after)
{
    const PolicyLimits limits = {.parts = G_MAXUINT, .depth = 1000};
    g_autoptr(GArray) old_parts = parts_new();
    g_autoptr(GArray) new_parts = parts_new();
    parts_find(before, &limits, old_parts);
    parts_find(after, &limits, new_parts);
    fuzz_require(old_parts->len == new_parts->len, "an edited message has the same parts");
    for (guint i = 0; i < old_parts->len; i++) {
        g_autoptr(GString) old = part_timezones(before, &g_array_index(old_parts, Part, i));
        g_autoptr(GString) new = part_timezones(after, &g_array_index(new_parts, Part, i));
        fuzz_require(g_string_equal(old, new), "no octet of a VTIMEZONE changes");
    }
}
