/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_event: what an administrator reads, and that no message can write into it.
 *
 * The form of both lines is held to its words. Hostile values are put wherever a value from a
 * message goes: the line stays one line of at most EVENT_LINE_MAX octets, of plain characters, with
 * its fields in their order, and the JSON form parses.
 */
#include "common/event_json.h"
#include "common/event_text.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <syslog.h>

static const Rule *rule_named(const char *name)
{
    for (guint number = 0; number < rules_count(); number++) {
        if (strcmp(rules_get(number)->name, name) == 0)
            return rules_get(number);
    }
    g_error("no rule %s", name);
}

static void add_finding(Plan *plan, const char *rule, const char *part, Reason reason)
{
    Finding finding = {
        .rule = rule_named(rule),
        .part = part,
        .property = "X",
        .reason = reason,
    };
    g_array_append_val(plan->findings, finding);
}

/* ---- the catalogue ---- */

typedef struct {
    EventId id;
    const char *type;
    const char *category;
    int priority;
} CatalogueRow;

static const CatalogueRow catalogue[] = {
    {EVENT_REPAIRED, "Warning", "Calendar Repair", LOG_WARNING},
    {EVENT_WOULD_REPAIR, "Warning", "Calendar Repair", LOG_WARNING},
    {EVENT_NOT_REPAIRABLE, "Warning", "Calendar Repair", LOG_WARNING},
    {EVENT_LEFT, "Warning", "Calendar Repair", LOG_WARNING},
    {EVENT_NOT_TAKEN, "Error", "Milter", LOG_ERR},
    {EVENT_GUARD, "Error", "Calendar Repair", LOG_ERR},
    {EVENT_STARTED, "Information", "Service", LOG_INFO},
    {EVENT_STOPPED, "Information", "Service", LOG_INFO},
    {EVENT_SWITCH_ON, "Information", "Service", LOG_INFO},
    {EVENT_SWITCH_OFF, "Information", "Service", LOG_INFO},
};

static void test_catalogue(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(catalogue); i++) {
        const EventKind *kind = event_kind(catalogue[i].id);
        g_assert_cmpint(kind->id, ==, catalogue[i].id);
        g_assert_cmpstr(kind->type, ==, catalogue[i].type);
        g_assert_cmpstr(kind->category, ==, catalogue[i].category);
        g_assert_cmpint(kind->priority, ==, catalogue[i].priority);
        g_assert_true(g_str_has_suffix(kind->when, "."));
    }
}

static void test_catalogue_sorted(void)
{
    gsize count;
    const EventKind *kinds = event_catalogue(&count);
    g_assert_cmpuint(count, >=, G_N_ELEMENTS(catalogue));
    for (gsize i = 1; i < count; i++)
        g_assert_cmpint(kinds[i - 1].id, <, kinds[i].id);
}

/* ---- the events of a plan ---- */

typedef struct {
    const char *name;
    const char *findings; /* RULE:REASON, in order */
    const char *events;   /* ID RULE xN… of each event */
} PlanCase;

