/* SPDX-License-Identifier: BSD-2-Clause
 *
 * health: see health.h.
 */
#include "cli/health.h"

#include "cli/milter/milter_mail.h"
#include "cli/milter/milter_reply.h"
#include "cli/output.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_TIMEOUT  10.0
#define DEFAULT_WARNING  1.0
#define DEFAULT_CRITICAL 5.0
#define TEXT_MAX         300

/* No rule finds anything here, whatever the settings enable, so that nothing is logged. */
static const char message_text[] = "From: postmaster\r\n"
                                   "Date: Mon, 5 Jan 2026 10:15:00 +0000\r\n"
                                   "Message-ID: <health@calmend.invalid>\r\n"
                                   "Subject: calmend probe --health\r\n"
                                   "MIME-Version: 1.0\r\n"
                                   "Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n"
                                   "\r\n"
                                   "BEGIN:VCALENDAR\r\n"
                                   "PRODID:calmend probe --health\r\n"
                                   "VERSION:2.0\r\n"
                                   "METHOD:REPLY\r\n"
                                   "BEGIN:VEVENT\r\n"
                                   "UID:health@calmend.invalid\r\n"
                                   "DTSTAMP:20260105T101500Z\r\n"
                                   "X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE:20260105T101500Z\r\n"
                                   "DTSTART:20260110T090000Z\r\n"
                                   "ORGANIZER:mailto:postmaster@calmend.invalid\r\n"
                                   "ATTENDEE;PARTSTAT=ACCEPTED:mailto:health@calmend.invalid\r\n"
                                   "END:VEVENT\r\n"
                                   "END:VCALENDAR\r\n";

typedef enum {
    HEALTH_OK = COMMAND_OK,
    HEALTH_WARNING = COMMAND_FOUND,
    HEALTH_CRITICAL = COMMAND_TROUBLE,
    HEALTH_UNKNOWN = COMMAND_UNKNOWN,
} HealthState;

static const char *const state_words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

typedef struct {
    double timeout;
    double warning;
    double critical;
    char **rest; /* SOCKET */
} HealthOptions;

static void health_options_clear(HealthOptions *options)
{
    g_strfreev(options->rest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HealthOptions, health_options_clear)

gboolean health_is_asked(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--health") == 0)
            return TRUE;
    }
    return FALSE;
}

/* Appends a number as the guidelines want it, whatever the locale. */
static void append_seconds(GString *out, double seconds)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(out, g_ascii_formatd(number, sizeof number, "%.6f", seconds));
}

/* The line. `seconds` below 0: there is nothing to measure. The bar begins the performance data, so
 * that the text must not hold one. */
static CommandExit finish(HealthState state, const char *text, double seconds,
                          const HealthOptions *options)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "CALMEND %s - ", state_words[state]);
    output_escape_short(out, text, TEXT_MAX);
    for (char *bar = out->str; (bar = strchr(bar, '|')) != NULL;)
        *bar = '/';
    if (seconds >= 0) {
        g_string_append(out, " | time=");
        append_seconds(out, seconds);
        g_string_append(out, "s;");
        append_seconds(out, options->warning);
        g_string_append_c(out, ';');
        append_seconds(out, options->critical);
        g_string_append(out, ";0;");
    }
    puts(out->str);
    return command_finish((CommandExit)state);
}

/* A milter that defers or refuses a harmless message does so with mail, too. */
static HealthState judge_verdict(const MilterResult *result)
{
    switch (result->verdict) {
    case MILTER_CONTINUE:
    case MILTER_ACCEPT:
    case MILTER_SKIP:
        return result->body_replaced || result->edits->len > 0 ? HEALTH_WARNING : HEALTH_OK;
    case MILTER_REJECT:
    case MILTER_TEMPFAIL:
    case MILTER_DISCARD:
    case MILTER_REPLYCODE:
    case MILTER_SHUTDOWN:
    case MILTER_CONNFAIL:
        return HEALTH_CRITICAL;
    }
    return HEALTH_CRITICAL;
}

