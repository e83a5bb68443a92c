/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_mend_maildir: a mail of a Maildir is mended while a server renames or removes it, and what a
 * killed run left is finished.
 *
 * A test names the old mail as it was when it was examined; in the folder it is as the server has
 * left it since.
 */
#include "cli/mend/mend_maildir.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define OLD    "Subject: old\n\n"
#define MENDED "Subject: mended\n\n"

typedef struct {
    char *path;
    MendPlace place;
} Maildir;

typedef struct {
    const char *path;
    const char *examined; /* the name in cur */
    const char *there;    /* the path now; NULL: it is gone */
    const char *mended;   /* where the mended mail is in the end; NULL: nowhere */
    MendResult result;
} RaceCase;

static const RaceCase races[] = {
    {"still", "1.h:2,S", "cur/1.h:2,S", "cur/1.h.calmend:2,S", MEND_DONE},
    {"flagged", "1.h:2,S", "cur/1.h:2,RS", "cur/1.h.calmend:2,RS", MEND_DONE},
    {"flag-taken", "1.h:2,S", "cur/1.h:2,", "cur/1.h.calmend:2,", MEND_DONE},
    {"size-added", "1.h:2,S", "cur/1.h,S=14:2,S", "cur/1.h.calmend:2,S", MEND_DONE},
    {"unseen", "1.h:2,S", "new/1.h", "new/1.h.calmend", MEND_DONE},
    {"deleted", "1.h:2,S", NULL, NULL, MEND_GONE},
    {"another-there", "1.h:2,S", "cur/11.h:2,S", NULL, MEND_GONE},
};

static void put(const Maildir *maildir, const char *name, const char *octets)
{
    g_autofree char *path = g_build_filename(maildir->path, name, NULL);
    g_assert_true(g_file_set_contents(path, octets, -1, NULL));
}

static gboolean is_there(const Maildir *maildir, const char *name)
{
    g_autofree char *path = g_build_filename(maildir->path, name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static guint count(const Maildir *maildir, const char *folder)
{
    g_autofree char *path = g_build_filename(maildir->path, folder, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    guint files = 0;
    while (g_dir_read_name(dir) != NULL)
        files++;
    return files;
}

static void set_up(Maildir *maildir, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const folders[] = {"cur", "new", "tmp"};
    maildir->path = g_dir_make_tmp("calmend-test-XXXXXX", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(maildir->path, folders[i], NULL);
        g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    }
    g_autofree char *cur = g_build_filename(maildir->path, "cur", NULL);
    maildir->place = (MendPlace){.folder_path = g_strdup(cur),
                                 .folder = open(cur, O_RDONLY | O_DIRECTORY),
                                 .lock = -1,
                                 .maildir = TRUE};
}

static void empty(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *entry = g_build_filename(path, name, NULL);
        if (g_file_test(entry, G_FILE_TEST_IS_DIR))
            empty(entry);
        g_remove(entry);
    }
}

static void tear_down(Maildir *maildir, gconstpointer data G_GNUC_UNUSED)
{
    mend_place_close(&maildir->place);
    empty(maildir->path);
    g_rmdir(maildir->path);
    g_free(maildir->path);
}

static MendResult replace(Maildir *maildir, const char *examined, GError **error)
{
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    struct stat status = {.st_mode = 0600, .st_uid = geteuid(), .st_gid = getegid()};
    Edit edit = {
        .offset = strlen("Subject: "), .length = strlen("old"), .text = octets_of("mended")};
    g_array_append_val(edits, edit);
    maildir->place.name = g_strdup(examined);
    return mend_maildir_replace(&maildir->place, octets_of(OLD), edits, &status, error);
}

static void test_race(Maildir *maildir, gconstpointer data)
{
    const RaceCase *race = data;
    guint others = race->mended == NULL && race->there != NULL;
    if (race->there != NULL)
        put(maildir, race->there, OLD);
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(replace(maildir, race->examined, &error), ==, race->result);
    g_assert_no_error(error);
    g_assert_cmpuint(count(maildir, "cur") + count(maildir, "new"), ==,
                     others + (race->mended != NULL));
    g_assert_cmpuint(count(maildir, "tmp"), ==, 0);
    if (race->mended == NULL)
        return;
    g_autofree char *path = g_build_filename(maildir->path, race->mended, NULL);
    g_autofree char *octets = NULL;
    g_assert_true(g_file_get_contents(path, &octets, NULL, NULL));
    g_assert_cmpstr(octets, ==, MENDED);
}

/* Two would be there. What cannot be removed is a folder here. */
static void test_old_that_stays(Maildir *maildir, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *old = g_build_filename(maildir->path, "cur", "1.h:2,S", NULL);
    g_assert_cmpint(g_mkdir(old, 0700), ==, 0);
    g_assert_cmpint(replace(maildir, "1.h:2,S", &error), ==, MEND_FAILED);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
    g_assert_cmpuint(count(maildir, "cur"), ==, 1);
    g_assert_true(is_there(maildir, "cur/1.h:2,S"));
}

/* The name of its mended form would begin with a dot, and no server shows what does. */
static void test_name_without_unique_part(Maildir *maildir, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    put(maildir, "cur/:2,S", OLD);
    g_assert_cmpint(replace(maildir, ":2,S", &error), ==, MEND_FAILED);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED);
    g_assert_cmpuint(count(maildir, "cur"), ==, 1);
    g_assert_true(is_there(maildir, "cur/:2,S"));
}

/* Of two that a killed run left the mended one stays, whatever became of flags and folders. */
static void test_finish(Maildir *maildir, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *name;
        gboolean stays;
    } mails[] = {
        {"cur/1.h:2,S", FALSE},
        {"cur/1.h.calmend,S=9:2,RS", TRUE},
        {"new/2.h", FALSE},
        {"cur/2.h.calmend:2,S", TRUE},
        {"cur/3.h.calmend:2,S", FALSE},
        {"cur/3.h.calmend2:2,S", TRUE},
        {"cur/4.h.calmend:2,S", TRUE},
        {"cur/5.h:2,S", TRUE},
        {"new/6.h", TRUE},
        {"cur/7.h.calmend3:2,S", TRUE},
        {"cur/7.h:2,S", TRUE}, /* its mended form would be .calmend */
    };
    g_autoptr(GError) error = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(mails); i++)
        put(maildir, mails[i].name, OLD);
    g_assert_true(mend_maildir_finish(&maildir->place, &error));
    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
        if (is_there(maildir, mails[i].name) != mails[i].stays)
            g_test_message("%s", mails[i].name);
        g_assert_cmpint(is_there(maildir, mails[i].name), ==, mails[i].stays);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(races); i++) {
        g_autofree char *path = g_strconcat("/mend-maildir/race/", races[i].path, NULL);
        g_test_add(path, Maildir, &races[i], set_up, test_race, tear_down);
    }
    g_test_add("/mend-maildir/old-that-stays", Maildir, NULL, set_up, test_old_that_stays,
               tear_down);
    g_test_add("/mend-maildir/name-without-unique-part", Maildir, NULL, set_up,
               test_name_without_unique_part, tear_down);
    g_test_add("/mend-maildir/finish", Maildir, NULL, set_up, test_finish, tear_down);
    return g_test_run();
}
