/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_settings: calmend.conf, every key, every error, and the way back to a file.
 *
 * A good file is told by what settings_to_text makes of it, and once by the members themselves. An
 * error must name the file, the group and the key, and say what would be right: the words are in
 * the table, separated by |.
 */
#include "common/settings_load.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

static char *folder;

static char *conf_path(void)
{
    return g_build_filename(folder, "calmend.conf", NULL);
}

static Settings *load(const char *text, gsize size, GError **error)
{
    g_autofree char *path = conf_path();
    g_assert_true(g_file_set_contents(path, text, (gssize)size, NULL));
    return settings_load(path, NULL, error);
}

typedef struct {
    const char *name;
    const char *text;
    const char *lines; /* that the settings have afterwards, separated by | */
} GoodCase;

static const GoodCase good[] = {
    {"empty", "", "stamp = yes|format = text|enable = |disable = "},
    {"comments", "# a\n\n[log]\n# b\nformat=json\n\n", "format = json"},
    {"blanks", "[log]\n  format =\tjson \n", "format = json"},
    {"line-ends", "[log]\r\nformat=json\r\n\r\nfacility=local0", "format = json|facility = local0"},
    {"group-twice", "[log]\nformat=json\n[limits]\nparts=5\n[log]\nfacility=local0\n",
     "format = json|parts = 5|facility = local0"},
    {"socket", "[service]\nsocket=inet:8891@127.0.0.1\n", "socket = inet:8891@127.0.0.1"},
    {"socket-mode", "[service]\nsocket-mode=600\n", "socket-mode = 0600"},
    {"socket-mode-0", "[service]\nsocket-mode=0\n", "socket-mode = 0000"},
    {"socket-mode-highest", "[service]\nsocket-mode=0777\n", "socket-mode = 0777"},
    {"socket-group", "[service]\nsocket-group=postfix\n", "socket-group = postfix"},
    {"socket-group-none", "[service]\nsocket-group=\n", "socket-group = "},
    {"switch-file", "[repair]\nswitch-file=/a b/c\n", "switch-file = /a b/c"},
    {"hash-in-a-value", "[repair]\nswitch-file=/a#b\n", "switch-file = /a#b"},
    {"hash-behind-a-blank", "[repair]\nswitch-file=/a\\s#b\\t#c\n", "switch-file = /a\\s#b\\t#c"},
    {"hash-at-the-begin", "[service]\nsocket-group=\\s#a\n", "socket-group = \\s#a"},
    {"mail-switch-file", "[repair]\nmail-switch-file=/c\n", "mail-switch-file = /c"},
    {"profile", "[repair]\nprofile=outbound\n", "profile = outbound"},
    {"profile-inbound", "[repair]\nprofile=inbound\n", "profile = inbound"},
    {"profile-none", "[repair]\nprofile=none\n", "profile = none"},
    {"switch-file-escaped", "[repair]\nswitch-file=/a\\\\b\\sc\n", "switch-file = /a\\\\b c"},
    {"enable", "[repair]\nenable=stamp-missing\n", "enable = stamp-missing"},
    {"enable-list", "[repair]\nenable= busy-status,stamp-missing;reply-time-epoch  \n",
     "enable = reply-time-epoch, busy-status, stamp-missing"},
    {"enable-family", "[repair]\nenable=kb955480\n", "enable = busy-status"},
    {"disable", "[repair]\ndisable=schedule-epoch, limit\n", "disable = schedule-epoch, limit"},
    {"disable-then-enable", "[repair]\ndisable=kb955480\nenable=busy-status\n",
     "disable = busy-status|enable = "},
    {"enable-then-disable", "[repair]\nenable=busy-status\ndisable=kb955480\n",
     "disable = busy-status|enable = "},
    {"dkim-leave", "[repair]\ndkim-signed=leave\n", "dkim-signed = leave"},
    {"dkim-repair", "[repair]\ndkim-signed=repair\n", "dkim-signed = repair"},
    {"stamp-no", "[repair]\nstamp=no\n", "stamp = no|disable = "},
    {"stamp-disabled", "[repair]\ndisable=stamp\n", "stamp = no|disable = "},
    {"stamp-yes", "[repair]\nstamp=yes\n", "stamp = yes"},
    {"message-bytes", "[limits]\nmessage-bytes=1\n", "message-bytes = 1"},
    {"message-bytes-highest", "[limits]\nmessage-bytes=2147483648\n", "message-bytes = 2147483648"},
    {"memory-bytes", "[limits]\nmemory-bytes=0\n", "memory-bytes = 0"},
    {"pool-bytes", "[limits]\npool-bytes=1073741824\n", "pool-bytes = 1073741824"},
    {"parts", "[limits]\nparts=1000000\n", "parts = 1000000"},
    {"depth", "[limits]\ndepth=1\n", "depth = 1"},
    {"components", "[limits]\ncomponents=7\n", "components = 7"},
    {"nesting", "[limits]\nnesting=1000\n", "nesting = 1000"},
    {"parameters", "[limits]\nparameters=100000\n", "parameters = 100000"},
    {"facility", "[log]\nfacility=local7\n", "facility = local7"},
    {"format", "[log]\nformat=json\n", "format = json"},
    {"textfile", "[metrics]\ntextfile=/a/calmend.prom\n", "textfile = /a/calmend.prom"},
    {"textfile-none", "[metrics]\ntextfile=\n", "textfile = "},
    {"filter-textfile", "[metrics]\nfilter-textfile=/a/filter.prom\n",
     "filter-textfile = /a/filter.prom"},
    {"listener",
     "[service]\npeers=192.0.2.1\n[listener a]\nsocket=inet:1@127.0.0.1\n"
     "socket-mode=600\n[policy b]\nlisteners=a\n",
     "[listener a]|socket-mode = 0600|peers = 192.0.2.1|socket = inet:1@127.0.0.1|[policy b]|"
     "listeners = a"},
    {"keep", "[repair]\nkeep=/a b\nkeep-megabytes=1048576\n",
     "keep = /a b|keep-megabytes = 1048576"},
    {"keep-none", "[repair]\nkeep=\nkeep-days=1\nkeep-messages=1\n",
     "keep = |keep-days = 1|keep-messages = 1"},
};