static const PlanCase plans[] = {
    {"nothing", "", ""},
    {"repaired", "stamp-epoch:repaired", "327 stamp-epoch x1"},
    {"counted", "stamp-epoch:repaired created-epoch:repaired stamp-epoch:repaired",
     "327 stamp-epoch x2, created-epoch x1"},
    {"cases-of-one-rule", "reply-time-epoch:repaired reply-time-epoch:repaired",
     "327 reply-time-epoch x2"},
    {"switch-off", "stamp-epoch:switch_off created-epoch:switch_off stamp-epoch:switch_off",
     "328 stamp-epoch x2, created-epoch x1"},
    {"one-switch-off", "stamp-epoch:repaired version-missing:switch_off",
     "327 stamp-epoch x1|328 version-missing x1"},
    {"not-repaired", "stamp-epoch:signed stamp-epoch:quoted stamp-epoch:signed",
     "329 stamp-epoch x2 (signed), stamp-epoch x1 (quoted)"},
    {"every-reason",
     "stamp-epoch:malformed stamp-epoch:charset stamp-epoch:encoding limit:limit "
     "stamp-epoch:policy",
     "329 stamp-epoch x1 (malformed), stamp-epoch x1 (charset), stamp-epoch x1 (encoding), "
     "limit x1 (limit), stamp-epoch x1 (policy)"},
    {"left", "schedule-epoch:leave", "330 schedule-epoch x1"},
    {"guard", "stamp-epoch:guard", "332 stamp-epoch x1 (guard)"},
    {"one-of-each",
     "schedule-epoch:leave stamp-epoch:signed created-epoch:repaired modified-epoch:guard "
     "trigger-days:switch_off",
     "327 created-epoch x1|328 trigger-days x1|329 stamp-epoch x1 (signed)|330 schedule-epoch x1|"
     "332 modified-epoch x1 (guard)"},
};

static Reason reason_named(const char *word)
{
    int reason = REASON_NONE;
    while (strcmp(reason_word((Reason)reason), word) != 0)
        reason++;
    return (Reason)reason;
}

static Plan *plan_of(const char *findings)
{
    Plan *plan = plan_new();
    g_auto(GStrv) words = g_strsplit(findings, " ", -1);
    for (char **word = words; *word != NULL && **word != '\0'; word++) {
        g_auto(GStrv) pair = g_strsplit(*word, ":", 2);
        add_finding(plan, pair[0], "1", reason_named(pair[1]));
    }
    return plan;
}

/* What stands between the clause of the description and the part. */
static char *rules_of(const Event *event)
{
    static const EventContext nowhere = {.queue_id = NULL};
    g_autofree char *line = event_to_text(event, &nowhere);
    g_autofree char *start = g_strconcat("Description: ", event->text, ": ", NULL);
    const char *rules = strstr(line, start);
    g_assert_nonnull(rules);
    rules += strlen(start);
    return g_strndup(rules, strcspn(rules, ";"));
}

