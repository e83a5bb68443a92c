/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/log_event.h"

#include "cli/report/log_stamp.h"
#include "common/rules/rules.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* No JSON of a log nests deeper. json-glib calls itself for each level. */
#define DEEPEST 16

#define MICROSECONDS 1000000

/* A line that has neither of these holds no event. */
#define TEXT_MARK    "; Event Source: calmend; "
#define JSON_MARK    "event_id\""
#define JOURNAL_MARK "\"__REALTIME_TIMESTAMP\""

static LogEvent *event_new(void)
{
    LogEvent *event = g_new0(LogEvent, 1);
    event->time = REPORT_NO_TIME;
    event->rules = g_array_new(FALSE, FALSE, sizeof(LogRule));
    return event;
}

void log_event_free(LogEvent *event)
{
    if (event == NULL)
        return;
    g_free(event->queue_id);
    g_free(event->computer);
    g_free(event->user);
    g_free(event->message_id);
    g_free(event->method);
    g_free(event->producer);
    g_array_unref(event->rules);
    g_free(event);
}

/* ---- rules ---- */

static const Rule *find_rule(const char *name, gsize size)
{
    for (guint number = 0; number < rules_count(); number++) {
        const char *known = rules_get(number)->name;
        if (strlen(known) == size && strncmp(known, name, size) == 0)
            return rules_get(number);
    }
    return NULL;
}

static Reason find_reason(const char *text)
{
    for (guint reason = REASON_LEAVE; text != NULL && reason < REASONS; reason++) {
        const char *word = reason_word((Reason)reason);
        if (strncmp(text + 1, word, strlen(word)) == 0 && text[1 + strlen(word)] == ')')
            return (Reason)reason;
    }
    return REASON_NONE;
}

/* "stamp-epoch x2 (signed)". What is no rule, such as "and 3 more", is passed over. */
static void add_rule(LogEvent *event, const char *text)
{
    gsize size = strcspn(text, " ");
    LogRule rule = {.rule = find_rule(text, size), .reason = find_reason(strchr(text, '('))};
    if (rule.rule == NULL || !g_str_has_prefix(text + size, " x"))
        return;
    guint64 count = g_ascii_strtoull(text + size + strlen(" x"), NULL, 10);
    rule.count = (guint)CLAMP(count, 1, G_MAXINT);
    g_array_append_val(event->rules, rule);
}

/* ---- text ---- */

/* The value with its escapes undone (event_text.h); NULL for the hyphen of what is not known. */
static char *unescape(const char *value)
{
    if (strcmp(value, "-") == 0)
        return NULL;
    GString *text = g_string_new(NULL);
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '\\' && at[1] == 'x' && g_ascii_isxdigit(at[2]) && g_ascii_isxdigit(at[3])) {
            g_string_append_c(
                text, (char)(g_ascii_xdigit_value(at[2]) * 16 + g_ascii_xdigit_value(at[3])));
            at += 3;
        } else {
            at += *at == '\\' && at[1] == '\\' ? 1 : 0;
            g_string_append_c(text, *at);
        }
    }
    return g_string_free(text, FALSE);
}

/* Takes a field of a line, "LABEL VALUE" or "LABEL: VALUE". */
static void take_field(LogEvent *event, const char *field)
{
    const struct {
        const char *label;
        char **value;
    } labels[] = {
        {"User: ", &event->user},
        {"Computer: ", &event->computer},
        {"METHOD ", &event->method},
        {"PRODID ", &event->producer},
        {"Message-ID ", &event->message_id},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
        if (!g_str_has_prefix(field, labels[i].label) || *labels[i].value != NULL)
            continue;
        *labels[i].value = unescape(field + strlen(labels[i].label));
        return;
    }
}

static void take_rules(LogEvent *event, const char *description)
{
    const char *list = strstr(description, ": ");
    g_auto(GStrv) rules = g_strsplit(list == NULL ? "" : list + strlen(": "), ", ", -1);
    for (char **rule = rules; *rule != NULL; rule++)
        add_rule(event, *rule);
}

/* "QUEUEID: Event Type: ...; Event ID: 327; ...". A value holds no semicolon. */
static LogEvent *read_text(const char *line)
{
    const char *colon = strstr(line, ": Event Type: ");
    const char *blank = strchr(line, ' ');
    if (colon == NULL || blank != colon + 1 || strstr(line, "; Description: ") == NULL)
        return NULL;
    g_autoptr(LogEvent) event = event_new();
    g_autofree char *queue_id = g_strndup(line, (gsize)(colon - line));
    g_auto(GStrv) fields = g_strsplit(colon + strlen(": "), "; ", -1);
    event->queue_id = unescape(queue_id);
    for (char **field = fields; *field != NULL; field++) {
        if (g_str_has_prefix(*field, "Event ID: "))
            event->id = (EventId)g_ascii_strtoll(*field + strlen("Event ID: "), NULL, 10);
        else if (g_str_has_prefix(*field, "Description: "))
            take_rules(event, *field + strlen("Description: "));
        else
            take_field(event, *field);
    }
    return g_steal_pointer(&event);
}