static void assert_same_rules(const Policy *left, const Policy *right)
{
    g_assert_cmpuint(left->active->len, ==, right->active->len);
    for (guint i = 0; i < MIN(left->active->len, right->active->len); i++) {
        const ActiveCase *one = &g_array_index(left->active, ActiveCase, i);
        const ActiveCase *other = &g_array_index(right->active, ActiveCase, i);
        g_assert_cmpstr(one->rule->name, ==, other->rule->name);
        g_assert_true(one->rule_case == other->rule_case && one->action == other->action);
    }
}

/* What is printed is taken, means the same, and is printed again. */
static void assert_round_trip(const Settings *settings)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = settings_to_text(settings);
    g_autoptr(Settings) again = load(text, strlen(text), &error);
    g_assert_no_error(error);
    if (again == NULL)
        return;
    g_autofree char *printed = settings_to_text(again);
    g_assert_cmpstr(printed, ==, text);
    g_assert_cmpstr(again->socket, ==, settings->socket);
    g_assert_cmpstr(again->socket_group, ==, settings->socket_group);
    for (guint which = SWITCH_NONE; which < SWITCHES; which++)
        g_assert_cmpstr(again->switch_files[which], ==, settings->switch_files[which]);
    g_assert_cmpint(again->policy.profile, ==, settings->policy.profile);
    assert_same_rules(&again->policy, &settings->policy);
}

