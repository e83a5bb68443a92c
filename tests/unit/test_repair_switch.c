/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_repair_switch: the file that turns repairs on, in every state that a file can be in.
 *
 * Each state is looked at by a switch that sees it first and by one that saw another state before.
 * A change must hold at the next look, however quickly changes follow on each other.
 */
#include "common/transit/repair_switch.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;
static char *path;

static void remove_file(void)
{
    if (g_remove(path) != 0)
        g_rmdir(path);
}

static void write_file(const char *content, gsize size, mode_t mode)
{
    remove_file();
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    g_assert_cmpint(file, >=, 0);
    g_assert_cmpint(write(file, content, size), ==, (gssize)size);
    g_assert_cmpint(fchmod(file, mode), ==, 0);
    close(file);
}

typedef struct {
    const char *name;
    const char *content;
    gsize size;
    mode_t mode;
    SwitchState state;
} FileCase;

#define TEXT(text) text, sizeof(text) - 1

static const FileCase files[] = {
    {"empty", TEXT(""), 0600, SWITCH_ON},
    {"one", TEXT("1"), 0600, SWITCH_ON},
    {"one-line", TEXT("1\n"), 0644, SWITCH_ON},
    {"word", TEXT("off\n"), 0644, SWITCH_ON},
    {"blanks", TEXT(" \t\r\n\n "), 0644, SWITCH_ON},
    {"zero", TEXT("0"), 0644, SWITCH_OFF},
    {"zero-line", TEXT("0\n"), 0600, SWITCH_OFF},
    {"zero-after-blanks", TEXT(" \t\r\n\n 0\n"), 0600, SWITCH_OFF},
    {"zero-and-more", TEXT("00000001"), 0600, SWITCH_OFF},
    {"zero-hex", TEXT("0x1"), 0600, SWITCH_OFF},
    {"zero-second", TEXT("10"), 0600, SWITCH_ON},
    {"zero-second-line", TEXT("1\n0\n"), 0600, SWITCH_ON},
    {"nul",
     TEXT("\0"
          "0"),
     0600, SWITCH_ON},
    {"byte-order-mark",
     TEXT("\xef\xbb\xbf"
          "0"),
     0600, SWITCH_ON},
    {"group-writable", TEXT("1"), 0620, SWITCH_REFUSED},
    {"world-writable", TEXT("1"), 0602, SWITCH_REFUSED},
    {"all-writable", TEXT("1"), 0666, SWITCH_REFUSED},
    {"zero-world-writable", TEXT("0"), 0602, SWITCH_REFUSED},
    {"read-only", TEXT("1"), 0444, SWITCH_ON},
    {"executable", TEXT("1"), 0755, SWITCH_ON},
};

static void assert_problem(RepairSwitch *repair_switch, SwitchState state)
{
    g_autofree char *problem = repair_switch_problem(repair_switch);
    if (state != SWITCH_REFUSED) {
        g_assert_cmpstr(problem, ==, NULL);
        return;
    }
    g_autofree char *prefix = g_strconcat(path, ": ", NULL);
    g_assert_nonnull(problem);
    g_assert_true(g_str_has_prefix(problem, prefix));
    g_assert_cmpuint(strlen(problem), >, strlen(prefix));
}

static void assert_look(RepairSwitch *repair_switch, SwitchState state, gboolean changed)
{
    gboolean found = !changed;
    g_assert_cmpint(repair_switch_look(repair_switch, &found), ==, state);
    g_assert_cmpint(found, ==, changed);
    assert_problem(repair_switch, state);
}

static void test_file(gconstpointer data)
{
    const FileCase *row = data;
    write_file("1", 1, 0600);
    g_autoptr(RepairSwitch) knew_on = repair_switch_new(path);
    assert_look(knew_on, SWITCH_ON, TRUE);

    write_file(row->content, row->size, row->mode);
    g_autoptr(RepairSwitch) fresh = repair_switch_new(path);
    assert_look(fresh, row->state, row->state != SWITCH_OFF);
    assert_look(knew_on, row->state, row->state != SWITCH_ON);
    assert_look(fresh, row->state, FALSE);
    assert_look(knew_on, row->state, FALSE);
    remove_file();
    assert_look(fresh, SWITCH_OFF, row->state != SWITCH_OFF);
}

/* However many blanks stand before the 0. */
static void test_many_blanks(void)
{
    static const gsize sizes[] = {255, 256, 257, 5000};
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *content = g_strnfill(sizes[i] + 1, ' ');
        content[sizes[i]] = '0';
        write_file(content, sizes[i] + 1, 0600);
        g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
        assert_look(repair_switch, SWITCH_OFF, FALSE);
    }
}

