/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/event.h"
#include "common/mail/octets.h"

#include <json-glib/json-glib.h>
#include <stdarg.h>
#include <string.h>
#include <syslog.h>

#define SOURCE           "calmend"
#define REPAIR           "Calendar Repair"
#define MILTER           "Milter"
#define SERVICE          "Service"
#define LONGEST_VALUE    256
#define SHORTEST_VALUE   4
#define OCTETS_PER_RULE  8
#define LONGEST_QUEUE_ID 64

/* clang-format off */
static const EventKind catalogue[] = {
    {EVENT_REPAIRED, "Warning", REPAIR, LOG_WARNING, "A message was repaired.",
     "Nothing needs to be done. The producer that PRODID names writes the defect.",
     "ffea6730170e4e93919163d11efc2be2"},
    {EVENT_WOULD_REPAIR, "Warning", REPAIR, LOG_WARNING,
     "A defect was found, and the switch is off: the message passed as it came.",
     "Create the switch file when such messages are to be repaired.",
     "cf21d9f5e9a049dea92460ae5096b81e"},
    {EVENT_NOT_REPAIRABLE, "Warning", REPAIR, LOG_WARNING,
     "A defect was found and could not be repaired; the reason is named: signed, quoted, malformed, "
     "charset, encoding, limit or policy.",
     "Mend it where the message is made. For limit and policy see calmend.conf(5).",
     "dea8fec2ebbb42919628efd35dde6774"},
    {EVENT_LEFT, "Warning", REPAIR, LOG_WARNING,
     "A value that rules leave alone on purpose looks broken.",
     "Mend it where the message is made: nobody else can tell the right value.",
     "5cf01fb4283c44caa04652bfda957870"},
    {EVENT_NOT_TAKEN, "Error", MILTER, LOG_ERR,
     "A repair did not get through; the message was deferred or passed as it came.",
     "See the reason in the description, and what the MTA logged at that time.",
     "2499a9b82f47428aa8ad38d126951c54"},
    {EVENT_GUARD, "Error", REPAIR, LOG_ERR,
     "The guard refused an edit; the message passed as it came.",
     "Keep the message and report it: calmend could not prove that its edit was right.",
     "1f3d3767af0149d49052386e0ad9047d"},
    {EVENT_STARTED, "Information", SERVICE, LOG_INFO, "The milter started.",
     "Nothing needs to be done.", "ddde3a9b5da349e7a1962ccd9a59b607"},
    {EVENT_STOPPED, "Information", SERVICE, LOG_INFO, "The milter stopped; its counts follow.",
     "Unless somebody stopped it, see what was logged before.",
     "0d8e231c89ff464087911274f822a7e3"},
    {EVENT_SWITCH_ON, "Information", SERVICE, LOG_INFO, "The switch was turned on.",
     "Nothing needs to be done.", "6139c053b2764757985507d229241b84"},
    {EVENT_SWITCH_OFF, "Information", SERVICE, LOG_INFO,
     "The switch was turned off, or its file is refused; the reason follows.",
     "Where the file is refused, make it a regular file that only its owner may write to.",
     "b479984c0b27453bad4bc7803cfb3d96"},
    {EVENT_RELOADED, "Information", SERVICE, LOG_INFO,
     "The settings were read again and hold from now on.", "Nothing needs to be done.",
     "1ba0fcb2453a4c1893f9f116dfd6c378"},
    {EVENT_NOT_RELOADED, "Error", SERVICE, LOG_ERR,
     "The settings were read again and something is wrong in them; the old ones stay.",
     "Mend what the description names; calmend-milter --check-config tells whether it is right.",
     "5010a269ef384995ba7068bb89d5e162"},
    {EVENT_OVERLOAD, "Warning", SERVICE, LOG_WARNING,
     "A limit of the process was reached: sessions or descriptors. At most once a minute for each.",
     "Raise service.max-sessions, or the limit of open files (LimitNOFILE of the unit).",
     "c8ea20d019834a9b8e47ab3bbf079ff8"},
    {EVENT_METRICS, "Warning", SERVICE, LOG_WARNING,
     "The file of metrics cannot be written; the reason follows. Said once until it can.",
     "Make the folder of metrics.textfile writable for the user of the milter.",
     "9ad6574698b347aab05fbc4f14a0e934"},
    {EVENT_SOCKET_GONE, "Error", SERVICE, LOG_ERR,
     "The socket was removed while the milter listened at it. The milter ends with exit code 2, so that "
     "its service manager starts it again.",
     "Find out what removes the socket. Without a service manager, start the milter again.",
     "d2a065bdddcc405d97fd8fe40c6e35fb"},
};
/* clang-format on */

