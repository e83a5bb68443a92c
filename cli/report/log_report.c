/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/log_report.h"

#include "cli/report/log_event.h"
#include "cli/report/product.h"
#include "common/rules/rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Longer than an event with all that the journal adds to it. */
#define LONGEST_LINE 65536

/* Messages that wait for further events. */
#define MOST_WAITING 512

typedef struct {
    char *key;
    ReportMail *mail;
} Waiting;

/* ---- messages ---- */

static void count_oldest(LogReport *report)
{
    Waiting *oldest = g_queue_pop_head(&report->waiting);
    g_hash_table_remove(report->by_key, oldest->key);
    tally_add(report->tally, oldest->mail);
    report_mail_free(oldest->mail);
    g_free(oldest->key);
    g_free(oldest);
}

/* Where the queue id is not known, the Message-ID tells messages apart as well as can be. */
static char *key_of(const LogEvent *event)
{
    return g_strdup_printf("%s\n%s\n%s", event->computer == NULL ? "" : event->computer,
                           event->queue_id == NULL ? "" : event->queue_id,
                           event->queue_id == NULL && event->message_id != NULL ? event->message_id
                                                                                : "");
}

static ReportMail *begin_mail(LogReport *report, const LogEvent *event, const char *key)
{
    if (g_queue_get_length(&report->waiting) >= MOST_WAITING)
        count_oldest(report);
    Waiting *waiting = g_new(Waiting, 1);
    *waiting = (Waiting){.key = g_strdup(key), .mail = report_mail_new()};
    waiting->mail->time = event->time;
    report_mail_set_sender(waiting->mail, event->user);
    report_mail_set_message_id(waiting->mail, event->message_id);
    if (event->producer != NULL || event->method != NULL)
        report_mail_add_calendar(waiting->mail, event->producer, event->method);
    g_queue_push_tail(&report->waiting, waiting);
    g_hash_table_insert(report->by_key, waiting->key, waiting);
    return waiting->mail;
}

/* ---- events ---- */

static Outcome outcome_of(const LogEvent *event, const Rule *rule)
{
    if (event->id == EVENT_REPAIRED)
        return OUTCOME_REPAIRED;
    if (event->id != EVENT_WOULD_REPAIR)
        return OUTCOME_LEFT;
    return rules_family(rule)->turned_on_by == SWITCH_TRACK_STATUS ? OUTCOME_TRACK : OUTCOME_MAIL;
}

/* An event says the reason of a rule where it is not the event's own. */
static Reason reason_of(const LogEvent *event, Reason reason)
{
    if (event->id == EVENT_LEFT)
        return REASON_LEAVE;
    return event->id == EVENT_GUARD ? REASON_GUARD : reason;
}

static void add_rule(ReportMail *mail, const LogEvent *event, const LogRule *named)
{
    g_autofree char *product =
        event->producer == NULL && g_str_has_prefix(named->rule->name, "tnef-")
            ? g_strdup(PRODUCT_WINMAIL)
            : product_of(event->producer);
    ReportDefect defect = {
        .rule = named->rule,
        .product = product,
        .outcome = outcome_of(event, named->rule),
        .count = named->count,
    };
    if (defect.outcome == OUTCOME_LEFT)
        defect.reason = reason_of(event, named->reason);
    report_mail_add_defect(mail, &defect);
}

static void take_event(LogReport *report, const LogEvent *event)
{
    if (report->since != REPORT_NO_TIME && event->time < report->since) {
        report->tally->earlier++;
        return;
    }
    g_autofree char *key = key_of(event);
    const Waiting *known = g_hash_table_lookup(report->by_key, key);
    ReportMail *mail = known != NULL ? known->mail : begin_mail(report, event, key);
    for (guint i = 0; i < event->rules->len; i++)
        add_rule(mail, event, &g_array_index(event->rules, LogRule, i));
}

/* ---- lines ---- */

/* Reads up to a line end; FALSE at the end of the file. A line that is too long becomes empty. */
static gboolean read_line(FILE *file, GString *line)
{
    int octet;
    gboolean too_long = FALSE;
    g_string_truncate(line, 0);
    while ((octet = getc_unlocked(file)) != EOF && octet != '\n') {
        too_long |= line->len >= LONGEST_LINE;
        if (!too_long && octet != '\0' && octet != '\r')
            g_string_append_c(line, (char)octet);
    }
    if (too_long)
        g_string_truncate(line, 0);
    return octet != EOF || line->len > 0;
}

static void read_lines(LogReport *report, FILE *file)
{
    g_autoptr(GString) line = g_string_sized_new(LONGEST_LINE);
    while (read_line(file, line)) {
        g_autoptr(LogEvent) event = log_event_read(line->str, report->now);
        if (event != NULL)
            take_event(report, event);
    }
}

static gboolean fail(GError **error)
{
    int number = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s",
                g_strerror(number));
    return FALSE;
}

void log_report_init(LogReport *report, Tally *tally, gint64 now, gint64 since)
{
    *report = (LogReport){.tally = tally, .now = now, .since = since};
    g_queue_init(&report->waiting);
    report->by_key = g_hash_table_new(g_str_hash, g_str_equal);
}

gboolean log_report_read(LogReport *report, const char *file, GError **error)
{
    gboolean standard = strcmp(file, "-") == 0;
    FILE *stream = standard ? stdin : fopen(file, "re");
    if (stream == NULL)
        return fail(error);
    errno = 0;
    read_lines(report, stream);
    gboolean good = ferror(stream) == 0 || fail(error);
    if (!standard)
        fclose(stream);
    return good;
}

void log_report_finish(LogReport *report)
{
    while (!g_queue_is_empty(&report->waiting))
        count_oldest(report);
    g_clear_pointer(&report->by_key, g_hash_table_unref);
}
