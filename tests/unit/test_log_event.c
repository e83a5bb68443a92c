/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_log_event: events written as the milter writes them and read back, in each form, and lines
 * that are none.
 */
#include "cli/report/log_event.h"
#include "common/event_json.h"
#include "common/event_text.h"
#include "common/rules/rules.h"

#include <string.h>

#define NOW    1772366400 /* 2026-03-01 12:00 UTC */
#define NASTY  "Maker; Event ID: 340 \\ \"<b>\xe2\x80\xae"
#define SENDER "ada.winter@example.org"

static Event *make_event(EventId id, Reason reason)
{
    Event *event = event_new(id, "would be repaired, the switch FixCalendarMail is off");
    const EventRule rules[] = {{rules_get(0), reason, 2}, {rules_get(4), reason, 1}};
    g_array_append_vals(event->rules, rules, G_N_ELEMENTS(rules));
    event->parts = g_strdup("2");
    event->method = g_strdup("REPLY");
    event->producer = g_strdup(NASTY);
    return event;
}

static const EventContext context = {
    .queue_id = "4F2A1C0B7",
    .user = SENDER,
    .computer = "mx.example.com",
    .message_id = "<8F3C@example.org>",
};

static void check_event(const LogEvent *event, EventId id, Reason reason)
{
    g_assert_nonnull(event);
    g_assert_cmpint(event->id, ==, id);
    g_assert_cmpstr(event->queue_id, ==, context.queue_id);
    g_assert_cmpstr(event->user, ==, SENDER);
    g_assert_cmpstr(event->computer, ==, context.computer);
    g_assert_cmpstr(event->message_id, ==, context.message_id);
    g_assert_cmpstr(event->method, ==, "REPLY");
    g_assert_cmpstr(event->producer, ==, NASTY);
    g_assert_cmpuint(event->rules->len, ==, 2);
    const LogRule *first = &g_array_index(event->rules, LogRule, 0);
    g_assert_true(first->rule == rules_get(0));
    g_assert_cmpuint(first->count, ==, 2);
    g_assert_cmpint(first->reason, ==, reason);
}

static const struct {
    EventId id;
    Reason given;
    Reason read; /* an event says the reason where it is not its own */
} kinds[] = {
    {EVENT_REPAIRED, REASON_NONE, REASON_NONE},
    {EVENT_WOULD_REPAIR, REASON_SWITCH, REASON_NONE},
    {EVENT_NOT_REPAIRABLE, REASON_SIGNED, REASON_SIGNED},
    {EVENT_LEFT, REASON_LEAVE, REASON_NONE},
    {EVENT_GUARD, REASON_GUARD, REASON_GUARD},
};

static void check_line(const char *line, gsize kind, gint64 time)
{
    g_autoptr(LogEvent) event = log_event_read(line, NOW);
    check_event(event, kinds[kind].id, kinds[kind].read);
    g_assert_cmpint(event->time, ==, time);
}

/* Each form, by itself and behind both stamps. */
static void check_forms(const char *text, gsize kind)
{
    g_autofree char *rfc3339 =
        g_strconcat("2026-02-27T01:41:27.123456+01:00 mx calmend-milter[12]: ", text, NULL);
    g_autofree char *traditional =
        g_strconcat("Feb  3 00:41:27 mx calmend-milter[12]: ", text, NULL);
    g_autofree char *last_year = g_strconcat("Nov 27 00:41:27 mx calmend-milter: ", text, NULL);
    check_line(text, kind, REPORT_NO_TIME);
    check_line(rfc3339, kind, 1772152887);
    check_line(traditional, kind, 1770079287);
    check_line(last_year, kind, 1764204087);
}

static void test_text(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(Event) event = make_event(kinds[i].id, kinds[i].given);
        g_autofree char *line = event_to_text(event, &context);
        check_forms(line, i);
    }
}

static void test_json(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(Event) event = make_event(kinds[i].id, kinds[i].given);
        g_autofree char *line = event_to_json(event, &context);
        check_forms(line, i);
    }
}