/* Which findings of a plan make an event, and what it says of them. */
typedef struct {
    EventId applied;  /* the id when the repairs were made */
    EventId withheld; /* when the switch was off */
    guint reasons;    /* bits of Reason */
    const char *applied_text;
    const char *withheld_text;
} PlanEvent;

#define BIT(reason) (1U << (reason))

static const PlanEvent plan_events[] = {
    {EVENT_REPAIRED, EVENT_WOULD_REPAIR, BIT(REASON_NONE), "repaired",
     "would be repaired, the switch is off"},
    {EVENT_NOT_REPAIRABLE, EVENT_NOT_REPAIRABLE,
     BIT(REASON_SIGNED) | BIT(REASON_QUOTED) | BIT(REASON_MALFORMED) | BIT(REASON_CHARSET) |
         BIT(REASON_ENCODING) | BIT(REASON_LIMIT) | BIT(REASON_POLICY),
     "found, not repaired", "found, not repaired"},
    {EVENT_LEFT, EVENT_LEFT, BIT(REASON_LEAVE), "found, left on purpose", "found, left on purpose"},
    {EVENT_GUARD, EVENT_GUARD, BIT(REASON_GUARD), "edit refused, message left as it came",
     "edit refused, message left as it came"},
};

const EventKind *event_catalogue(gsize *count)
{
    *count = G_N_ELEMENTS(catalogue);
    return catalogue;
}

const EventKind *event_kind(EventId id)
{
    const EventKind *kind = catalogue;
    while (kind->id != id)
        kind++;
    return kind;
}

/* ---- making events ---- */

static Event *event_alloc(EventId id, char *text)
{
    Event *event = g_new0(Event, 1);
    event->kind = event_kind(id);
    event->text = text;
    event->rules = g_array_new(FALSE, FALSE, sizeof(EventRule));
    return event;
}

Event *event_new(EventId id, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return event_alloc(id, text);
}

void event_free(Event *event)
{
    if (event == NULL)
        return;
    g_free(event->text);
    g_array_unref(event->rules);
    g_free(event->parts);
    g_free(event->method);
    g_free(event->uid);
    g_free(event->producer);
    g_free(event->detail);
    g_free(event);
}

static void count_rule(Event *event, const Finding *finding)
{
    for (guint i = 0; i < event->rules->len; i++) {
        EventRule *known = &g_array_index(event->rules, EventRule, i);
        if (known->reason == finding->reason &&
            strcmp(known->rule->name, finding->rule->name) == 0) {
            known->count++;
            return;
        }
    }
    EventRule rule = {.rule = finding->rule, .reason = finding->reason, .count = 1};
    g_array_append_val(event->rules, rule);
}

static void keep_first(char **kept, const char *value)
{
    if (*kept == NULL)
        *kept = g_strdup(value);
}

/* Findings come part by part, so a new number differs from the last one. */
static void add_part(GString *parts, const char **last, const char *part)
{
    if (part == NULL || g_strcmp0(*last, part) == 0)
        return;
    g_string_append_printf(parts, "%s%s", parts->len > 0 ? " " : "", part);
    *last = part;
}

static Event *event_of_findings(const Plan *plan, const PlanEvent *row, gboolean applied)
{
    Event *event = event_alloc(applied ? row->applied : row->withheld,
                               g_strdup(applied ? row->applied_text : row->withheld_text));
    g_autoptr(GString) parts = g_string_new(NULL);
    const char *last_part = NULL;
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        if ((row->reasons & BIT(finding->reason)) == 0)
            continue;
        count_rule(event, finding);
        add_part(parts, &last_part, finding->part);
        keep_first(&event->method, finding->method);
        keep_first(&event->uid, finding->uid);
        keep_first(&event->producer, finding->producer);
        keep_first(&event->detail, finding->detail);
    }
    event->parts = g_string_free(g_steal_pointer(&parts), FALSE);
    return event;
}

