/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_settings_faults: a calmend.conf with several faults, and what a program asks of its values.
 *
 * Each single fault is in test_settings. Here all of them are to be told at once, in the order of
 * the file, each in a line of its own that begins with the path.
 */
#include "common/settings_load.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;
static char *path;

static Settings *load(const char *text, const SettingCheck *checks, GError **error)
{
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return settings_load(path, checks, error);
}

static void assert_begins(const char *line, const char *wanted)
{
    g_autofree char *begin = g_strconcat(path, ": ", wanted, NULL);
    g_assert_true(g_str_has_prefix(line, begin));
    if (!g_str_has_prefix(line, begin))
        g_test_message("not \"%s\": %s", begin, line);
}

/* The text is refused with a line for each fault; `wanted` are the beginnings of these lines. */
static void assert_faults(const char *text, const char *const *wanted, gsize count)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(load(text, NULL, &error));
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, count);
    for (gsize i = 0; i < count && lines[i] != NULL; i++)
        assert_begins(lines[i], wanted[i]);
}

/* Each fault has a line, in the order of the file, and nothing is said twice. */
static void test_all_at_once(void)
{
    const char *text = "[logs]\nlevel=1\n[log]\nformat=xml\nlevel=2\nformat=json # x\nnothing\n"
                       "[limits]\nparts=5\ndepth=0\n";
    static const char *const wanted[] = {
        "line 1: there is no group [logs]",   "line 4: [log] format = xml: must be one of",
        "line 5: [log] has no key \"level\"", "line 6: [log] format is set on line 4",
        "line 6: [log] format = json # x: a", "line 7: \"nothing\": this is no [group]",
        "line 10: [limits] depth = 0: must",
    };
    assert_faults(text, wanted, G_N_ELEMENTS(wanted));
}

/* Listeners may stand behind the policies that name them. */
static void test_listeners(void)
{
    const char *text = "[listener]\n[listener one]\nsocket-mode=9\n[listener one]\n"
                       "[policy a]\nlisteners=one, two, three\n[policy one]\nlisteners=\n"
                       "[listener two]\nsocket=\n";
    static const char *const wanted[] = {
        "line 1: [listener]: a listener has a name of at most 64 letters",
        "line 3: [listener one] socket-mode = 9: must be",
        "line 4: [listener one] is there on line 2 already",
        "line 2: [listener one] does not say where it listens: set socket",
        "line 9: [listener two] does not say where it listens: set socket",
        "line 5: [policy a] listeners: there is no [listener three]; the listeners are: one, two",
        "line 7: [policy one] does not say whose mail it is for",
    };
    assert_faults(text, wanted, G_N_ELEMENTS(wanted));
}

/* A file of another kind is not repeated line by line. */
static void test_many_faults(void)
{
    g_autoptr(GString) text = g_string_new("[log]\n");
    for (int i = 0; i < 1000; i++)
        g_string_append(text, "x\n");
    g_autoptr(GError) error = NULL;
    g_assert_null(load(text->str, NULL, &error));
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 51);
    g_assert_true(g_str_has_suffix(lines[50], ": and 950 more"));
}

/* What is wrong with a section is told with its line; a key after a section that is not taken is
 * passed over. */
static void test_sections(void)
{
    const char *text = "[policy]\nbogus=1\n[policy a b]\n[policy one]\nsenders=example.org\n"
                       "facility=mail\n[policy two]\nprofile=inbound\n"
                       "[policy  two]\nprofile=none\n[policy three]\nclients=192.0.2.1\n"
                       "profile=x\nprofile=none\n[policies]\n[policy four]\nsenders=,\n";
    static const char *const wanted[] = {
        "line 1: [policy]: a policy has a name of at most 64 letters",
        "line 3: [policy a b]: a policy has a name",
        "line 5: [policy one] senders = example.org: \"example.org\" is none of",
        "line 6: [policy one] has no key \"facility\"; it has: switch-file, mail-switch-file, ",
        "line 9: [policy two] is there on line 7 already",
        "line 13: [policy three] profile = x: must be one of",
        "line 14: [policy three] profile is set on line 13 already",
        "line 15: there is no group [policies]; the groups are: service, listener NAME, repair, ",
        "line 7: [policy two] does not say whose mail it is for: set recipients, senders, ",
        "line 16: [policy four] does not say whose mail it is for",
    };
    assert_faults(text, wanted, G_N_ELEMENTS(wanted));
}

static void test_too_many_sections(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i <= 1000; i++)
        g_string_append_printf(text, "[policy %d]\nsenders=@example.com\n", i);
    g_autoptr(GError) error = NULL;
    g_assert_null(load(text->str, NULL, &error));
    assert_begins(error->message, "line 2001: more than 1000 sections");
}

static gboolean is_postfix(const char *value, GError **error)
{
    if (strcmp(value, "postfix") == 0)
        return TRUE;
    g_set_error_literal(error, SETTINGS_ERROR, 0, "name postfix");
    return FALSE;
}

/* What the program asks goes by the value without its escapes, and not for a default. */
static void test_checks(void)
{
    static const SettingCheck checks[] = {
        {"service", "socket-group", is_postfix}, {"service", "user", is_postfix}, {0}};
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) good =
        load("[service]\nsocket-group=postfix\\s\nuser=calmend\n", checks, &error);
    g_assert_no_error(error);
    g_assert_nonnull(good);
    g_assert_null(load("[service]\nsocket-group=mail\nuser=ada\n", checks, &error));
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 2);
    assert_begins(lines[0], "line 2: [service] socket-group = mail: name postfix");
    assert_begins(lines[1], "line 3: [service] user = ada: name postfix");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    folder = g_dir_make_tmp("calmend-settings-XXXXXX", NULL);
    g_assert_nonnull(folder);
    path = g_build_filename(folder, "calmend.conf", NULL);
    g_test_add_func("/settings-faults/all-at-once", test_all_at_once);
    g_test_add_func("/settings-faults/many", test_many_faults);
    g_test_add_func("/settings-faults/listeners", test_listeners);
    g_test_add_func("/settings-faults/checks", test_checks);
    g_test_add_func("/settings-faults/sections", test_sections);
    g_test_add_func("/settings-faults/too-many-sections", test_too_many_sections);
    int result = g_test_run();
    g_remove(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
    return result;
}
