/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_store_names: the names of a folder, in order, whatever the size of a slice.
 */
#include "cli/store/store_names.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char *path;
    int fd;
} Folder;

static void open_folder(Folder *folder, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const names[] = {"10", "9",  "b",   "a.eml", "010", "1x",
                                        "1",  "-1", ".mh", "2",     "B"};
    folder->path = g_dir_make_tmp("calmend-names-XXXXXX", NULL);
    g_assert_nonnull(folder->path);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *file = g_build_filename(folder->path, names[i], NULL);
        g_assert_true(g_file_set_contents(file, "", 0, NULL));
    }
    g_autofree char *sub = g_build_filename(folder->path, "3", NULL);
    g_assert_cmpint(g_mkdir(sub, 0700), ==, 0);
    folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void remove_folder(Folder *folder, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GDir) names = g_dir_open(folder->path, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(names)) != NULL) {
        g_autofree char *file = g_build_filename(folder->path, name, NULL);
        g_remove(file);
    }
    close(folder->fd);
    g_rmdir(folder->path);
    g_free(folder->path);
}

/* All names, each with a blank behind it; one that is a folder with a slash before that. */
static char *read_names(int fd, guint slice_max)
{
    g_autoptr(StoreNames) names = store_names_open(fd, slice_max);
    GString *text = g_string_new(NULL);
    int problem;
    g_assert_nonnull(names);
    while (store_names_next(names, &problem)) {
        g_assert_cmpuint(store_names_count(names), <=, slice_max);
        for (guint i = 0; i < store_names_count(names); i++) {
            StoreName name = store_names_get(names, i);
            g_string_append_printf(text, "%s%s ", name.text, name.type == DT_DIR ? "/" : "");
        }
    }
    g_assert_cmpint(problem, ==, 0);
    g_assert_false(store_names_next(names, &problem));
    return g_string_free(text, FALSE);
}

static void test_order(Folder *folder, G_GNUC_UNUSED gconstpointer data)
{
    for (guint slice_max = 1; slice_max < 14; slice_max++) {
        g_autofree char *names = read_names(folder->fd, slice_max);
        g_assert_cmpstr(names, ==, "1 2 3/ 9 010 10 -1 .mh 1x B a.eml b ");
    }
}

static void test_no_folder(void)
{
    g_assert_null(store_names_open(-1, 10));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/store-names/order", Folder, NULL, open_folder, test_order, remove_folder);
    g_test_add_func("/store-names/no-folder", test_no_folder);
    return g_test_run();
}