static void test_good(gconstpointer data)
{
    const GoodCase *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = load(row->text, strlen(row->text), &error);
    g_assert_no_error(error);
    if (settings == NULL)
        return;
    g_autofree char *text = settings_to_text(settings);
    g_auto(GStrv) lines = g_strsplit(row->lines, "|", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *whole = g_strdup_printf("\n%s\n", *line);
        if (strstr(text, whole) == NULL) {
            g_test_message("no line \"%s\" in:\n%s", *line, text);
            g_test_fail();
        }
    }
    assert_round_trip(settings);
}

static const char all_keys[] =
    "[service]\nsocket=inet6:1@::1\nsocket-mode=0640\nsocket-group=g\n"
    "[repair]\nswitch-file=/s\nmail-switch-file=/m\nprofile=outbound\nenable=stamp-missing\n"
    "disable=created-epoch\ndkim-signed=leave\nstamp=no\n"
    "[limits]\nmessage-bytes=10\nmemory-bytes=11\npool-bytes=17\nparts=12\ndepth=13\n"
    "components=14\nnesting=15\nparameters=16\n[log]\nfacility=local3\nformat=json\n";

static void test_members(void)
{
    g_autoptr(Settings) settings = load(all_keys, strlen(all_keys), NULL);
    g_assert_nonnull(settings);
    g_assert_cmpstr(settings->socket, ==, "inet6:1@::1");
    g_assert_cmpuint(settings->socket_mode, ==, 0640);
    g_assert_cmpstr(settings->socket_group, ==, "g");
    g_assert_cmpstr(settings->switch_files[SWITCH_TRACK_STATUS], ==, "/s");
    g_assert_cmpstr(settings->switch_files[SWITCH_MAIL], ==, "/m");
    g_assert_null(settings->switch_files[SWITCH_NONE]);
    g_assert_cmpint(settings->policy.profile, ==, PROFILE_OUTBOUND);
    g_assert_cmpuint(settings->memory_bytes, ==, 11);
    g_assert_cmpuint(settings->pool_bytes, ==, 17);
    g_assert_cmpint(settings->facility, ==, LOG_LOCAL3);
    g_assert_cmpint(settings->log_format, ==, LOG_FORMAT_JSON);
    g_assert_true(settings->policy.leave_signed);
    g_assert_cmpuint(settings->policy.limits.message_bytes, ==, 10);
    g_assert_cmpuint(settings->policy.limits.parts.count, ==, 12);
    g_assert_cmpuint(settings->policy.limits.parts.depth, ==, 13);
    g_assert_cmpuint(settings->policy.limits.calendar.components, ==, 14);
    g_assert_cmpuint(settings->policy.limits.calendar.nesting, ==, 15);
    g_assert_cmpuint(settings->policy.limits.calendar.parameters, ==, 16);
    assert_round_trip(settings);
}

static void assert_level(const Settings *settings, const char *name, RuleLevel level)
{
    for (guint number = 0; number < rules_count(); number++) {
        if (strcmp(rules_get(number)->name, name) == 0)
            g_assert_cmpint(settings->policy.levels[number], ==, level);
    }
}

static void test_levels(void)
{
    g_autoptr(Settings) settings = load(all_keys, strlen(all_keys), NULL);
    assert_level(settings, "stamp-missing", RULE_ENABLED);
    assert_level(settings, "created-epoch", RULE_DISABLED);
    assert_level(settings, "stamp", RULE_DISABLED);
    assert_level(settings, "modified-epoch", RULE_DEFAULT);
}

/* Each rule and family can be written into a file, and is understood there. */
static void check_name(const char *name)
{
    for (int level = RULE_ENABLED; level <= RULE_DISABLED; level++) {
        g_autofree char *text = g_strdup_printf("[repair]\n%s=%s\n",
                                                level == RULE_ENABLED ? "enable" : "disable", name);
        g_autoptr(GError) error = NULL;
        g_autoptr(Settings) settings = load(text, strlen(text), &error);
        if (level == RULE_ENABLED && !rules_can_enable(name)) {
            g_assert_error(error, SETTINGS_ERROR, 0);
            continue;
        }
        g_assert_no_error(error);
        assert_round_trip(settings);
        g_auto(Policy) policy;
        policy_init(&policy);
        g_assert_true(policy_set_level(&policy, name, (RuleLevel)level));
        assert_same_rules(&settings->policy, &policy);
    }
}

