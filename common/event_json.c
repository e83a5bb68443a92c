/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/event_json.h"

#include "common/escape.h"
#include "common/event_line.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* At most `longest` octets of `value` as UTF-8, cut as above: JSON escapes it. */
static char *valid_value(const char *value, gsize longest)
{
    g_autofree char *valid = g_utf8_make_valid(value, -1);
    if (strlen(valid) <= longest)
        return g_steal_pointer(&valid);
    *g_utf8_find_prev_char(valid, valid + longest + 1) = '\0';
    return g_strconcat(valid, "...", NULL);
}

static void add_member(JsonBuilder *builder, const char *name, const char *value, gsize longest)
{
    if (value == NULL)
        return;
    g_autofree char *valid = valid_value(value, longest);
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, valid);
}

static void add_rules(JsonBuilder *builder, const GArray *rules, gsize longest)
{
    g_autoptr(GPtrArray) texts = event_line_rules(rules, longest);
    json_builder_set_member_name(builder, "rules");
    json_builder_begin_array(builder);
    for (guint i = 0; i < texts->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(texts, i));
    json_builder_end_array(builder);
}

/* Ends the object; its line. */
static char *finish_line(JsonBuilder *builder)
{
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *line = json_to_string(root, FALSE);
    return escape_json(line);
}

static char *write_json(const Event *event, const EventContext *context, gsize longest)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "event_id");
    json_builder_add_int_value(builder, event->kind->id);
    add_member(builder, "event_type", event->kind->type, EVENT_LONGEST_VALUE);
    add_member(builder, "event_source", EVENT_SOURCE, EVENT_LONGEST_VALUE);
    add_member(builder, "event_category", event->kind->category, EVENT_LONGEST_VALUE);
    add_member(builder, "queue_id", context->queue_id, MIN(longest, EVENT_LONGEST_QUEUE_ID));
    add_member(builder, "user", context->user, longest);
    add_member(builder, "computer", context->computer, longest);
    add_member(builder, "message_id", context->message_id, longest);
    add_member(builder, "policy", context->policy, longest);
    add_member(builder, "description", event->text, longest * 2);
    if (event->rules->len > 0) {
        add_rules(builder, event->rules, longest);
        add_member(builder, "parts", event->parts, longest);
        add_member(builder, "method", event->method, longest);
        add_member(builder, "uid", event->uid, longest);
        add_member(builder, "producer", event->producer, longest);
        add_member(builder, "detail", event->detail, longest);
    }
    return finish_line(builder);
}

char *event_json_of_line(const char *source, const char *text)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_member(builder, "event_source", source, EVENT_LONGEST_VALUE);
    add_member(builder, "description", text, EVENT_LONGEST_VALUE);
    return finish_line(builder);
}

char *event_to_json(const Event *event, const EventContext *context)
{
    return event_line_fit(write_json, event, context);
}
