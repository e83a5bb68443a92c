/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/options.h"

#include "common/settings_load.h"
#include "milter/service/address.h"
#include "milter/service/peers.h"
#include "milter/service/privileges.h"
#include "milter/watch/metrics_http.h"

#include <grp.h>
#include <unistd.h>

#define DEFAULT_CONFIG CALMEND_SYSCONFDIR "/calmend/calmend.conf"

gboolean options_parse(Options *options, int *argc, char ***argv, GError **error)
{
    gboolean help = FALSE;
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config,
         "Settings, instead of " DEFAULT_CONFIG, "FILE"},
        {"socket", 's', 0, G_OPTION_ARG_FILENAME, &options->socket,
         "Listen at unix:PATH, inet:PORT@HOST or inet6:PORT@HOST, or at several", "SPEC"},
        {"pid-file", 0, 0, G_OPTION_ARG_FILENAME, &options->pid_file,
         "Keep the number of the process in FILE", "FILE"},
        {"check-config", 0, 0, G_OPTION_ARG_NONE, &options->check_config,
         "Say what is wrong in the settings, and exit", NULL},
        {"print-config", 0, 0, G_OPTION_ARG_NONE, &options->print_config,
         "Print the settings in force, and exit", NULL},
        {"foreground", 'f', 0, G_OPTION_ARG_NONE, &options->foreground,
         "Write events to standard error, too", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version, and exit",
         NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show this help", NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_summary(context, "Mends calendar mail for Postfix and Sendmail.");
    g_option_context_set_help_enabled(context, FALSE); /* GLib's own is written unchecked */
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, error))
        return FALSE;
    if (help)
        options->help = g_option_context_get_help(context, TRUE, NULL);
    if (*argc == 1 || help)
        return TRUE;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                "\"%s\" belongs to no option: see --help", (*argv)[1]);
    return FALSE;
}

void options_clear(Options *options)
{
    g_clear_pointer(&options->config, g_free);
    g_clear_pointer(&options->socket, g_free);
    g_clear_pointer(&options->pid_file, g_free);
    g_clear_pointer(&options->help, g_free);
}

/* The file to read; NULL where none is named and the default one is not there. */
static const char *file_of(const Options *options)
{
    if (options->config != NULL)
        return options->config;
    return g_file_test(DEFAULT_CONFIG, G_FILE_TEST_EXISTS) ? DEFAULT_CONFIG : NULL;
}

static void override(char **setting, const char *option)
{
    if (option == NULL)
        return;
    g_free(*setting);
    *setting = g_strdup(option);
}

static gboolean is_address_list(const char *value, GError **error)
{
    g_auto(GStrv) specs = address_split(value);
    for (char **spec = specs; *spec != NULL; spec++) {
        g_autoptr(Address) address = address_parse(*spec, error);
        if (address == NULL)
            return FALSE;
    }
    return TRUE;
}

/* `seen` has each socket as it was written first, by its specification. */
static gboolean is_first(GHashTable *seen, const Address *address, const char *text, GError **error)
{
    const char *before = g_hash_table_lookup(seen, address->spec);
    if (before == NULL)
        return g_hash_table_insert(seen, g_strdup(address->spec), g_strdup(text));
    g_set_error(error, SETTINGS_ERROR, 0,
                "socket \"%s\": it is the same as \"%s\": keep one of the two", text, before);
    return FALSE;
}

/* Each of the addresses, and who may connect to it by the settings of the file or of a listener. */
static gboolean are_good(const char *sockets, const Settings *settings, GHashTable *seen,
                         GError **error)
{
    g_auto(GStrv) specs = address_split(sockets);
    for (char **spec = specs; *spec != NULL; spec++) {
        g_autoptr(Address) address = address_parse(*spec, error);
        if (address == NULL || !peers_suffice(address, settings, error) ||
            !is_first(seen, address, *spec, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean are_sockets_good(const Settings *settings, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    gboolean good = are_good(settings->socket, settings, seen, error);
    for (guint i = 0; good && i < settings->listeners->len; i++) {
        const Settings *section = g_ptr_array_index(settings->listeners, i);
        good = are_good(section->own_socket, section, seen, error);
    }
    return good;
}

static gboolean is_group(const char *value, GError **error)
{
    if (getgrnam(value) != NULL)
        return TRUE;
    g_set_error_literal(error, SETTINGS_ERROR, 0,
                        "there is no such group; name one that the MTA is a member of, such as "
                        "postfix");
    return FALSE;
}

/* What would only come out at the start. The user matters to a start as root alone. */
#define PAST_USER 1
static const SettingCheck checks[] = {
    {"service", "user", privileges_check},        {"service", "socket", is_address_list},
    {"listener NAME", "socket", is_address_list}, {"service", "socket-group", is_group},
    {"metrics", "listen", metrics_http_check},    {0},
};

Settings *options_load_settings(const Options *options, GError **error)
{
    const char *file = file_of(options);
    gboolean needs_user = options->check_config || geteuid() == 0;
    g_autoptr(Settings) settings =
        file == NULL ? settings_new()
                     : settings_load(file, needs_user ? checks : &checks[PAST_USER], error);
    if (settings == NULL || (options->socket != NULL && !is_address_list(options->socket, error)))
        return NULL;
    override(&settings->socket, options->socket);
    override(&settings->pid_file, options->pid_file);

    if (are_sockets_good(settings, error))
        return g_steal_pointer(&settings);
    if (file != NULL)
        g_prefix_error(error, "%s: ", file);
    return NULL;
}