static void test_every_rule(void)
{
    guint families;
    const Family *all = rules_families(&families);
    for (guint number = 0; number < rules_count(); number++)
        check_name(rules_get(number)->name);
    for (guint i = 0; i < families; i++)
        check_name(all[i].name);
}

/* The table, its defaults and what is printed by default are the same. */
static void test_table(void)
{
    g_autoptr(Settings) settings = settings_new();
    g_autofree char *text = settings_to_text(settings);
    for (guint i = 0; i < settings_count(); i++) {
        SettingInfo info = settings_info(i);
        g_autofree char *line = g_strdup_printf("\n%s = %s\n", info.key, info.default_value);
        g_autofree char *group = g_strdup_printf("[%s]\n", info.group);
        g_assert_cmpstr(info.type, !=, "");
        g_assert_true(g_str_has_suffix(info.text, "."));
        if (info.is_section)
            continue;
        g_assert_nonnull(strstr(text, line));
        g_assert_nonnull(strstr(text, group));
    }
    g_autofree char *path = conf_path();
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    g_autoptr(Settings) loaded = settings_load(path, NULL, NULL);
    g_autofree char *loaded_text = settings_to_text(loaded);
    g_assert_cmpstr(loaded_text, ==, text);
    assert_round_trip(settings);
}

/* ---- errors ---- */

typedef struct {
    const char *name;
    const char *text;
    const char *words;
} BadCase;