static char *events_text(const Plan *plan)
{
    g_autoptr(GPtrArray) events = events_of_plan(plan);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < events->len; i++) {
        const Event *event = g_ptr_array_index(events, i);
        g_autofree char *rules = rules_of(event);
        g_string_append_printf(text, "%s%d %s", i > 0 ? "|" : "", event->kind->id, rules);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_plan(gconstpointer data)
{
    const PlanCase *row = data;
    g_autoptr(Plan) plan = plan_of(row->findings);
    g_autofree char *events = events_text(plan);
    g_assert_cmpstr(events, ==, row->events);
}

/* Which switches are to be turned on. */
static void test_switch_names(void)
{
    static const char *const rows[][2] = {
        {"stamp-epoch:switch_off", "the switch FixRecipientTrackStatusTime is off"},
        {"stamp-epoch:repaired trigger-days:switch_off", "the switch FixCalendarMail is off"},
        {"trigger-days:switch_off version-missing:switch_off busy-status:switch_off",
         "the switches FixRecipientTrackStatusTime and FixCalendarMail are off"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Plan) plan = plan_of(rows[i][0]);
        g_autoptr(GPtrArray) events = events_of_plan(plan);
        const Event *event = g_ptr_array_index(events, events->len - 1);
        g_autofree char *text = g_strconcat("would be repaired, ", rows[i][1], NULL);
        g_assert_cmpint(event->kind->id, ==, EVENT_WOULD_REPAIR);
        g_assert_cmpstr(event->text, ==, text);
    }
}

/* ---- the form of the lines ---- */

static const EventContext context = {
    .queue_id = "4XyZ",
    .user = "a@b.example",
    .computer = "mx.example",
    .message_id = "<1@b.example>",
    .policy = "one, [repair]",
};

static Plan *plan_for_form(Reason reason)
{
    Plan *plan = plan_new();
    add_finding(plan, "stamp-epoch", NULL, reason);
    add_finding(plan, "stamp-epoch", "1", reason);
    add_finding(plan, "created-epoch", "1", reason);
    add_finding(plan, "stamp-epoch", "2.1", reason);
    Finding *finding = &g_array_index(plan->findings, Finding, 1);
    finding->method = "REPLY";
    finding->uid = "u1";
    finding->producer = "-//X//Y";
    finding = &g_array_index(plan->findings, Finding, 3);
    finding->method = "REQUEST";
    finding->uid = "u2";
    return plan;
}

static void test_text_form(void)
{
    g_autoptr(Plan) plan = plan_for_form(REASON_NONE);
    g_autoptr(GPtrArray) events = events_of_plan(plan);
    g_autofree char *line = event_to_text(g_ptr_array_index(events, 0), &context);
    g_assert_cmpstr(line, ==,
                    "4XyZ: Event Type: Warning; Event Source: calmend; Event Category: Calendar "
                    "Repair; Event ID: 327; User: a@b.example; Computer: mx.example; Description: "
                    "repaired: stamp-epoch x3, created-epoch x1; part 1 2.1; METHOD REPLY; UID u1; "
                    "PRODID -//X//Y; Message-ID <1@b.example>; policy one, [repair]");
}

static void test_text_form_empty(void)
{
    static const EventContext nowhere = {.queue_id = NULL, .user = ""};
    g_autoptr(Event) event = event_new(EVENT_STARTED, "started, %d", 1);
    g_autofree char *line = event_to_text(event, &nowhere);
    g_assert_cmpstr(line, ==,
                    "-: Event Type: Information; Event Source: calmend; Event Category: Service; "
                    "Event ID: 340; User: -; Computer: -; Description: started, 1");
}

static void test_json_form(void)
{
    g_autoptr(Plan) plan = plan_for_form(REASON_SWITCH);
    g_autoptr(GPtrArray) events = events_of_plan(plan);
    g_autofree char *line = event_to_json(g_ptr_array_index(events, 0), &context);
    g_assert_cmpstr(line, ==,
                    "{\"event_id\":328,\"event_type\":\"Warning\",\"event_source\":\"calmend\","
                    "\"event_category\":\"Calendar Repair\",\"queue_id\":\"4XyZ\","
                    "\"user\":\"a@b.example\",\"computer\":\"mx.example\","
                    "\"message_id\":\"<1@b.example>\",\"policy\":\"one, [repair]\","
                    "\"description\":\"would be repaired, the switch "
                    "FixRecipientTrackStatusTime is off\","
                    "\"rules\":[\"stamp-epoch x3\",\"created-epoch x1\"],\"parts\":\"1 2.1\","
                    "\"method\":\"REPLY\",\"uid\":\"u1\",\"producer\":\"-//X//Y\"}");
}

static void test_json_of_line(void)
{
    g_autofree char *line = event_json_of_line("libmilter", "mi_stop=1 \"a\\b\"\n\x80");
    g_assert_null(strchr(line, '\n'));
    g_autoptr(JsonNode) node = json_from_string(line, NULL);
    g_assert_nonnull(node);
    JsonObject *object = json_node_get_object(node);
    g_assert_cmpstr(json_object_get_string_member(object, "event_source"), ==, "libmilter");
    g_assert_true(g_str_has_prefix(json_object_get_string_member(object, "description"),
                                   "mi_stop=1 \"a\\b\""));
    g_assert_cmpuint(json_object_get_size(object), ==, 2);
}

static void test_json_form_empty(void)
{
    static const EventContext nowhere = {.queue_id = NULL};
    g_autoptr(Event) event = event_new(EVENT_SWITCH_ON, "on");
    g_autofree char *line = event_to_json(event, &nowhere);
    g_assert_cmpstr(line, ==,
                    "{\"event_id\":342,\"event_type\":\"Information\",\"event_source\":\"calmend\","
                    "\"event_category\":\"Service\",\"description\":\"on\"}");
}

/* ---- values from messages ---- */

typedef struct {
    const char *name;
    const char *value;
    const char *text; /* in the text form */
    const char *json; /* in the JSON form, between its quotes */
} EscapeCase;

static const EscapeCase escapes[] = {
    {"plain", "a b:c=\"d\"", "a b:c=\"d\"", "a b:c=\\\"d\\\""},
    {"separator", "a; Event ID: 1", "a\\x3b Event ID: 1", "a; Event ID: 1"},
    {"utf-8", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x85", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x85",
     "\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x85"},
    {"backslash", "a\\nb\\", "a\\\\nb\\\\", "a\\\\nb\\\\"},
    {"line-feed", "a\nb", "a\\x0ab", "a\\nb"},
    {"carriage-return", "a\r\nb", "a\\x0d\\x0ab", "a\\r\\nb"},
    {"tab", "a\tb", "a\\x09b", "a\\tb"},
    {"escape", "\x1b[31m", "\\x1b[31m", "\\u001b[31m"},
    {"first-control", "\x01", "\\x01", "\\u0001"},
    {"delete", "a\x7f", "a\\x7f", "a\\u007f"},
    {"c1-next-line", "a\xc2\x85z", "a\\xc2\\x85z", "a\\u0085z"},
    {"c1-csi",
     "\xc2\x9b"
     "31m",
     "\\xc2\\x9b31m", "\\u009b31m"},
    {"bidi-override", "a\xe2\x80\xaez", "a\\xe2\\x80\\xaez", "a\\u202ez"},
    {"bidi-isolate", "\xe2\x81\xa6", "\\xe2\\x81\\xa6", "\\u2066"},
    {"bidi-mark", "\xe2\x80\x8f", "\\xe2\\x80\\x8f", "\\u200f"},
    {"zero-width", "a\xe2\x80\x8bz", "a\\xe2\\x80\\x8bz", "a\\u200bz"},
    {"byte-order-mark", "\xef\xbb\xbf", "\\xef\\xbb\\xbf", "\\ufeff"},
    {"line-separator", "a\xe2\x80\xa8z", "a\\xe2\\x80\\xa8z", "a\\u2028z"},
    {"paragraph-separator", "\xe2\x80\xa9", "\\xe2\\x80\\xa9", "\\u2029"},
    {"tag", "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81", "\\udb40\\udc41"},
    {"latin-1", "\xe9t\xe9", "\\xe9t\\xe9", "\xef\xbf\xbdt\xef\xbf\xbd"},
    {"cut-character", "a\xe2\x82", "a\\xe2\\x82", NULL},
    {"overlong", "\xc0\x8a", "\\xc0\\x8a", NULL},
    {"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80", NULL},
    {"too-high", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", NULL},
};

static void test_escape(gconstpointer data)
{
    const EscapeCase *row = data;
    EventContext hostile = {.user = row->value};
    g_autoptr(Event) event = event_new(EVENT_STARTED, "x");
    g_autofree char *line = event_to_text(event, &hostile);
    g_autofree char *wanted = g_strdup_printf("; User: %s; Computer: -;", row->text);
    g_assert_nonnull(strstr(line, wanted));
    g_autofree char *json = event_to_json(event, &hostile);
    g_autofree char *member = g_strdup_printf("\"user\":\"%s\"", row->json);
    if (row->json != NULL)
        g_assert_nonnull(strstr(json, member));
}

/* Each value that a message brings, so that none can end its field and begin another. */
static void test_fields_stay_apart(void)
{
    static const EventContext hostile = {"q; User: q", "u; User: u", "c; User: c", "m; User: m",
                                         "p; User: p"};
    g_autoptr(Plan) plan = plan_of("stamp-epoch:repaired");
    Finding *finding = &g_array_index(plan->findings, Finding, 0);
    finding->part = "p; User: p";
    finding->method = "REPLY; UID x";
    finding->uid = "u; PRODID x";
    finding->producer = "-//x; detail y";
    finding->detail = "d; Message-ID x";
    g_autoptr(GPtrArray) events = events_of_plan(plan);
    g_autofree char *line = event_to_text(g_ptr_array_index(events, 0), &hostile);
    g_assert_cmpstr(line, ==,
                    "q\\x3b User: q: Event Type: Warning; Event Source: calmend; Event Category: "
                    "Calendar Repair; Event ID: 327; User: u\\x3b User: u; Computer: c\\x3b User: "
                    "c; Description: repaired: stamp-epoch x1; part p\\x3b User: p; METHOD "
                    "REPLY\\x3b UID x; UID u\\x3b PRODID x; PRODID -//x\\x3b detail y; detail "
                    "d\\x3b Message-ID x; Message-ID m\\x3b User: m; policy p\\x3b User: p");
}

/* Our own text is not from a message. */
static void test_own_text(void)
{
    g_autoptr(Event) event = event_new(EVENT_SOCKET_GONE, "gone; it ends \\ now");
    g_autofree char *line = event_to_text(event, &context);
    g_assert_nonnull(strstr(line, "Description: gone; it ends \\\\ now; Message-ID"));
}

/* No control, no format, no separator character; one line of UTF-8 that is not too long. */
static void assert_plain(const char *line)
{
    g_assert_cmpuint(strlen(line), <=, EVENT_LINE_MAX);
    g_assert_true(g_utf8_validate(line, -1, NULL));
    for (const char *c = line; *c != '\0' && !g_test_failed(); c = g_utf8_next_char(c)) {
        GUnicodeType type = g_unichar_type(g_utf8_get_char(c));
        g_assert_cmpint(type, !=, G_UNICODE_CONTROL);
        g_assert_cmpint(type, !=, G_UNICODE_FORMAT);
        g_assert_cmpint(type, !=, G_UNICODE_LINE_SEPARATOR);
        g_assert_cmpint(type, !=, G_UNICODE_PARAGRAPH_SEPARATOR);
    }
}

static void assert_json(const char *line, EventId id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) root = json_from_string(line, &error);
    g_assert_no_error(error);
    if (root == NULL)
        return;
    g_assert_cmpint(json_object_get_int_member(json_node_get_object(root), "event_id"), ==, id);
}

/* The fields of the text form, in their order. */
static void assert_fields(const char *line)
{
    static const char *const fields[] = {": Event Type: ",     "; Event Source: calmend",
                                         "; Event Category: ", "; Event ID: ",
                                         "; User: ",           "; Computer: ",
                                         "; Description: "};
    const char *at = line;
    for (gsize i = 0; i < G_N_ELEMENTS(fields) && at != NULL; i++)
        at = strstr(at, fields[i]);
    g_assert_nonnull(at);
}

typedef void (*EventCheck)(const Event *event, const EventContext *where);

static void check_text(const Event *event, const EventContext *where)
{
    g_autofree char *text = event_to_text(event, where);
    assert_plain(text);
    assert_fields(text);
}

static void check_json(const Event *event, const EventContext *where)
{
    g_autofree char *json = event_to_json(event, where);
    assert_plain(json);
    assert_json(json, event->kind->id);
}

static void check_event(const Event *event, const EventContext *where)
{
    check_text(event, where);
    check_json(event, where);
}

static void check_plan(const Plan *plan, const EventContext *where)
{
    g_autoptr(GPtrArray) events = events_of_plan(plan);
    g_assert_cmpuint(events->len, >, 0);
    for (guint i = 0; i < events->len; i++)
        check_event(g_ptr_array_index(events, i), where);
}

static void test_hostile(gconstpointer data)
{
    g_autoptr(GString) value = g_string_new(NULL);
    while (value->len < 5000)
        g_string_append(value, data);
    EventContext hostile = {value->str, value->str, value->str, value->str, value->str};
    g_autoptr(Plan) plan = plan_of("stamp-epoch:repaired created-epoch:signed");
    Finding *finding = &g_array_index(plan->findings, Finding, 0);
    finding->part = finding->method = finding->uid = finding->producer = value->str;
    check_plan(plan, &hostile);
    g_autoptr(Event) event = event_new(EVENT_NOT_TAKEN, "%s", value->str);
    check_event(event, &hostile);
}

/* A message can have every rule found for every reason. */
static Plan *plan_of_everything(void)
{
    Plan *plan = plan_new();
    for (guint number = 0; number < rules_count(); number++) {
        for (int reason = REASON_NONE; reason < REASONS; reason++)
            add_finding(plan, rules_get(number)->name, "1", (Reason)reason);
    }
    return plan;
}

static const EventCheck checks[] = {check_text, check_json};

static void test_everything(gconstpointer data)
{
    const EventCheck *check = data;
    g_autoptr(Plan) plan = plan_of_everything();
    g_autoptr(GPtrArray) events = events_of_plan(plan);
    g_assert_cmpuint(events->len, ==, 5);
    for (guint i = 0; i < events->len; i++)
        (*check)(g_ptr_array_index(events, i), &context);
}

/* What is cut is shown; what fits is not cut. */
static void test_cut(void)
{
    g_autofree char *fits = g_strnfill(256, 'u');
    g_autofree char *over = g_strnfill(257, 'u');
    g_autofree char *wanted = g_strdup_printf("; User: %s; Computer", fits);
    g_autofree char *wanted_cut = g_strdup_printf("; User: %s...; Computer", fits);
    g_autoptr(Event) event = event_new(EVENT_STARTED, "x");
    g_autofree char *line = event_to_text(event, &(EventContext){.user = fits});
    g_autofree char *line_cut = event_to_text(event, &(EventContext){.user = over});
    g_assert_nonnull(strstr(line, wanted));
    g_assert_nonnull(strstr(line_cut, wanted_cut));
}

int main(int argc, char **argv)
{
    static const char *const hostile[] = {"a",
                                          "\n",
                                          "\xff",
                                          "\"",
                                          "\\",
                                          "\xc3\xa9",
                                          "\xe2\x80\xae",
                                          "; Event ID: 1",
                                          "\x01",
                                          "\xf3\xa0\x81\x81",
                                          "%s",
                                          "/"};
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(plans); i++) {
        g_autofree char *path = g_strconcat("/event/plan/", plans[i].name, NULL);
        g_test_add_data_func(path, &plans[i], test_plan);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(escapes); i++) {
        g_autofree char *path = g_strconcat("/event/escape/", escapes[i].name, NULL);
        g_test_add_data_func(path, &escapes[i], test_escape);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autofree char *path = g_strdup_printf("/event/hostile/%" G_GSIZE_FORMAT, i);
        g_test_add_data_func(path, hostile[i], test_hostile);
    }
    g_test_add_func("/event/catalogue", test_catalogue);
    g_test_add_func("/event/catalogue-sorted", test_catalogue_sorted);
    g_test_add_func("/event/switch-names", test_switch_names);
    g_test_add_func("/event/text-form", test_text_form);
    g_test_add_func("/event/text-form-empty", test_text_form_empty);
    g_test_add_func("/event/json-form", test_json_form);
    g_test_add_func("/event/json-form-empty", test_json_form_empty);
    g_test_add_func("/event/json-of-line", test_json_of_line);
    g_test_add_data_func("/event/everything/text", &checks[0], test_everything);
    g_test_add_data_func("/event/everything/json", &checks[1], test_everything);
    g_test_add_func("/event/cut", test_cut);
    g_test_add_func("/event/fields-stay-apart", test_fields_stay_apart);
    g_test_add_func("/event/own-text", test_own_text);
    return g_test_run();
}