GPtrArray *events_of_plan(const Plan *plan, gboolean applied)
{
    GPtrArray *events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    for (gsize i = 0; i < G_N_ELEMENTS(plan_events); i++) {
        Event *event = event_of_findings(plan, &plan_events[i], applied);
        if (event->rules->len > 0)
            g_ptr_array_add(events, event);
        else
            event_free(event);
    }
    return events;
}

/* ---- values from messages ---- */

/* What may stand in a log line as it is: no control, no format and no line separator character. */
static gboolean is_plain(gunichar character)
{
    GUnicodeType type = g_unichar_type(character);
    return character != '\\' && type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT &&
           type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* Appends the character at `text`, escaped octet by octet where it is not plain or no UTF-8. Gives
 * what follows it. */
static const char *append_escaped(GString *out, const char *text)
{
    gunichar character = g_utf8_get_char_validated(text, -1);
    gboolean valid = character != (gunichar)-1 && character != (gunichar)-2;
    const char *next = valid ? g_utf8_next_char(text) : text + 1;
    if (valid && is_plain(character)) {
        g_string_append_len(out, text, next - text);
        return next;
    }
    for (; text < next; text++) {
        if (*text == '\\')
            g_string_append(out, "\\\\");
        else
            g_string_append_printf(out, "\\x%02x", (guchar)*text);
    }
    return next;
}

/* How many octets of ASCII at `text`, `most` at most, stand in a log line as they are. */
static gsize count_plain(const char *text, gsize most)
{
    gsize count = 0;
    while (count < most && text[count] >= ' ' && text[count] < 0x7f && text[count] != '\\')
        count++;
    return count;
}

/* At most `longest` octets of `value`, escaped; what is cut is shown by three dots. */
static char *safe_value(const char *value, gsize longest)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (;;) {
        gsize plain = count_plain(value, longest - out->len);
        g_string_append_len(out, value, (gssize)plain);
        value += plain;
        if (*value == '\0')
            break;
        gsize before = out->len;
        value = append_escaped(out, value);
        if (out->len > longest) {
            g_string_truncate(out, before);
            g_string_append(out, "...");
            break;
        }
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* At most `longest` octets of `value` as UTF-8, cut as above: JSON escapes it. */
static char *valid_value(const char *value, gsize longest)
{
    g_autofree char *valid = g_utf8_make_valid(value, -1);
    if (strlen(valid) <= longest)
        return g_steal_pointer(&valid);
    *g_utf8_find_prev_char(valid, valid + longest + 1) = '\0';
    return g_strconcat(valid, "...", NULL);
}

/* ---- writing ---- */

static void append_labelled(GString *out, const char *label, const char *value, gsize longest)
{
    if (value == NULL || *value == '\0')
        return;
    g_autofree char *safe = safe_value(value, longest);
    g_string_append_printf(out, "; %s %s", label, safe);
}

/* Such as "stamp-epoch x2", with the reason where it was not repaired. */
static char *rule_text(const EventRule *rule)
{
    if (rule->reason == REASON_NONE || rule->reason == REASON_LEAVE)
        return g_strdup_printf("%s x%u", rule->rule->name, rule->count);
    return g_strdup_printf("%s x%u (%s)", rule->rule->name, rule->count, reason_word(rule->reason));
}

/* The rules as texts, as many as fit beside values of `longest` octets; the last one says how many
 * more there are. Owned by the caller, g_ptr_array_unref. */
static GPtrArray *rule_texts(const GArray *rules, gsize longest)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    guint shown = (guint)MIN(rules->len, MAX(1, longest / OCTETS_PER_RULE));
    for (guint i = 0; i < shown; i++)
        g_ptr_array_add(texts, rule_text(&g_array_index(rules, EventRule, i)));
    if (shown < rules->len)
        g_ptr_array_add(texts, g_strdup_printf("and %u more", rules->len - shown));
    return texts;
}

static void append_rules(GString *out, const GArray *rules, gsize longest)
{
    g_autoptr(GPtrArray) texts = rule_texts(rules, longest);
    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(out, "%s%s", i == 0 ? ": " : ", ",
                               (const char *)g_ptr_array_index(texts, i));
}

static char *describe(const Event *event, const EventContext *context, gsize longest)
{
    g_autoptr(GString) out = g_string_new(NULL);
    gsize text_longest = event->rules->len > 0 ? LONGEST_VALUE : longest * 3;
    g_autofree char *text = safe_value(event->text, text_longest);
    g_string_append(out, text);
    append_rules(out, event->rules, longest);
    append_labelled(out, "part", event->parts, longest);
    append_labelled(out, "METHOD", event->method, longest);
    append_labelled(out, "UID", event->uid, longest);
    append_labelled(out, "PRODID", event->producer, longest);
    append_labelled(out, "detail", event->detail, longest);
    append_labelled(out, "Message-ID", context->message_id, longest);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *safe_or_dash(const char *value, gsize longest)
{
    return safe_value(value == NULL || *value == '\0' ? "-" : value, longest);
}

static char *write_text(const Event *event, const EventContext *context, gsize longest)
{
    g_autofree char *queue_id = safe_or_dash(context->queue_id, MIN(longest, LONGEST_QUEUE_ID));
    g_autofree char *user = safe_or_dash(context->user, longest);
    g_autofree char *computer = safe_or_dash(context->computer, longest);
    g_autofree char *description = describe(event, context, longest);
    return g_strdup_printf("%s: Event Type: %s; Event Source: " SOURCE "; Event Category: %s; "
                           "Event ID: %d; User: %s; Computer: %s; Description: %s",
                           queue_id, event->kind->type, event->kind->category, event->kind->id,
                           user, computer, description);
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
    g_autoptr(GPtrArray) texts = rule_texts(rules, longest);
    json_builder_set_member_name(builder, "rules");
    json_builder_begin_array(builder);
    for (guint i = 0; i < texts->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(texts, i));
    json_builder_end_array(builder);
}

/* JSON lets all but ASCII controls stand as they are, and JSON-GLib one of these, too; what is not
 * plain is escaped here. Such characters occur in its strings only. */
static char *escape_json(const char *line)
{
    g_autoptr(GString) out = g_string_sized_new(strlen(line));
    for (const char *c = line; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        gboolean printable = character >= ' ' && character < 0x7f;
        if (printable || is_plain(character)) {
            g_string_append_unichar(out, character);
            continue;
        }
        glong units;
        g_autofree gunichar2 *utf16 = g_ucs4_to_utf16(&character, 1, NULL, &units, NULL);
        for (glong i = 0; i < units; i++)
            g_string_append_printf(out, "\\u%04x", utf16[i]);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *write_json(const Event *event, const EventContext *context, gsize longest)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "event_id");
    json_builder_add_int_value(builder, event->kind->id);
    add_member(builder, "event_type", event->kind->type, LONGEST_VALUE);
    add_member(builder, "event_source", SOURCE, LONGEST_VALUE);
    add_member(builder, "event_category", event->kind->category, LONGEST_VALUE);
    add_member(builder, "queue_id", context->queue_id, MIN(longest, LONGEST_QUEUE_ID));
    add_member(builder, "user", context->user, longest);
    add_member(builder, "computer", context->computer, longest);
    add_member(builder, "message_id", context->message_id, longest);
    add_member(builder, "description", event->text, longest * 2);
    if (event->rules->len > 0) {
        add_rules(builder, event->rules, longest);
        add_member(builder, "parts", event->parts, longest);
        add_member(builder, "method", event->method, longest);
        add_member(builder, "uid", event->uid, longest);
        add_member(builder, "producer", event->producer, longest);
        add_member(builder, "detail", event->detail, longest);
    }
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *line = json_to_string(root, FALSE);
    return escape_json(line);
}

typedef char *(*EventWriter)(const Event *event, const EventContext *context, gsize longest);

/* The line with its values and its list of rules cut until it fits. */
static char *write_fitting(EventWriter write, const Event *event, const EventContext *context)
{
    char *line = write(event, context, LONGEST_VALUE);
    for (gsize longest = LONGEST_VALUE / 2;
         strlen(line) > EVENT_LINE_MAX && longest >= SHORTEST_VALUE; longest /= 2) {
        g_free(line);
        line = write(event, context, longest);
    }
    return line;
}

char *event_to_text(const Event *event, const EventContext *context)
{
    char *line = write_fitting(write_text, event, context);
    if (strlen(line) > EVENT_LINE_MAX)
        *g_utf8_find_prev_char(line, line + EVENT_LINE_MAX + 1) = '\0';
    return line;
}

char *event_to_json(const Event *event, const EventContext *context)
{
    return write_fitting(write_json, event, context);
}
