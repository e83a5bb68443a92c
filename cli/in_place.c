/* SPDX-License-Identifier: BSD-2-Clause
 *
 * in_place: see in_place.h.
 */
#include "cli/in_place.h"

#include "cli/mend/backup.h"
#include "cli/mend/mbox_copy.h"
#include "cli/mend/mbox_lock.h"
#include "cli/mend/mend_file.h"
#include "cli/mend/mend_maildir.h"
#include "cli/mend/mend_mbox.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/store/store_walk.h"
#include "common/repair.h"

#include <string.h>
#include <unistd.h>

typedef struct {
    const Engine *engine;
    char *backup; /* the folder; NULL: originals are not kept */
    gboolean dry_run;
    MendPlace place;
    gboolean closed; /* nothing can be done in its folder, which was told */
    char *mbox;      /* the path of the mbox that was worked on last */
    GString *lines;  /* about the mails of an mbox, until it is written */
    guint64 lines_mended;
    guint64 mails;
    guint64 mended;
    guint64 left;
    gboolean trouble;
    Progress *progress;
    guint64 read;        /* octets that were read so far, for that */
    guint64 read_before; /* of them before the mbox that is mended now */
} InPlace;

static gpointer examine_mail(const StoredMail *mail, gpointer data)
{
    return engine_plan(((const InPlace *)data)->engine, mail->octets);
}

static void tell_trouble(const char *path, const char *text, gpointer data)
{
    InPlace *run = data;
    run->trouble = TRUE;
    progress_hide(run->progress);
    command_trouble("%s: %s", path, text);
}

/* Standard output may be the same terminal. */
static void put_text(const InPlace *run, const char *text)
{
    progress_hide(run->progress);
    fputs(text, stdout);
}

/* A part of an mbox may be read twice: the line does not go back for that. */
static void show_read(InPlace *run, guint64 read)
{
    run->read = MAX(run->read, read);
    const StoreCounts counts = {.mails = run->mails, .read = run->read};
    progress_show(run->progress, &counts);
}

static void show_progress(const StoreCounts *counts, gpointer data)
{
    show_read(data, counts->read);
}

static void show_mbox_progress(const StoreCounts *counts, gpointer data)
{
    InPlace *run = data;
    show_read(run, run->read_before + counts->read);
}

/* An mbox that was mended meanwhile is read on behind its first edit, in vain. */
static void tell_unread(const char *path, const char *text, gpointer data)
{
    if (g_strcmp0(((const InPlace *)data)->mbox, path) != 0)
        tell_trouble(path, text, data);
}

/* Appends the rules that have an edit, each with how often: "stamp-epoch x2, ...". */
static void append_rules(GString *line, const Plan *plan)
{
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        guint count = 0;
        for (guint i = 0; i < plan->findings->len; i++) {
            const Finding *finding = &g_array_index(plan->findings, Finding, i);
            count += finding->rule == rule && finding->reason == REASON_NONE;
        }
        if (count > 0)
            g_string_append_printf(line, " %s x%u,", rule->name, count);
    }
    g_string_truncate(line, line->len - 1);
}

static void append_line(GString *out, const StoredMail *mail, const char *done, const Plan *plan)
{
    output_escape(out, octets_of(mail->file->path));
    if (mail->file->kind == STORE_MBOX)
        g_string_append_printf(out, ":%" G_GUINT64_FORMAT, mail->number);
    g_string_append_printf(out, ": %s:", done);
    append_rules(out, plan);
    g_string_append_c(out, '\n');
}

static void tell_left(InPlace *run, const StoredMail *mail, const char *reason)
{
    g_autoptr(GString) out = g_string_new(NULL);
    output_escape(out, octets_of(mail->file->path));
    g_string_append_printf(out, ":%" G_GUINT64_FORMAT ": left: %s\n", mail->number, reason);
    put_text(run, out->str);
    run->left++;
}

static void tell_mended(InPlace *run, const StoredMail *mail, const Plan *plan)
{
    g_autoptr(GString) out = g_string_new(NULL);
    append_line(out, mail, run->dry_run ? "would mend" : "mended", plan);
    put_text(run, out->str);
    run->mended++;
}

/* --- A mail that is a file */

static MendResult replace(InPlace *run, const StoredMail *mail, const Plan *plan, GError **error)
{
    MendPlace *place = &run->place;
    struct stat status;
    int fd;
    MendResult result = place->maildir ? mend_maildir_open(place, mail->octets, &fd, &status, error)
                                       : mend_file_open(place, mail->octets, &fd, &status, error);
    if (result != MEND_DONE)
        return result;
    g_autofree char *path = mend_place_path(place);
    gboolean kept = run->backup == NULL || backup_keep(run->backup, path, fd, &status, error);
    close(fd);
    if (!kept)
        return MEND_FAILED;
    return place->maildir ? mend_maildir_replace(place, mail->octets, plan->edits, &status, error)
                          : mend_file_replace(place, mail->octets, plan->edits, &status, error);
}

