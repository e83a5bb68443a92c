/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_growth: sixteen times the message takes about sixteen times the time, whatever it is full
 * of.
 *
 * Each row repeats one thing that a mail may hold without limit. Quadratic work would take 256
 * times as long, so that a bound of 64 tells the two apart even on a busy machine; what is counted
 * is the processor's time of this process.
 */
#include "common/repair.h"

#include <time.h>

#define SMALL      (32 * 1024)
#define TIMES      16
#define BOUND      (TIMES * 4)
#define SHORTEST   (CLOCKS_PER_SEC / 500) /* below it a clock tells nothing */
#define NOW        1767657600             /* 2026-01-06 */
#define REPETITION 3

#define HEAD      "Date: Tue, 06 Jan 2026 00:00:00 +0000\r\nMIME-Version: 1.0\r\n"
#define TYPE      "Content-Type: text/calendar; charset=utf-8\r\n"
#define QUOTED    "Content-Transfer-Encoding: quoted-printable\r\n"
#define CALENDAR  "\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
#define EVENT     "BEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\n"
#define EVENT_END "END:VEVENT\r\nEND:VCALENDAR\r\n"
#define EMPTY     TYPE CALENDAR "END:VCALENDAR\r\n"

typedef struct {
    const char *name;
    const char *before;
    const char *repeated;
    const char *after;
} GrowthCase;

static const GrowthCase cases[] = {
    {"date-fields", HEAD, "Date: x\r\n", EMPTY},
    {"deadline-fields", HEAD, "Reply-By: Mon, 01 Jan 1601 00:00:00 +0000\r\n", EMPTY},
    {"folds-in-a-field", "Date:", "\r\n x", "\r\n" EMPTY},
    {"type-parameters", HEAD "Content-Type: text/calendar", ";\r\n a=b", "\r\n" CALENDAR},
    {"stamps", HEAD TYPE CALENDAR EVENT, "DTSTAMP:16010101T000000Z\r\n", EVENT_END},
    {"attendees", HEAD TYPE CALENDAR EVENT,
     "ATTENDEE;X-MS-OLK-RESPTIME=16010101T000000Z:mailto:a@b\r\n", EVENT_END},
    {"parameters", HEAD TYPE CALENDAR EVENT "SUMMARY", ";X-A=b", ":x\r\n" EVENT_END},
    {"folds-in-a-value", HEAD TYPE CALENDAR EVENT "SUMMARY:x", "\r\n ", "\r\n" EVENT_END},
    {"folds-in-a-name", HEAD TYPE CALENDAR EVENT "SUMM", "\r\n ", "ARY:x\r\n" EVENT_END},
    {"one-line", HEAD TYPE CALENDAR EVENT "SUMMARY:", "abc ", "\r\n" EVENT_END},
    {"dates-in-a-list", HEAD TYPE CALENDAR EVENT "RDATE:20260101T000000Z", ",16010101T000000Z",
     "\r\n" EVENT_END},
    {"events", HEAD TYPE CALENDAR, "BEGIN:VEVENT\r\nCREATED:16010101T000000Z\r\nEND:VEVENT\r\n",
     "END:VCALENDAR\r\n"},
    {"open-components", HEAD TYPE CALENDAR, "BEGIN:VEVENT\r\n", ""},
    {"alarms", HEAD TYPE CALENDAR EVENT, "BEGIN:VALARM\r\nEND:VALARM\r\n", EVENT_END},
    {"calendars", HEAD TYPE, CALENDAR EVENT EVENT_END, ""},
    {"soft-breaks", HEAD TYPE QUOTED CALENDAR EVENT "SUMMARY:", "=\r\n", "\r\n" EVENT_END},
    {"quoted-events", HEAD TYPE QUOTED CALENDAR,
     "BEGIN:VEVENT\r\nCREATED:16010101T000000Z\r\nEND:VEVENT\r\n", "END:VCALENDAR\r\n"},
    {"parts", HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
     "--b\r\n" TYPE CALENDAR EVENT EVENT_END, "--b--\r\n"},
    {"multiparts", HEAD, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", TYPE "\r\n"},
};

/* Every rule, and limits that none of the messages reaches. */
static void set_policy(Policy *policy)
{
    policy_init(policy);
    for (guint number = 0; number < rules_count(); number++)
        policy_set_level(policy, rules_get(number)->name, RULE_ENABLED);
    policy->limits.parts.count = G_MAXUINT;
    policy->limits.calendar = (CalendarLimits){G_MAXUINT, G_MAXUINT, G_MAXUINT, G_MAXUINT};
}

static clock_t time_plan(const Message *message, const Policy *policy)
{
    clock_t start = clock();
    plan_free(repair_message(message, policy, NOW));
    return clock() - start;
}

/* The shortest of several runs. */
static clock_t time_case(const GrowthCase *row, gsize size)
{
    g_autoptr(GString) mail = g_string_new(row->before);
    while (mail->len < size)
        g_string_append(mail, row->repeated);
    g_string_append(mail, row->after);
    g_auto(Policy) policy;
    set_policy(&policy);
    g_auto(Message) message;
    message_init(&message, (Octets){mail->str, mail->len});
    clock_t shortest = time_plan(&message, &policy);
    for (guint i = 1; i < REPETITION; i++)
        shortest = MIN(shortest, time_plan(&message, &policy));
    return shortest;
}

static void test_growth(gconstpointer data)
{
    const GrowthCase *row = data;
    clock_t small = time_case(row, SMALL);
    clock_t large = time_case(row, SMALL * TIMES);
    g_test_message("%s: %ld and %ld of %ld ticks a second", row->name, (long)small, (long)large,
                   (long)CLOCKS_PER_SEC);
    g_assert_cmpint(large, <, MAX(small, SHORTEST) * BOUND);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    repair_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/growth/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_growth);
    }
    return g_test_run();
}