static const BadCase bad[] = {
    {"unknown-group", "[logs]\nformat=json\n",
     "[logs]|service, listener NAME, repair, policy NAME, limits, exempt, log, metrics"},
    {"unknown-empty-group", "[nothing]\n",
     "[nothing]|service, listener NAME, repair, policy NAME, limits, exempt, log, metrics"},
    {"empty-group", "[]\n[log]\n", "line 1: there is no group []"},
    {"empty-key", "[log]\n=json\n", "line 2: \"=json\": this is no [group]"},
    {"unknown-key", "[log]\nlevel=1\n", "line 2: [log]|\"level\"|facility, format"},
    {"key-of-other-group", "[log]\nparts=1\n", "[log]|\"parts\"|facility, format"},
    {"key-case", "[log]\nFormat=json\n", "[log]|\"Format\"|facility, format"},
    {"key-localized", "[log]\nformat[de]=json\n", "[log]|format[de]|facility, format"},
    {"no-group", "format=json\n", "group"},
    {"no-key", "[log]\nformat\n", "format"},
    {"socket-empty", "[service]\nsocket=\n", "[service]|socket"},
    {"switch-file-empty", "[repair]\nswitch-file=\n", "[repair]|switch-file"},
    {"mail-switch-file-empty", "[repair]\nmail-switch-file=\n", "[repair]|mail-switch-file"},
    {"profile", "[repair]\nprofile=both\n", "[repair] profile = both|inbound, outbound, none"},
    {"socket-mode-digit", "[service]\nsocket-mode=0680\n",
     "[service] socket-mode = 0680|octal|0777|0660"},
    {"socket-mode-high", "[service]\nsocket-mode=1777\n", "[service] socket-mode = 1777|0777"},
    {"socket-mode-word", "[service]\nsocket-mode=rw\n", "[service] socket-mode = rw|octal"},
    {"socket-mode-empty", "[service]\nsocket-mode=\n", "[service] socket-mode = |octal"},
    {"socket-mode-minus", "[service]\nsocket-mode=-1\n", "[service] socket-mode = -1|octal"},
    {"enable-unknown", "[repair]\nenable=stamp-missing, stampmissing\n",
     "[repair] enable = |\"stampmissing\"|calmend rules"},
    {"disable-unknown", "[repair]\ndisable=Epoch\n", "[repair] disable = |\"Epoch\"|calmend rules"},
    {"enable-report-only", "[repair]\nenable=schedule-epoch\n",
     "[repair] enable = |\"schedule-epoch\"|only reports"},
    {"dkim", "[repair]\ndkim-signed=skip\n", "[repair] dkim-signed = skip|repair, leave"},
    {"dkim-case", "[repair]\ndkim-signed=Leave\n", "[repair] dkim-signed = Leave|repair, leave"},
    {"stamp", "[repair]\nstamp=true\n", "[repair] stamp = true|yes, no"},
    {"stamp-empty", "[repair]\nstamp=\n", "[repair] stamp = |yes, no"},
    {"message-bytes-zero", "[limits]\nmessage-bytes=0\n",
     "[limits] message-bytes = 0|whole number|from 1 to 2147483648"},
    {"message-bytes-high", "[limits]\nmessage-bytes=2147483649\n",
     "[limits] message-bytes = 2147483649|from 1 to 2147483648"},
    {"message-bytes-huge", "[limits]\nmessage-bytes=99999999999999999999\n",
     "[limits] message-bytes|from 1 to 2147483648"},
    {"message-bytes-unit", "[limits]\nmessage-bytes=64M\n", "[limits] message-bytes = 64M|whole"},
    {"pool-bytes-above", "[limits]\npool-bytes=1073741825\n",
     "[limits] pool-bytes = 1073741825|from 0 to"},
    {"memory-bytes-minus", "[limits]\nmemory-bytes=-1\n", "[limits] memory-bytes = -1|from 0 to"},
    {"parts-zero", "[limits]\nparts=0\n", "[limits] parts = 0|from 1 to 1000000"},
    {"parts-high", "[limits]\nparts=1000001\n", "[limits] parts = 1000001|from 1 to 1000000"},
    {"depth-high", "[limits]\ndepth=1001\n", "[limits] depth = 1001|from 1 to 1000"},
    {"components-fraction", "[limits]\ncomponents=1.5\n", "[limits] components = 1.5|whole number"},
    {"components-hex", "[limits]\ncomponents=0x10\n", "[limits] components = 0x10|whole number"},
    {"components-empty", "[limits]\ncomponents=\n", "[limits] components = |whole number"},
    {"nesting-high", "[limits]\nnesting=1001\n", "[limits] nesting = 1001|from 1 to 1000"},
    {"parameters-zero", "[limits]\nparameters=0\n", "[limits] parameters = 0|from 1 to 100000"},
    {"facility", "[log]\nfacility=local8\n", "[log] facility = local8|mail, daemon, user, local0"},
    {"format", "[log]\nformat=xml\n", "[log] format = xml|text, json"},
    {"textfile-relative", "[metrics]\ntextfile=calmend.prom\n",
     "[metrics] textfile = calmend.prom|absolute|.prom"},
    {"key-of-all-in-a-listener", "[listener a]\nsocket=inet:1@::1\nuser=b\n",
     "[listener a] has no key \"user\"; it has: socket-mode, socket-group, peers, socket"},
    {"listeners-of-a-listener", "[listener a]\nsocket=inet:1@::1\nlisteners=a\n",
     "[listener a] has no key \"listeners\""},
    {"keep-relative", "[repair]\nkeep=kept\n",
     "[repair] keep = kept|absolute|/var/lib/calmend/kept"},
    {"keep-days-zero", "[repair]\nkeep-days=0\n", "[repair] keep-days = 0|from 1 to 3650"},
    {"keep-of-a-policy", "[policy a]\nsenders=<>\nkeep=/a\n", "[policy a] has no key \"keep\""},
    {"textfile-name", "[metrics]\ntextfile=/a/calmend.txt\n",
     "[metrics] textfile = /a/calmend.txt|absolute|.prom"},
    {"escape", "[service]\nsocket-group=a\\b\n", "[service] socket-group"},
    {"no-utf-8", "[service]\nsocket-group=\xff\n", "[service] socket-group"},
    {"key-twice", "[log]\nformat=json\n\nformat=json\n",
     "line 4: [log] format is set on line 2 already"},
    {"key-twice-in-two-groups", "[log]\nformat=json\n[limits]\n[log]\nformat=text\n",
     "line 5: [log] format is set on line 2 already"},
    {"comment-behind-text", "[service]\nsocket-group=postfix # the MTA's\n",
     "line 2: [service] socket-group = postfix # the MTA's: |a line of its own"},
    {"comment-behind-tab", "[service]\nsocket-group=postfix\t#x\n", "line 2: |a line of its own"},
    {"comment-for-value", "[service]\nsocket-group= # none\n", "line 2: |a line of its own"},
    {"comment-behind-choice", "[log]\nformat=json # x\n", "line 2: |a line of its own"},
    {"comment-behind-group", "[log] # x\nformat=json\n", "line 1: |\"[log] # x\"|no [group]"},
    {"other-comment", "[log]\n; x\n", "line 2: |\"; x\"|begins with #"},
    {"second-is-bad", "[log]\nformat=json\nfacility=x\n", "[log] facility = x"},
};