static void mend_one(InPlace *run, const StoredMail *mail, const Plan *plan)
{
    g_autoptr(GError) error = NULL;
    switch (replace(run, mail, plan, &error)) {
    case MEND_DONE:
        tell_mended(run, mail, plan);
        break;
    case MEND_FAILED:
        tell_trouble(mail->file->path, error->message, run);
        break;
    case MEND_GONE:
        break;
    }
}

/* --- An mbox */

static const GArray *edits_of(gpointer result)
{
    const Plan *plan = result;
    return plan_changes(plan) ? plan->edits : NULL;
}

static void note_decision(const StoredMail *mail, gpointer result, const char *left, gpointer data)
{
    InPlace *run = data;
    g_autoptr(Plan) plan = result;
    run->mails++;
    if (left != NULL) {
        tell_left(run, mail, left);
    } else if (plan_changes(plan)) {
        append_line(run->lines, mail, "mended", plan);
        run->lines_mended++;
    }
}

static gboolean keep_mbox(int mbox, const struct stat *status, gpointer data, GError **error)
{
    const InPlace *run = data;
    g_autofree char *path = mend_place_path(&run->place);
    return run->backup == NULL || backup_keep(run->backup, path, mbox, status, error);
}

static void mend_whole_mbox(InPlace *run, const StoredMail *mail)
{
    const MendMboxJob job = {.examine = examine_mail,
                             .edits = edits_of,
                             .decided = note_decision,
                             .progress = show_mbox_progress,
                             .before = keep_mbox,
                             .data = run};
    g_autoptr(GError) error = NULL;
    g_free(run->mbox);
    run->mbox = g_strdup(mail->file->path);
    run->mails -= mail->number;
    run->read_before = run->read - MIN(run->read, mail->offset);
    g_string_truncate(run->lines, 0);
    run->lines_mended = 0;
    if (!mend_mbox(mail->file, &run->place, &job, &error)) {
        tell_trouble(mail->file->path, error->message, run);
        return;
    }
    put_text(run, run->lines->str);
    run->mended += run->lines_mended;
}

/* --- Each mail in turn */

/* Locks the folder, where anything is to be done. Why nothing can be done there, as the end of a
 * sentence; NULL: it can. */
static const char *fault_of_folder(InPlace *run)
{
    if (mend_place_is_cyrus(&run->place))
        return "is a mailbox of Cyrus, whose index would be wrong; mend it by IMAP";
    return run->dry_run || mend_place_lock(&run->place)
               ? NULL
               : "another repair works there; try again later";
}

/* The file is in the place where run->place is then. FALSE when nothing can be done there, which
 * was told. */
static gboolean go_to(InPlace *run, const StoreFile *file)
{
    g_autoptr(GError) error = NULL;
    gboolean entered = FALSE;
    if (!mend_place_move(&run->place, file, &entered, &error)) {
        tell_trouble(file->path, error->message, run);
        return FALSE;
    }
    if (!entered)
        return !run->closed;
    const char *fault = fault_of_folder(run);
    run->closed = fault != NULL;
    if (fault != NULL)
        tell_trouble(run->place.folder_path, fault, run);
    return fault == NULL;
}

static void show_mail(InPlace *run, const StoredMail *mail, const Plan *plan)
{
    const char *left = NULL;
    if (!plan_changes(plan))
        return;
    if (mail->file->kind == STORE_MBOX)
        left = mend_mbox_reason_to_leave(mail->octets, plan->edits);
    if (left != NULL)
        tell_left(run, mail, left);
    else
        tell_mended(run, mail, plan);
}

/* Did a run that was killed leave something of an mbox to do? */
static gboolean is_unfinished(const MendPlace *place)
{
    return mbox_copy_is_there(place) || mbox_lock_is_stale(place);
}

static void mend_mail(InPlace *run, const StoredMail *mail, const Plan *plan)
{
    gboolean changes = plan_changes(plan);
    if (mail->file->kind == STORE_MBOX) {
        if (changes || (mail->number == 1 && is_unfinished(&run->place)))
            mend_whole_mbox(run, mail);
        return;
    }
    if (!run->place.maildir)
        mend_file_finish(&run->place);
    if (changes)
        mend_one(run, mail, plan);
}