/* `journalctl -o json`: the line is the MESSAGE. */
static void test_journal(void)
{
    g_autoptr(Event) event = make_event(EVENT_WOULD_REPAIR, REASON_SWITCH);
    g_autofree char *line = event_to_text(event, &context);
    g_autoptr(GString) quoted = g_string_new(NULL);
    for (const char *at = line; *at != '\0'; at++)
        g_string_append_printf(quoted, "%s%c", *at == '"' || *at == '\\' ? "\\" : "", *at);
    g_autofree char *entry = g_strdup_printf("{\"__REALTIME_TIMESTAMP\":\"1772150000123456\","
                                             "\"CALMEND_EVENT_ID\":\"328\",\"MESSAGE\":\"%s\"}",
                                             quoted->str);
    check_line(entry, 1, 1772150000);
}

/* An unknown sender is a hyphen, an unknown rule is passed over. */
static void test_partly_known(void)
{
    g_autoptr(LogEvent) event = log_event_read(
        "-: Event Type: Warning; Event Source: calmend; Event Category: Calendar Repair; Event ID: "
        "330; User: -; Computer: mx; Description: found, left on purpose: new-rule x7, stamp-epoch "
        "x99999999999999999999, and 3 more",
        NOW);
    g_assert_nonnull(event);
    g_assert_null(event->queue_id);
    g_assert_null(event->user);
    g_assert_cmpuint(event->rules->len, ==, 1);
    g_assert_cmpuint(g_array_index(event->rules, LogRule, 0).count, ==, G_MAXINT);
}

static void test_others(void)
{
    static const char *const lines[] = {
        "",
        "Nov 27 00:41:27 mx postfix/smtpd[1]: connect from unknown",
        /* of the service */
        "-: Event Type: Information; Event Source: calmend; Event Category: Service; Event ID: "
        "342; "
        "User: -; Computer: mx; Description: Repairs are on: x1",
        /* quoted by somebody else */
        "Nov 27 00:41:27 mx evil[1]: Q: Event Type: Warning; Event Source: calmend; Event "
        "Category: "
        "C; Event ID: 327; User: -; Computer: mx; Description: repaired: stamp-epoch x1",
        "{\"event_id\":327,\"event_source\":\"other\",\"rules\":[\"stamp-epoch x1\"]}",
        "{\"event_id\":\"327\",\"event_source\":\"calmend\"}",
        "{\"event_id\":327,\"event_source\":\"calmend\",\"rules\":{\"a\":1}}",
        "{\"event_id\":327,\"event_source\":\"calmend\",\"rules\":[1,null,[]]}",
        "{\"event_id\":327",
        "{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":[1,2],\"event_id\":327}",
        "{\"__REALTIME_TIMESTAMP\":1,\"MESSAGE\":null,\"event_id\":327}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        g_assert_null(log_event_read(lines[i], NOW));
}

/* json-glib calls itself for each level: it is not given what would end the stack. */
static void test_deep(void)
{
    g_autoptr(GString) line = g_string_new("{\"event_id\":");
    for (guint i = 0; i < 60000; i++)
        g_string_append_c(line, '[');
    g_assert_null(log_event_read(line->str, NOW));
}

/* Lines that were cut and changed anywhere end in an event or in none. */
static void test_broken(void)
{
    g_autoptr(Event) event = make_event(EVENT_NOT_REPAIRABLE, REASON_SIGNED);
    char *lines[] = {event_to_text(event, &context), event_to_json(event, &context)};
    for (guint round = 0; round < 20000; round++) {
        g_autofree char *line = g_strdup(lines[round % 2]);
        gsize size = strlen(line);
        for (gint i = g_test_rand_int_range(0, 4); i >= 0; i--)
            line[g_test_rand_int_range(0, (gint32)size)] = (char)g_test_rand_int_range(0, 256);
        log_event_free(log_event_read(line, NOW));
    }
    g_free(lines[0]);
    g_free(lines[1]);
}

int main(int argc, char **argv)
{
    g_setenv("TZ", "UTC", TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/log_event/text", test_text);
    g_test_add_func("/log_event/json", test_json);
    g_test_add_func("/log_event/journal", test_journal);
    g_test_add_func("/log_event/partly_known", test_partly_known);
    g_test_add_func("/log_event/others", test_others);
    g_test_add_func("/log_event/deep", test_deep);
    g_test_add_func("/log_event/broken", test_broken);
    return g_test_run();
}