static void test_absent(void)
{
    remove_file();
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    assert_look(repair_switch, SWITCH_OFF, FALSE);
    write_file("", 0, 0600);
    assert_look(repair_switch, SWITCH_ON, TRUE);
    remove_file();
    assert_look(repair_switch, SWITCH_OFF, TRUE);
    g_assert_cmpint(repair_switch_look(repair_switch, NULL), ==, SWITCH_OFF);
}

static void test_no_folder(void)
{
    g_autofree char *deep = g_build_filename(folder, "absent", "switch", NULL);
    g_autoptr(RepairSwitch) absent = repair_switch_new(deep);
    g_assert_cmpint(repair_switch_look(absent, NULL), ==, SWITCH_OFF);

    write_file("1", 1, 0600);
    g_autofree char *under_file = g_build_filename(path, "switch", NULL);
    g_autoptr(RepairSwitch) under = repair_switch_new(under_file);
    g_assert_cmpint(repair_switch_look(under, NULL), ==, SWITCH_OFF);
    g_assert_null(repair_switch_problem(under));
}

static void test_folder(void)
{
    remove_file();
    g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    assert_look(repair_switch, SWITCH_REFUSED, TRUE);
    remove_file();
    assert_look(repair_switch, SWITCH_OFF, TRUE);
}

/* A look at a pipe or socket must not wait for anybody. */
static void test_pipe(void)
{
    remove_file();
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    assert_look(repair_switch, SWITCH_REFUSED, TRUE);
    remove_file();
}

static void test_unreadable(void)
{
    if (geteuid() == 0) {
        g_test_skip("root reads every file");
        return;
    }
    write_file("1", 1, 0200);
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    assert_look(repair_switch, SWITCH_REFUSED, TRUE);
    g_assert_cmpint(g_chmod(path, 0600), ==, 0);
    assert_look(repair_switch, SWITCH_ON, TRUE);
}

/* A name that is too long is none that could be absent. */
static void test_name_too_long(void)
{
    g_autofree char *name = g_strnfill(300, 'a');
    g_autofree char *too_long = g_build_filename(folder, name, NULL);
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(too_long);
    g_assert_cmpint(repair_switch_look(repair_switch, NULL), ==, SWITCH_REFUSED);
    g_autofree char *problem = repair_switch_problem(repair_switch);
    g_assert_true(g_str_has_prefix(problem, too_long));
}

/* The next owner of the same file has the same switch; one of another file goes on from its state,
 * so that a change of the file alone is told as a change of the switch alone. */
static void test_follow(void)
{
    g_autofree char *other = g_build_filename(folder, "other", NULL);
    write_file("1", 1, 0600);
    RepairSwitch *former = repair_switch_new(path);
    assert_look(former, SWITCH_ON, TRUE);
    g_autoptr(RepairSwitch) same = repair_switch_follow(former, path);
    g_assert_true(same == former);

    g_assert_true(g_file_set_contents(other, "1", 1, NULL));
    g_autoptr(RepairSwitch) on = repair_switch_follow(former, other);
    g_assert_true(on != former);
    assert_look(on, SWITCH_ON, FALSE);
    g_remove(other);
    g_autoptr(RepairSwitch) off = repair_switch_follow(former, other);
    assert_look(off, SWITCH_OFF, TRUE);

    repair_switch_free(former);
    assert_look(same, SWITCH_ON, FALSE);
    remove_file();
}

static void test_free_null(void)
{
    repair_switch_free(NULL);
}

/* A loop of links is no absent file. */
static void test_link(void)
{
    g_autofree char *target = g_build_filename(folder, "target", NULL);
    remove_file();
    g_assert_cmpint(symlink("target", path), ==, 0);
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    assert_look(repair_switch, SWITCH_OFF, FALSE);
    g_assert_true(g_file_set_contents(target, "1", 1, NULL));
    assert_look(repair_switch, SWITCH_ON, TRUE);
    g_assert_true(g_file_set_contents(target, "0", 1, NULL));
    assert_look(repair_switch, SWITCH_OFF, TRUE);
    g_remove(target);
    g_assert_cmpint(symlink(path, target), ==, 0);
    assert_look(repair_switch, SWITCH_REFUSED, TRUE);
    g_remove(target);
    remove_file();
}

static void test_mode_changes(void)
{
    write_file("1", 1, 0600);
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    assert_look(repair_switch, SWITCH_ON, TRUE);
    g_assert_cmpint(g_chmod(path, 0666), ==, 0);
    assert_look(repair_switch, SWITCH_REFUSED, TRUE);
    g_assert_cmpint(g_chmod(path, 0644), ==, 0);
    assert_look(repair_switch, SWITCH_ON, TRUE);
}