/* ---- JSON ---- */

/* Whether objects and arrays nest no deeper than is read. */
static gboolean is_shallow(const char *json)
{
    guint depth = 0;
    gboolean quoted = FALSE;
    for (; *json != '\0'; json++) {
        if (quoted && *json == '\\' && json[1] != '\0')
            json++;
        else if (*json == '"')
            quoted = !quoted;
        else if (!quoted && (*json == '{' || *json == '['))
            depth++;
        else if (!quoted && (*json == '}' || *json == ']') && depth > 0)
            depth--;
        if (depth > DEEPEST)
            return FALSE;
    }
    return TRUE;
}

/* A member that is a string; NULL for any other. Borrowed. */
static const char *string_of(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
                   json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

static void take_json_rules(LogEvent *event, JsonObject *object)
{
    JsonNode *node = json_object_get_member(object, "rules");
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return;
    JsonArray *rules = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(rules); i++) {
        JsonNode *rule = json_array_get_element(rules, i);
        if (JSON_NODE_HOLDS_VALUE(rule) && json_node_get_value_type(rule) == G_TYPE_STRING)
            add_rule(event, json_node_get_string(rule));
    }
}

static LogEvent *read_object(JsonObject *object)
{
    JsonNode *id = json_object_get_member(object, "event_id");
    if (id == NULL || !JSON_NODE_HOLDS_VALUE(id) || json_node_get_value_type(id) != G_TYPE_INT64 ||
        g_strcmp0(string_of(object, "event_source"), "calmend") != 0)
        return NULL;
    LogEvent *event = event_new();
    event->id = (EventId)json_node_get_int(id);
    event->queue_id = g_strdup(string_of(object, "queue_id"));
    event->computer = g_strdup(string_of(object, "computer"));
    event->user = g_strdup(string_of(object, "user"));
    event->message_id = g_strdup(string_of(object, "message_id"));
    event->method = g_strdup(string_of(object, "method"));
    event->producer = g_strdup(string_of(object, "producer"));
    take_json_rules(event, object);
    return event;
}

static LogEvent *read_payload(const char *text);

/* An entry of the journal: its MESSAGE is the line, and says more than its fields do. */
static LogEvent *read_entry(JsonObject *object)
{
    const char *time = string_of(object, "__REALTIME_TIMESTAMP");
    const char *message = string_of(object, "MESSAGE");
    if (message == NULL || strstr(message, JOURNAL_MARK) != NULL)
        return NULL;
    LogEvent *event = read_payload(message);
    if (event != NULL && time != NULL)
        event->time = g_ascii_strtoll(time, NULL, 10) / MICROSECONDS;
    return event;
}

static LogEvent *read_json(const char *text)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!is_shallow(text) || !json_parser_load_from_data(parser, text, -1, NULL))
        return NULL;
    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        return NULL;
    JsonObject *object = json_node_get_object(root);
    return json_object_has_member(object, "__REALTIME_TIMESTAMP") ? read_entry(object)
                                                                  : read_object(object);
}

static LogEvent *read_payload(const char *text)
{
    return *text == '{' ? read_json(text) : read_text(text);
}

/* ---- lines ---- */

static gboolean may_hold_event(const char *line)
{
    return strstr(line, TEXT_MARK) != NULL || strstr(line, JSON_MARK) != NULL;
}

static gboolean is_about_message(const LogEvent *event)
{
    switch (event->id) {
    case EVENT_REPAIRED:
    case EVENT_WOULD_REPAIR:
    case EVENT_NOT_REPAIRABLE:
    case EVENT_LEFT:
    case EVENT_GUARD:
        return event->rules->len > 0;
    default:
        return FALSE;
    }
}

LogEvent *log_event_read(const char *line, gint64 now)
{
    gint64 time = REPORT_NO_TIME;
    if (!may_hold_event(line))
        return NULL;
    const char *text = log_stamp_skip(line, now, &time);
    g_autoptr(LogEvent) event = read_payload(text != NULL ? text : line);
    if (event == NULL || !is_about_message(event))
        return NULL;
    if (event->time == REPORT_NO_TIME)
        event->time = time;
    return g_steal_pointer(&event);
}