static void assert_says(const GError *error, const char *words)
{
    g_autofree char *path = conf_path();
    g_autofree char *prefix = g_strconcat(path, ": ", NULL);
    g_assert_true(g_str_has_prefix(error->message, prefix));
    g_auto(GStrv) list = g_strsplit(words, "|", -1);
    for (char **word = list; *word != NULL; word++) {
        if (strstr(error->message + strlen(prefix), *word) == NULL) {
            g_test_message("no \"%s\" in: %s", *word, error->message);
            g_test_fail();
        }
    }
}

static void test_bad(gconstpointer data)
{
    const BadCase *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = load(row->text, strlen(row->text), &error);
    g_assert_null(settings);
    g_assert_nonnull(error);
    if (error != NULL)
        assert_says(error, row->words);
}

static void test_choices(void)
{
    for (guint i = 0; i < settings_count(); i++) {
        SettingInfo info = settings_info(i);
        g_autofree char *choices = settings_list_choices(i);
        g_assert_true((choices != NULL) == g_str_equal(info.type, "choice"));
        if (g_str_equal(info.key, "dkim-signed"))
            g_assert_cmpstr(choices, ==, "repair, leave");
    }
}

static void test_no_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder, "absent.conf", NULL);
    g_assert_null(settings_load(path, NULL, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_true(g_str_has_prefix(error->message, path));

    g_autoptr(GError) is_folder = NULL;
    g_assert_null(settings_load(folder, NULL, &is_folder));
    g_assert_nonnull(is_folder);
    g_assert_true(g_str_has_prefix(is_folder->message, folder));
}

static void assert_refused(const char *path, const char *word)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(settings_load(path, NULL, &error));
    g_assert_nonnull(error);
    g_assert_true(g_str_has_prefix(error->message, path));
    g_assert_nonnull(strstr(error->message, word));
}

/* Nobody writes to the pipe, the device has no end, and the file is mostly a hole. */
static void test_endless(void)
{
    g_autofree char *path = conf_path();
    g_remove(path);
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    assert_refused(path, "regular");
    g_remove(path);
    g_assert_cmpint(symlink("/dev/zero", path), ==, 0);
    assert_refused(path, "regular");
    g_remove(path);
    g_assert_true(g_file_set_contents(path, "[log]\n", -1, NULL));
    g_assert_cmpint(truncate(path, (off_t)1 << 32), ==, 0);
    assert_refused(path, "octets");
    g_remove(path);
}

typedef struct {
    const char *name;
    const char *before;
    const char *after;
    const char *keys; /* that need a restart, or NULL */
} RestartCase;

