/* SPDX-License-Identifier: BSD-2-Clause
 *
 * check: see check.h.
 */
#include "cli/check.h"

#include "cli/check_report.h"
#include "cli/input.h"
#include "common/repair.h"

#include <stdio.h>

typedef void (*Report)(const char *file, const Plan *plan, gboolean color, gboolean all);

/* Examines one file. The number of findings, or -1 after trouble, which was said. */
static gint64 check_file(const char *file, const Engine *engine, GByteArray *buffer, Report report,
                         gboolean color, gboolean all)
{
    g_autoptr(GError) error = NULL;
    g_auto(Message) message = {0};
    if (!input_read(file, buffer, &error)) {
        command_trouble("%s: %s", file, error->message);
        return -1;
    }
    message_init(&message, input_octets(buffer));
    message.recipients = engine->recipients;
    g_autoptr(Plan) plan = repair_message(&message, &engine->settings->policy, engine->now);
    report(file, plan, color, all);
    return plan->findings->len;
}

static CommandExit check_files(char *const *files, const Engine *engine, Report report,
                               gboolean all)
{
    g_autoptr(GByteArray) buffer = g_byte_array_new();
    gboolean color = output_has_color(stdout);
    CommandExit code = COMMAND_OK;
    for (; *files != NULL; files++) {
        gint64 findings = check_file(*files, engine, buffer, report, color, all);
        if (findings < 0)
            code = COMMAND_TROUBLE;
        else if (findings > 0 && code == COMMAND_OK)
            code = COMMAND_FOUND;
    }
    return command_finish(code);
}

CommandExit check_command(int argc, char **argv)
{
    static const CommandHelp help = {
        .arguments = "FILE...",
        .summary = "Says what is wrong in messages. FILE is a message, - is standard input.",
        .description = "Exit code: 0 nothing found, 1 something found, 2 trouble.",
    };
    g_auto(EngineOptions) options = {0};
    g_auto(GStrv) files = NULL;
    gboolean json = FALSE;
    CommandExit code;
    g_auto(Engine) engine = {0};
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object per message", NULL},
        {"all", 0, 0, G_OPTION_ARG_NONE, &options.all,
         "Look with every rule enabled, and tell the profile of each", NULL},
        ENGINE_ENTRIES(options),
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, NULL},
        {0},
    };
    if (!command_parse(&help, entries, argc, argv, &code))
        return code;
    if (files == NULL) {
        command_trouble("no FILE; name a message, or - for standard input");
        return COMMAND_TROUBLE;
    }
    if (!engine_open(&engine, &options))
        return COMMAND_TROUBLE;
    return check_files(files, &engine, json ? check_report_json : check_report_text, options.all);
}