static void take_mail(const StoredMail *mail, gpointer result, gpointer data)
{
    InPlace *run = data;
    g_autoptr(Plan) plan = result;
    if (g_strcmp0(run->mbox, mail->file->path) == 0)
        return; /* as a whole, when its first mail with an edit was met */
    run->mails++;
    if (!go_to(run, mail->file))
        return;
    if (run->dry_run)
        show_mail(run, mail, plan);
    else
        mend_mail(run, mail, plan);
}

static void tell_sums(const InPlace *run)
{
    printf("%" G_GUINT64_FORMAT " messages, %" G_GUINT64_FORMAT " %s", run->mails, run->mended,
           run->dry_run ? "would be mended" : "mended");
    if (run->left > 0)
        printf(", %" G_GUINT64_FORMAT " left", run->left);
    puts("");
}

static void finish_in(const StoreWalkFile *walked, gpointer data)
{
    InPlace *run = data;
    g_autoptr(GError) error = NULL;
    gboolean entered = FALSE;
    if (!walked->regular || !mend_place_move(&run->place, &walked->file, &entered, NULL) ||
        !entered || !run->place.maildir || !mend_place_lock(&run->place))
        return;
    if (!mend_maildir_finish(&run->place, &error))
        tell_trouble(run->place.folder_path, error->message, run);
}

static void pass_over(const char *path G_GNUC_UNUSED, const char *text G_GNUC_UNUSED,
                      gpointer data G_GNUC_UNUSED)
{
}

/* Finishes what a killed run left in Maildirs, before the mails of any are read: then none vanishes
 * while it is read. What cannot be entered is told afterwards. */
static void finish_paths(char *const *paths, InPlace *run)
{
    const StoreWalk walk = {.file = finish_in, .trouble = pass_over, .data = run};
    for (; *paths != NULL; paths++)
        store_walk_path(*paths, &walk);
    mend_place_close(&run->place);
}

static CommandExit mend_paths(char *const *paths, InPlace *run)
{
    const StoreVisitor visitor = {.examine = examine_mail,
                                  .take = take_mail,
                                  .trouble = tell_unread,
                                  .progress = show_progress,
                                  .data = run};
    run->lines = g_string_new(NULL);
    if (!run->dry_run)
        finish_paths(paths, run);
    run->progress = progress_new(paths);
    store_run(paths, &visitor);
    g_clear_pointer(&run->progress, progress_free);
    tell_sums(run);
    g_string_free(run->lines, TRUE);
    g_free(run->mbox);
    mend_place_close(&run->place);
    return command_finish(run->trouble ? COMMAND_TROUBLE : COMMAND_OK);
}

static gboolean open_backup(InPlace *run, const char *folder, char *const *paths)
{
    g_autoptr(GError) error = NULL;
    if (folder == NULL || run->dry_run || backup_open(folder, paths, &run->backup, &error))
        return TRUE;
    command_trouble("--backup %s: %s", folder, error->message);
    return FALSE;
}

gboolean in_place_is_asked(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--in-place") == 0)
            return TRUE;
    }
    return FALSE;
}

CommandExit in_place_command(int argc, char **argv)
{
    static const CommandHelp help = {
        .arguments = "PATH...",
        .summary = "Mends stored mail where it lies. PATH is a message, an mbox, a Maildir, an MH\n"
                   "folder, or a folder of them.",
        .description = "Exit code: 0, or 2 when not everything could be done.",
    };
    g_auto(EngineOptions) options = {0};
    g_auto(GStrv) paths = NULL;
    g_autofree char *backup = NULL;
    gboolean in_place = FALSE;
    CommandExit code;
    g_auto(Engine) engine = {0};
    InPlace run = {.engine = &engine};
    const GOptionEntry entries[] = {
        {"in-place", 0, 0, G_OPTION_ARG_NONE, &in_place, "Mend stored mail where it lies", NULL},
        {"backup", 0, 0, G_OPTION_ARG_FILENAME, &backup, "Keep the originals in this folder",
         "DIR"},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &run.dry_run, "Only say what would be mended", NULL},
        ENGINE_ENTRIES(options),
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, NULL},
        {0},
    };
    if (!command_parse(&help, entries, argc, argv, &code))
        return code;
    if (paths == NULL) {
        command_trouble("no PATH; name a message, a mailbox, or a folder of them");
        return COMMAND_TROUBLE;
    }
    code = COMMAND_TROUBLE;
    if (engine_open(&engine, &options) && open_backup(&run, backup, paths))
        code = mend_paths(paths, &run);
    g_free(run.backup);
    return code;
}
