/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command: see command.h. Help is written by ourselves and not by GLib, which would convert it to
 * the character set of the locale and end the process.
 */
#include "cli/command.h"

#include "cli/output.h"
#include "common/calendar/calendar_date.h"
#include "common/repair.h"
#include "common/settings_load.h"
#include "common/standard_output.h"

#include <stdio.h>

#define DEFAULT_CONFIG CALMEND_SYSCONFDIR "/calmend/calmend.conf"

gboolean command_parse(const CommandHelp *help, const GOptionEntry *entries, int argc, char **argv,
                       CommandExit *code)
{
    gboolean help_wanted = FALSE;
    const GOptionEntry help_entries[] = {
        {"help", 'h', 0, G_OPTION_ARG_NONE, &help_wanted, "Show this help", NULL},
        {0},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(help->arguments);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, help->summary);
    g_option_context_set_description(context, help->description);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_add_main_entries(context, help_entries, NULL);
    gboolean alone = argc == 2;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        command_trouble("%s; try '%s --help'", error->message, g_get_prgname());
        *code = COMMAND_TROUBLE;
        return FALSE;
    }
    if (!help_wanted)
        return TRUE;
    if (help->alone && !alone) {
        command_trouble("--help beside other arguments; give it alone");
        *code = COMMAND_TROUBLE;
        return FALSE;
    }
    g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
    fputs(text, stdout);
    *code = command_finish(COMMAND_OK);
    return FALSE;
}

void command_trouble(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(GString) line = g_string_new(g_get_prgname());
    g_string_append(line, ": ");
    output_escape(line, octets_of(text));
    g_string_append_c(line, '\n');
    fputs(line->str, stderr);
}

CommandExit command_finish(CommandExit code)
{
    g_autoptr(GError) error = NULL;
    if (standard_output_finish(&error))
        return code;
    command_trouble("%s", error->message);
    return COMMAND_TROUBLE;
}

static gboolean take_time(const char *text, gint64 *now)
{
    if (text == NULL) {
        *now = g_get_real_time() / G_USEC_PER_SEC;
        return TRUE;
    }
    if (calendar_date_read_utc(octets_of(text), now))
        return TRUE;
    command_trouble("--now %s: no such time; write it in UTC as in 20240131T235959Z", text);
    return FALSE;
}

Settings *command_load_settings(const char *config, GError **error)
{
    if (config == NULL && g_file_test(DEFAULT_CONFIG, G_FILE_TEST_EXISTS))
        config = DEFAULT_CONFIG;
    return config == NULL ? settings_new() : settings_load(config, NULL, error);
}

Settings *command_require_settings(const char *config)
{
    g_autoptr(GError) error = NULL;
    Settings *settings = command_load_settings(config, &error);
    if (settings != NULL)
        return settings;
    g_auto(GStrv) faults = g_strsplit(error->message, "\n", -1);
    for (char **fault = faults; *fault != NULL; fault++)
        command_trouble("%s", *fault);
    return NULL;
}

/* The policy in the place of [repair], where one is named. */
static gboolean take_policy(Engine *engine, const char *name)
{
    if (name == NULL)
        return TRUE;
    Settings *section = settings_take_section(engine->settings, name);
    if (section == NULL) {
        g_autofree char *names = settings_list_sections(engine->settings->sections);
        command_trouble("--policy %s: the settings have no such policy; they have: %s", name,
                        *names == '\0' ? "none" : names);
        return FALSE;
    }
    settings_free(engine->settings);
    engine->settings = section;
    return TRUE;
}

/* Options that stand for a key of the settings, read as one. */
static gboolean take_settings(Settings *settings, const EngineOptions *options)
{
    const struct {
        const char *key;
        const char *value;
    } given[] = {
        {"profile", options->profile}, {"enable", options->enable}, {"disable", options->disable}};
    for (gsize i = 0; i < G_N_ELEMENTS(given); i++) {
        g_autoptr(GError) error = NULL;
        if (given[i].value == NULL ||
            settings_set(settings, "repair", given[i].key, given[i].value, &error))
            continue;
        command_trouble("--%s %s: %s", given[i].key, given[i].value, error->message);
        return FALSE;
    }
    return TRUE;
}

static void enable_all(Policy *policy)
{
    for (guint number = 0; number < rules_count(); number++)
        policy_set_level(policy, rules_get(number)->name, RULE_ENABLED);
}

static GPtrArray *list_recipients(char **recipients)
{
    GPtrArray *list = recipients == NULL ? NULL : g_ptr_array_new();
    for (; recipients != NULL && *recipients != NULL; recipients++)
        g_ptr_array_add(list, *recipients);
    return list;
}

gboolean engine_open(Engine *engine, const EngineOptions *options)
{
    if (!take_time(options->now, &engine->now))
        return FALSE;
    engine->settings = command_require_settings(options->config);
    if (engine->settings == NULL || !take_policy(engine, options->policy) ||
        !take_settings(engine->settings, options))
        return FALSE;
    if (options->all)
        enable_all(&engine->settings->policy);
    engine->recipients = list_recipients(options->recipients);
    repair_init();
    return TRUE;
}

void engine_close(Engine *engine)
{
    g_clear_pointer(&engine->settings, settings_free);
    g_clear_pointer(&engine->recipients, g_ptr_array_unref);
}

Plan *engine_plan(const Engine *engine, Octets octets)
{
    g_auto(Message) message = {0};
    message_init(&message, octets);
    message.recipients = engine->recipients;
    return repair_message(&message, &engine->settings->policy, engine->now);
}

void engine_options_clear(EngineOptions *options)
{
    g_free(options->config);
    g_free(options->now);
    g_free(options->policy);
    g_free(options->profile);
    g_free(options->enable);
    g_free(options->disable);
    g_strfreev(options->recipients);
    *options = (EngineOptions){0};
}
