/* SPDX-License-Identifier: BSD-2-Clause
 *
 * check: see check.h.
 */
#include "cli/check.h"

#include "cli/check_report.h"
#include "cli/progress.h"
#include "common/repair.h"

typedef struct {
    const Engine *engine;
    void (*report)(const StoredMail *mail, const Plan *plan, gboolean color, gboolean all);
    gboolean color;
    gboolean all;
    gboolean quiet; /* nothing is written about a message without findings */
    gboolean found;
    Progress *progress;
} Check;

/* The plan, or NULL where nothing is to be written about the mail. */
static gpointer examine_mail(const StoredMail *mail, gpointer data)
{
    const Check *check = data;
    g_autoptr(Plan) plan = engine_plan(check->engine, mail->octets);
    if (check->quiet && plan->findings->len == 0)
        return NULL;
    return g_steal_pointer(&plan);
}

static void take_plan(const StoredMail *mail, gpointer result, gpointer data)
{
    Check *check = data;
    g_autoptr(Plan) plan = result;
    if (plan == NULL)
        return;
    progress_hide(check->progress);
    check->report(mail, plan, check->color, check->all);
    check->found = check->found || plan->findings->len > 0;
}

static void tell_trouble(const char *path, const char *text, gpointer data)
{
    progress_hide(((Check *)data)->progress);
    command_trouble("%s: %s", path, text);
}

static void show_progress(const StoreCounts *counts, gpointer data)
{
    progress_show(((Check *)data)->progress, counts);
}

static CommandExit check_paths(char *const *paths, Check *check)
{
    const StoreVisitor visitor = {.examine = examine_mail,
                                  .take = take_plan,
                                  .trouble = tell_trouble,
                                  .progress = show_progress,
                                  .data = check};
    check->progress = progress_new(paths);
    StoreCounts counts = store_run(paths, &visitor);
    g_clear_pointer(&check->progress, progress_free);
    if (counts.troubles > 1)
        command_trouble("%" G_GUINT64_FORMAT " files or folders were not read", counts.troubles);
    if (counts.troubles > 0)
        return command_finish(COMMAND_TROUBLE);
    return command_finish(check->found ? COMMAND_FOUND : COMMAND_OK);
}

CommandExit check_command(int argc, char **argv)
{
    static const CommandHelp help = {
        .arguments = "PATH...",
        .summary = "Says what is wrong in messages. PATH is a message, an mbox, a Maildir, an MH\n"
                   "folder, or a folder of them; - is a message or an mbox on standard input.",
        .description = "Exit code: 0 nothing found, 1 something found, 2 trouble.",
    };
    g_auto(EngineOptions) options = {0};
    g_auto(GStrv) paths = NULL;
    gboolean json = FALSE;
    CommandExit code;
    g_auto(Engine) engine = {0};
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object per message", NULL},
        {"all", 0, 0, G_OPTION_ARG_NONE, &options.all,
         "Look with every rule enabled, and tell the profile of each", NULL},
        ENGINE_ENTRIES(options),
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, NULL},
        {0},
    };
    if (!command_parse(&help, entries, argc, argv, &code))
        return code;
    if (paths == NULL) {
        command_trouble("no PATH; name a message, a mailbox, a folder of them, or - for standard "
                        "input");
        return COMMAND_TROUBLE;
    }
    if (!engine_open(&engine, &options))
        return COMMAND_TROUBLE;
    Check check = {.engine = &engine,
                   .report = json ? check_report_json : check_report_text,
                   .color = output_has_color(stdout),
                   .all = options.all,
                   .quiet = !json};
    return check_paths(paths, &check);
}