/* Replaced by rename, as configuration managers do: another file of the same size and time. */
static void test_replaced(void)
{
    g_autofree char *other = g_build_filename(folder, "other", NULL);
    static const struct timespec times[2] = {{1000000000, 0}, {1000000000, 0}};
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    remove_file();
    for (guint i = 0; i < 20; i++) {
        g_assert_true(g_file_set_contents(other, i % 2 == 0 ? "1" : "0", 1, NULL));
        g_assert_cmpint(g_chmod(other, 0600), ==, 0);
        g_assert_cmpint(utimensat(AT_FDCWD, other, times, 0), ==, 0);
        g_assert_cmpint(g_rename(other, path), ==, 0);
        assert_look(repair_switch, i % 2 == 0 ? SWITCH_ON : SWITCH_OFF, TRUE);
    }
}

/* Written in place, the same size each time, faster than a file system's clock ticks. */
static void test_flip(void)
{
    write_file("0", 1, 0600);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    assert_look(repair_switch, SWITCH_OFF, FALSE);
    for (guint i = 0; i < 5000 && !g_test_failed(); i++) {
        gboolean on = i % 2 == 0;
        g_assert_cmpint(pwrite(file, on ? "1" : "0", 1, 0), ==, 1);
        assert_look(repair_switch, on ? SWITCH_ON : SWITCH_OFF, TRUE);
    }
    close(file);
}

/* A file that has not changed for some seconds is remembered; the next change is seen all the same.
 */
static void test_settled(void)
{
    write_file("1", 1, 0600);
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    assert_look(repair_switch, SWITCH_ON, TRUE);
    g_usleep(31 * G_USEC_PER_SEC / 10);
    assert_look(repair_switch, SWITCH_ON, FALSE);
    assert_look(repair_switch, SWITCH_ON, FALSE);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    g_assert_cmpint(pwrite(file, "0", 1, 0), ==, 1);
    close(file);
    assert_look(repair_switch, SWITCH_OFF, TRUE);
}

/* ---- threads ---- */

#define THREADS 4
#define LOOKS   2000

typedef struct {
    RepairSwitch *repair_switch;
    gint changes; /* atomic */
} Crowd;

static gpointer look_often(gpointer data)
{
    Crowd *crowd = data;
    for (guint i = 0; i < LOOKS; i++) {
        gboolean changed;
        repair_switch_look(crowd->repair_switch, &changed);
        if (changed)
            g_atomic_int_inc(&crowd->changes);
        g_free(repair_switch_problem(crowd->repair_switch));
    }
    return NULL;
}

/* One change is told once, to one of the threads. */
static void test_threads(void)
{
    write_file("1", 1, 0666);
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    Crowd crowd = {.repair_switch = repair_switch};
    GThread *threads[THREADS];
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("look", look_often, &crowd);
    for (guint i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    g_assert_cmpint(crowd.changes, ==, 1);
    assert_look(repair_switch, SWITCH_REFUSED, FALSE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    folder = g_dir_make_tmp("calmend-switch-XXXXXX", NULL);
    g_assert_nonnull(folder);
    path = g_build_filename(folder, "FixRecipientTrackStatusTime", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_strconcat("/repair-switch/file/", files[i].name, NULL);
        g_test_add_data_func(name, &files[i], test_file);
    }
    g_test_add_func("/repair-switch/many-blanks", test_many_blanks);
    g_test_add_func("/repair-switch/absent", test_absent);
    g_test_add_func("/repair-switch/no-folder", test_no_folder);
    g_test_add_func("/repair-switch/folder", test_folder);
    g_test_add_func("/repair-switch/pipe", test_pipe);
    g_test_add_func("/repair-switch/unreadable", test_unreadable);
    g_test_add_func("/repair-switch/link", test_link);
    g_test_add_func("/repair-switch/name-too-long", test_name_too_long);
    g_test_add_func("/repair-switch/follow", test_follow);
    g_test_add_func("/repair-switch/free-null", test_free_null);
    g_test_add_func("/repair-switch/mode-changes", test_mode_changes);
    g_test_add_func("/repair-switch/replaced", test_replaced);
    g_test_add_func("/repair-switch/flip", test_flip);
    g_test_add_func("/repair-switch/settled", test_settled);
    g_test_add_func("/repair-switch/threads", test_threads);
    int result = g_test_run();
    remove_file();
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
    return result;
}
