/* SPDX-License-Identifier: BSD-2-Clause
 *
 * report_command: see report_command.h. What is counted becomes JSON, and all that is shown is
 * written from that.
 */
#include "cli/report_command.h"

#include "cli/json_output.h"
#include "cli/progress.h"
#include "cli/report/log_report.h"
#include "cli/report/mail_survey.h"
#include "cli/report/page_file.h"
#include "cli/report/report_model.h"
#include "cli/report/report_page.h"
#include "cli/report/report_text.h"
#include "cli/store/store.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_TOP 20
#define LARGEST_TOP 1000

/* What the options say. */
typedef struct {
    char *html;
    char *since;
    int top;
    gboolean json;
    gboolean log;
    gboolean addresses;
    GStrv paths;
} Wishes;

static void wishes_clear(Wishes *wishes)
{
    g_free(wishes->html);
    g_free(wishes->since);
    g_strfreev(wishes->paths);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wishes, wishes_clear)

/* ---- options ---- */

/* The beginning of a day in UTC, written 2024-01-31. */
static gboolean read_since(const char *text, gint64 *since)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *stamp = text == NULL ? NULL : g_strconcat(text, "T00:00:00Z", NULL);
    *since = REPORT_NO_TIME;
    if (text == NULL)
        return TRUE;
    g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(stamp, utc);
    if (strlen(text) != strlen("2024-01-31") || date == NULL) {
        command_trouble("--since %s: no such day; write it as in 2024-01-31", text);
        return FALSE;
    }
    *since = g_date_time_to_unix(date);
    return TRUE;
}

static gboolean read_options(const Wishes *wishes, const Engine *engine, ReportOptions *options)
{
    *options = (ReportOptions){
        .now = engine->now, .top = (guint)wishes->top, .addresses = wishes->addresses};
    if (wishes->top < 1 || wishes->top > LARGEST_TOP) {
        command_trouble("--top %d: a number from 1 to %d", wishes->top, LARGEST_TOP);
        return FALSE;
    }
    if (wishes->json && g_strcmp0(wishes->html, "-") == 0) {
        command_trouble("--json and --html=- would both write to standard output");
        return FALSE;
    }
    return read_since(wishes->since, &options->since);
}

/* ---- stored mail ---- */

typedef struct {
    Survey survey;
    Tally *tally;
    Progress *progress;
} Reading;

/* What a message is, between the threads. */
typedef struct {
    SurveyKind kind;
    ReportMail *mail;
} Result;

static gpointer examine_mail(const StoredMail *stored, gpointer data)
{
    const Reading *reading = data;
    Result *result = g_new(Result, 1);
    result->kind = mail_survey(stored->octets, &reading->survey, &result->mail);
    return result;
}

static void take_mail(const StoredMail *stored, gpointer data, gpointer reading_data)
{
    Tally *tally = ((const Reading *)reading_data)->tally;
    g_autofree Result *result = data;
    switch (result->kind) {
    case SURVEY_PLAIN:
        tally_add_plain(tally);
        return;
    case SURVEY_EARLIER:
        tally->earlier++;
        return;
    case SURVEY_MAIL:
        result->mail->file = stored->file->path;
        result->mail->offset = stored->offset;
        tally_add(tally, result->mail);
        report_mail_free(result->mail);
        return;
    }
}

static void take_trouble(const char *path, const char *text, gpointer data)
{
    const Reading *reading = data;
    reading->tally->unreadable++;
    progress_hide(reading->progress);
    command_trouble("%s: %s", path, text);
}

static void show_progress(const StoreCounts *counts, gpointer data)
{
    progress_show(((const Reading *)data)->progress, counts);
}

/* A signed message is looked at as any other: the report says what its signature would cost. */
static void read_mail(const Wishes *wishes, Engine *engine, const ReportOptions *options,
                      Tally *tally)
{
    Policy *policy = &engine->settings->policy;
    policy->leave_signed = FALSE;
    Reading reading = {
        .survey = {.policy = policy, .now = engine->now, .since = options->since},
        .tally = tally,
        .progress = progress_new(wishes->paths),
    };
    const StoreVisitor visitor = {
        .examine = examine_mail,
        .take = take_mail,
        .trouble = take_trouble,
        .progress = show_progress,
        .data = &reading,
    };
    store_run(wishes->paths, &visitor);
    progress_free(reading.progress);
}

