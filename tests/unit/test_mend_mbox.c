/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_mend_mbox: which edits an mbox cannot take, and what becomes of one to which somebody writes
 * who takes no lock.
 */
#include "cli/mend/mbox_copy.h"
#include "cli/mend/mend_mbox.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define FROM "From ada@example.org Mon Jan  5 10:15:00 2026\n"

typedef struct {
    const char *path;
    const char *mail;
    const char *old; /* what one edit replaces */
    const char *new;
    gboolean fits;
} EditCase;

static const EditCase edits[] = {
    {"plain", "X: old\n\nText\n", "old", "new", TRUE},
    {"quoted", "X: y\n\n>From old\n", "old", "new", FALSE},
    {"beside-quoted", "X: old\n\n>From y\n", "old", "new", TRUE},
    {"from-line", "X: y\n\nText old\n", "Text old", "From new", FALSE},
    {"from-line-moves", "X: y\n\nFrom a\nText old\n", "a\nText old", "a\nText new", TRUE},
    {"blank-before-from", "X: y\n\nText\n\nold\n" FROM " z\n", "old\n", "", FALSE},
    {"field-behind-from", "X: y\n\nText\n" FROM "old\n", "old", "new: z", FALSE},
    {"line-end-goes", "X: y\n\nText old\n", " old\n", "", FALSE},
    {"line-end-was-not-there", "X: y\n\nText old", "old", "new", TRUE},
};

static GArray *edits_of_case(const EditCase *one)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(Edit));
    Edit edit = {.offset = (gsize)(strstr(one->mail, one->old) - one->mail),
                 .length = strlen(one->old),
                 .text = octets_of(one->new)};
    g_array_append_val(list, edit);
    return list;
}

static void test_reason_to_leave(gconstpointer data)
{
    const EditCase *one = data;
    g_autoptr(GArray) list = edits_of_case(one);
    g_assert_cmpint(mend_mbox_reason_to_leave(octets_of(one->mail), list) == NULL, ==, one->fits);
}

/* --- A writer that takes no lock */

#define MAIL FROM "X: old\n\nText\n\n"
#define MORE FROM "X: more\n\nText\n\n"

static gpointer examine(const StoredMail *mail G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    static const EditCase edit = {.mail = "X: old", .old = "old", .new = "longer"};
    return edits_of_case(&edit);
}

static const GArray *take_edits(gpointer result)
{
    return result;
}

static void take_result(const StoredMail *mail G_GNUC_UNUSED, gpointer result,
                        const char *left G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    g_array_unref(result);
}

static gboolean append_more(int mbox G_GNUC_UNUSED, const struct stat *status G_GNUC_UNUSED,
                            gpointer path, GError **error G_GNUC_UNUSED)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    g_assert_cmpint(write(fd, MORE, strlen(MORE)), ==, strlen(MORE));
    close(fd);
    return TRUE;
}

static void test_writer_without_lock(void)
{
    g_autofree char *folder = g_dir_make_tmp("calmend-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "box", NULL);
    g_autofree char *octets = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(MendPlace) place = {0};
    gboolean entered;
    const StoreFile file = {.path = path, .folder = AT_FDCWD, .name = path, .kind = STORE_MBOX};
    const MendMboxJob job = {.examine = examine,
                             .edits = take_edits,
                             .decided = take_result,
                             .before = append_more,
                             .data = path};
    g_assert_true(g_file_set_contents(path, MAIL, -1, NULL));
    g_assert_true(mend_place_move(&place, &file, &entered, NULL));
    g_assert_false(mend_mbox(&file, &place, &job, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED);
    g_assert_true(g_file_get_contents(path, &octets, NULL, NULL));
    g_assert_cmpstr(octets, ==, MAIL MORE);
    g_assert_false(mbox_copy_is_there(&place));
    g_remove(path);
    g_rmdir(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(edits); i++) {
        g_autofree char *path = g_strconcat("/mend-mbox/reason-to-leave/", edits[i].path, NULL);
        g_test_add_data_func(path, &edits[i], test_reason_to_leave);
    }
    g_test_add_func("/mend-mbox/writer-without-lock", test_writer_without_lock);
    return g_test_run();
}