static const RestartCase restarts[] = {
    {"same", "", "", NULL},
    {"at-once", "", "[log]\nformat=json\n[repair]\nstamp=no\n[limits]\nparts=5\n", NULL},
    {"one", "", "[service]\nsocket=inet:1@127.0.0.1\n", "socket"},
    {"way-back", "[service]\nuser=a\n", "", "user"},
    {"default-written-out", "", "[service]\nsocket-mode=0660\n", NULL},
    {"several", "", "[service]\nuser=a\nsocket-group=g\n[log]\nformat=json\n",
     "socket-group, user"},
    {"listener-of-the-same", "[service]\nsocket-mode=600\n[listener a]\nsocket=inet:1@::1\n",
     "[listener a]\nsocket=inet:1@::1\nsocket-mode=600\npeers=192.0.2.1\n[service]\n"
     "socket-mode=600\n",
     NULL},
    {"listener-moved", "[listener a]\nsocket=inet:1@::1\n[listener b]\nsocket=inet:2@::1\n",
     "[listener b]\nsocket=inet:2@::1\n[listener a]\nsocket=inet:3@::1\n", "[listener a]"},
    {"listener-of-a-mode", "[listener a]\nsocket=inet:1@::1\n",
     "[listener a]\nsocket=inet:1@::1\n[service]\nsocket-mode=600\n", "socket-mode, [listener a]"},
    {"listeners-come-and-go", "[listener a]\nsocket=inet:1@::1\n",
     "[listener b]\nsocket=inet:1@::1\n", "[listener b], [listener a]"},
};

static void test_restart(gconstpointer data)
{
    const RestartCase *row = data;
    g_autoptr(Settings) before = load(row->before, strlen(row->before), NULL);
    g_autoptr(Settings) after = load(row->after, strlen(row->after), NULL);
    g_autofree char *keys = settings_list_restart(before, after);
    g_assert_cmpstr(keys, ==, row->keys);
}

static void test_free_null(void)
{
    settings_free(NULL);
}

static void remove_folder(void)
{
    g_autofree char *path = conf_path();
    g_remove(path);
    g_rmdir(folder);
    g_free(folder);
}

/* An option of the command: a key of the table and a text; the words are those of the error. */
static void check_set(const char *group, const char *key, const char *value, const char *words)
{
    g_autoptr(GError) error = NULL;
    Settings *settings = load("", 0, NULL);
    g_assert_nonnull(settings);
    gboolean taken = settings_set(settings, group, key, value, &error);
    g_assert_cmpint(taken, ==, words == NULL);
    if (words != NULL)
        g_assert_nonnull(strstr(error->message, words));
    settings_free(settings);
}

static void test_set(void)
{
    check_set("log", "format", "json", NULL);
    check_set("log", "format", "xml", "json");
    check_set("limits", "mta-bytes", "auto", NULL);
    check_set("limits", "mta-bytes", "1000000", NULL);
    check_set("limits", "mta-bytes", "many", "must be auto, or a whole number from");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    folder = g_dir_make_tmp("calmend-settings-XXXXXX", NULL);
    g_assert_nonnull(folder);
    g_test_add_func("/settings/set", test_set);
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *path = g_strconcat("/settings/good/", good[i].name, NULL);
        g_test_add_data_func(path, &good[i], test_good);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *path = g_strconcat("/settings/bad/", bad[i].name, NULL);
        g_test_add_data_func(path, &bad[i], test_bad);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(restarts); i++) {
        g_autofree char *path = g_strconcat("/settings/restart/", restarts[i].name, NULL);
        g_test_add_data_func(path, &restarts[i], test_restart);
    }
    g_test_add_func("/settings/members", test_members);
    g_test_add_func("/settings/levels", test_levels);
    g_test_add_func("/settings/every-rule", test_every_rule);
    g_test_add_func("/settings/table", test_table);
    g_test_add_func("/settings/choices", test_choices);
    g_test_add_func("/settings/no-file", test_no_file);
    g_test_add_func("/settings/endless", test_endless);
    g_test_add_func("/settings/free-null", test_free_null);
    int result = g_test_run();
    remove_folder();
    return result;
}