/* ---- logs ---- */

static void read_logs(const Wishes *wishes, const ReportOptions *options, Tally *tally)
{
    LogReport report;
    log_report_init(&report, tally, options->now, options->since);
    for (char **path = wishes->paths; *path != NULL; path++) {
        g_autoptr(GError) error = NULL;
        if (log_report_read(&report, *path, &error))
            continue;
        tally->unreadable++;
        command_trouble("%s: %s", *path, error->message);
    }
    log_report_finish(&report);
}

/* ---- output ---- */

static gboolean check_page(const char *file)
{
    g_autoptr(GError) error = NULL;
    if (file == NULL || strcmp(file, "-") == 0 || page_file_check(file, &error))
        return TRUE;
    command_trouble("--html %s: %s", file, error->message);
    return FALSE;
}

static gboolean write_page(JsonObject *report, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *page = report_page(report);
    if (strcmp(file, "-") == 0) {
        fputs(page, stdout);
        return TRUE;
    }
    if (page_file_write(file, page, &error))
        return TRUE;
    command_trouble("%s", error->message);
    return FALSE;
}

static gboolean write_report(JsonNode *model, const Wishes *wishes)
{
    JsonObject *report = json_node_get_object(model);
    if (wishes->json)
        json_output_node(model);
    if (wishes->html != NULL)
        return write_page(report, wishes->html);
    if (wishes->json)
        return TRUE;
    g_autofree char *text = report_text(report, report_text_width());
    fputs(text, stdout);
    return TRUE;
}

static CommandExit make_report(const Wishes *wishes, Engine *engine)
{
    ReportOptions options;
    g_auto(Tally) tally = {0};
    if (!read_options(wishes, engine, &options) || !check_page(wishes->html))
        return COMMAND_TROUBLE;
    tally_init(&tally, wishes->log ? TALLY_LOG : TALLY_MAIL);
    if (wishes->log)
        read_logs(wishes, &options, &tally);
    else
        read_mail(wishes, engine, &options, &tally);
    g_autoptr(JsonNode) model = report_model(&tally, &options);
    gboolean written = write_report(model, wishes);
    return command_finish(written && tally.unreadable == 0 ? COMMAND_OK : COMMAND_TROUBLE);
}

CommandExit report_command(int argc, char **argv)
{
    static const CommandHelp help = {
        .arguments = "PATH...",
        .summary =
            "Shows who sends which defects, and what would mend them. PATH is a message, an\n"
            "mbox, a Maildir, an MH folder, or a folder of them; with --log what the milter\n"
            "logged. - is standard input.",
        .description = "Exit code: 0, or 2 for trouble.",
    };
    g_auto(EngineOptions) options = {.all = TRUE};
    g_auto(Wishes) wishes = {.top = DEFAULT_TOP};
    CommandExit code;
    g_auto(Engine) engine = {0};
    const GOptionEntry entries[] = {
        {"html", 0, 0, G_OPTION_ARG_FILENAME, &wishes.html, "Write a page, and no text", "FILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &wishes.json, "One JSON object, and no text", NULL},
        {"log", 0, 0, G_OPTION_ARG_NONE, &wishes.log, "PATH is a log of calmend-milter", NULL},
        {"since", 0, 0, G_OPTION_ARG_STRING, &wishes.since, "Only what is not earlier, by its Date",
         "YYYY-MM-DD"},
        {"top", 0, 0, G_OPTION_ARG_INT, &wishes.top, "So many producers and domains; 20", "NUMBER"},
        {"addresses", 0, 0, G_OPTION_ARG_NONE, &wishes.addresses, "Show addresses of senders, too",
         NULL},
        ENGINE_CONFIG_ENTRY(options),
        ENGINE_NOW_ENTRY(options),
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &wishes.paths, NULL, NULL},
        {0},
    };
    if (!command_parse(&help, entries, argc, argv, &code))
        return code;
    if (wishes.paths == NULL) {
        command_trouble("no PATH; name a mailbox or a folder, - for standard input, or --log and a "
                        "log");
        return COMMAND_TROUBLE;
    }
    if (!engine_open(&engine, &options))
        return COMMAND_TROUBLE;
    return make_report(&wishes, &engine);
}