static HealthState judge_time(double seconds, const HealthOptions *options)
{
    if (seconds >= options->critical)
        return HEALTH_CRITICAL;
    return seconds >= options->warning ? HEALTH_WARNING : HEALTH_OK;
}

static gboolean play(const HealthOptions *options, MilterResult *result, GError **error)
{
    static const char *const recipients[] = {"postmaster", NULL};
    MilterMail mail = {
        .client_name = "localhost",
        .client_address = "127.0.0.1",
        .helo = "localhost",
        .sender = "postmaster",
        .recipients = recipients,
        .queue_id = "HEALTH",
        .mta_name = g_get_host_name(),
    };
    g_auto(Message) message = {0};
    g_auto(MilterContent) content = {0};
    g_autoptr(MilterClient) client = milter_client_open(options->rest[0], options->timeout, error);
    if (client == NULL)
        return FALSE;
    message_init(&message, octets_of(message_text));
    milter_content_init(&content, &message);
    milter_content_put(&content, &mail);
    return milter_client_send(client, &mail, result, error);
}

static CommandExit ask(const HealthOptions *options)
{
    g_auto(MilterResult) result = {0};
    g_autoptr(GError) error = NULL;
    gint64 begin = g_get_monotonic_time();
    gboolean answered = play(options, &result, &error);
    double seconds = (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;

    if (!answered) {
        g_autofree char *text = g_strdup_printf("%s: %s", options->rest[0], error->message);
        return finish(HEALTH_CRITICAL, text, seconds, options);
    }
    HealthState by_verdict = judge_verdict(&result);
    HealthState by_time = judge_time(seconds, options);
    g_autofree char *text = g_strdup_printf(
        "%s answered %s at %s in %.1f ms%s%s", options->rest[0],
        milter_verdict_text(result.verdict), result.step, seconds * 1000,
        by_verdict == HEALTH_WARNING ? ", with edits of a message that has no defect" : "",
        by_time != HEALTH_OK ? ", which is slow" : "");
    return finish(MAX(by_verdict, by_time), text, seconds, options);
}

static gboolean is_sound(const HealthOptions *options)
{
    return options->rest != NULL && g_strv_length(options->rest) == 1 && options->timeout > 0 &&
           options->timeout <= G_MAXINT && options->warning >= 0 && options->critical >= 0;
}

CommandExit health_command(int argc, char **argv)
{
    static const CommandHelp help = {
        .arguments = "SOCKET",
        .summary =
            "Asks a milter how it is, for Nagios, Icinga and others. SOCKET is as for probe.",
        .description = "Exit code: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
    };
    g_auto(HealthOptions) options = {DEFAULT_TIMEOUT, DEFAULT_WARNING, DEFAULT_CRITICAL, NULL};
    gboolean health;
    CommandExit code;
    const GOptionEntry entries[] = {
        {"health", 0, 0, G_OPTION_ARG_NONE, &health, "Judge the milter instead of showing it",
         NULL},
        {"timeout", 0, 0, G_OPTION_ARG_DOUBLE, &options.timeout, "Longest wait for one answer (10)",
         "SECONDS"},
        {"warning", 0, 0, G_OPTION_ARG_DOUBLE, &options.warning, "WARNING from this time on (1)",
         "SECONDS"},
        {"critical", 0, 0, G_OPTION_ARG_DOUBLE, &options.critical, "CRITICAL from this time on (5)",
         "SECONDS"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.rest, NULL, NULL},
        {0},
    };
    if (!command_parse(&help, entries, argc, argv, &code)) {
        if (code == COMMAND_OK)
            return code;
        return finish(HEALTH_UNKNOWN, "a wrong option; see 'calmend probe --health --help'", -1,
                      &options);
    }
    if (!is_sound(&options))
        return finish(HEALTH_UNKNOWN,
                      "it takes one SOCKET, and times above 0; see 'calmend probe --health --help'",
                      -1, &options);
    return ask(&options);
}
