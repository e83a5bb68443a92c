/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/setting_type.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#define DEFAULT_SWITCH_FILE CALMEND_SYSCONFDIR "/calmend/FixRecipientTrackStatusTime"
#define MAX_OCTETS          (G_GUINT64_CONSTANT(1) << 31)

/* A file of settings has a few kilobytes. */
#define MAX_FILE_OCTETS ((gsize)1024 * 1024)

GQuark settings_error_quark(void)
{
    return g_quark_from_static_string("calmend-settings-error");
}

static const Choice facilities[] = {
    {"mail", LOG_MAIL},     {"daemon", LOG_DAEMON}, {"user", LOG_USER},     {"local0", LOG_LOCAL0},
    {"local1", LOG_LOCAL1}, {"local2", LOG_LOCAL2}, {"local3", LOG_LOCAL3}, {"local4", LOG_LOCAL4},
    {"local5", LOG_LOCAL5}, {"local6", LOG_LOCAL6}, {"local7", LOG_LOCAL7}, {NULL, 0},
};

static const Choice formats[] = {{"text", LOG_FORMAT_TEXT}, {"json", LOG_FORMAT_JSON}, {NULL, 0}};

static const Choice signed_choices[] = {{"repair", FALSE}, {"leave", TRUE}, {NULL, 0}};

static const Choice yes_or_no[] = {{"no", FALSE}, {"yes", TRUE}, {NULL, 0}};

#define AT(member) .offset = G_STRUCT_OFFSET(Settings, member)

/* clang-format off */
static const Setting table[] = {
    {"service", "socket", &setting_needed, "unix:/run/calmend/calmend.sock", AT(socket),
     .at_start = TRUE,
     .text = "Where the MTA finds the milter: unix:PATH, inet:PORT@HOST or inet6:PORT@HOST."},
    {"service", "socket-mode", &setting_mode, "0660", AT(socket_mode), .at_start = TRUE,
     .text = "The permission bits of a unix socket."},
    {"service", "socket-group", &setting_string, "", AT(socket_group), .at_start = TRUE,
     .text = "The group of a unix socket: one that the MTA is a member of."},
    {"service", "user", &setting_string, "calmend", AT(user), .at_start = TRUE,
     .text = "USER or USER:GROUP to become once the socket is open. It matters to a process that is "
             "started as root, which stays root only for user=root."},
    {"service", "max-sessions", &setting_count, "2000", AT(max_sessions), 1, 100000,
     .text = "Connections of MTAs at once. Messages on further ones are put off."},
    {"service", "drain-seconds", &setting_count, "20", AT(drain_seconds), 0, 600,
     .text = "The longest wait of a stop for the messages that are under way."},
    {"service", "pid-file", &setting_string, "", AT(pid_file), .at_start = TRUE,
     .text = "A file that holds the number of the process while it runs."},
    {"repair", "switch-file", &setting_needed, DEFAULT_SWITCH_FILE, AT(switch_file),
     .text = "The file that turns repairs on. Looked at for every message."},
    {"repair", "enable", &setting_rules, "", .level = RULE_ENABLED,
     .text = "Rules or families whose optional repair is done, separated by commas."},
    {"repair", "disable", &setting_rules, "", .level = RULE_DISABLED,
     .text = "Rules or families that are not applied at all."},
    {"repair", "dkim-signed", &setting_choice, "repair", AT(policy.leave_dkim_signed),
     .choices = signed_choices,
     .text = "What happens to a message with a DKIM-Signature field, which a repair breaks."},
    {"repair", "stamp", &setting_stamp, "yes",
     .text = "Whether a changed message gets an X-Calmend field."},
    {"limits", "message-bytes", &setting_octets, "67108864", AT(policy.limits.message_bytes), 1,
     MAX_OCTETS, .text = "A larger message passes unread."},
    {"limits", "mta-bytes", &setting_octets, "10240000", AT(mta_bytes), 0, MAX_OCTETS,
     .text = "The largest message that the MTA takes: message_size_limit of Postfix, whose default is "
             "the default here. A message that is below it, and might not be once it is repaired, is "
             "left as it came. 0: there is no such limit."},
    {"limits", "memory-bytes", &setting_octets, "1048576", AT(memory_bytes), 0, MAX_OCTETS,
     .text = "A larger body is kept in an unlinked temporary file."},
    {"limits", "parts", &setting_count, "1000", AT(policy.limits.parts), 1, 1000000,
     .text = "MIME parts in a message, containers included."},
    {"limits", "depth", &setting_count, "50", AT(policy.limits.depth), 1, 1000,
     .text = "Nesting of multiparts and messages."},
    {"limits", "components", &setting_count, "10000", AT(policy.limits.components), 1, 1000000,
     .text = "Components in one calendar part, or attributes and recipient rows in one TNEF part."},
    {"exempt", "clients", &setting_networks, "", AT(exempt_clients),
     .text = "Addresses and networks whose mail is not read, such as 192.0.2.0/24 and 2001:db8::1."},
    {"exempt", "senders", &setting_mailboxes, "", AT(exempt_senders),
     .text = "Envelope senders whose mail is not read: user@domain, @domain, .domain for all domains "
             "below it, <> for no sender."},
    {"exempt", "recipients", &setting_mailboxes, "", AT(exempt_recipients),
     .text = "The same for envelope recipients. A message is exempt when all of its recipients are."},
    {"exempt", "authenticated", &setting_choice, "no", AT(exempt_authenticated), .choices = yes_or_no,
     .text = "Whether mail of clients that logged in is not read: yes or no."},
    {"log", "facility", &setting_choice, "mail", AT(facility), .choices = facilities,
     .text = "The syslog facility."},
    {"log", "format", &setting_choice, "text", AT(log_format), .choices = formats,
     .text = "The form of an event: text, or one JSON object on a line."},
    {"metrics", "textfile", &setting_textfile, "", AT(metrics_textfile),
     .text = "The file of metrics for the textfile collector of Prometheus' node_exporter, whose "
             "name ends in .prom. Without it none are written."},
    {"metrics", "interval", &setting_count, "15", AT(metrics_interval), 1, 3600,
     .text = "Seconds between two writings of the metrics."},
};
/* clang-format on */

guint settings_count(void)
{
    return G_N_ELEMENTS(table);
}

SettingInfo settings_info(guint index)
{
    const Setting *setting = &table[index];
    return (SettingInfo){
        .group = setting->group,
        .key = setting->key,
        .type = setting->type->name,
        .default_value = setting->default_value,
        .at_start = setting->at_start,
        .text = setting->text,
    };
}

Settings *settings_new(void)
{
    Settings *settings = g_new0(Settings, 1);
    policy_init(&settings->policy);
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        gboolean good = table[i].type->read(&table[i], table[i].default_value, settings, NULL);
        g_assert(good);
    }
    return settings;
}

void settings_free(Settings *settings)
{
    if (settings == NULL)
        return;
    g_free(settings->socket);
    g_free(settings->socket_group);
    g_free(settings->user);
    g_free(settings->pid_file);
    g_free(settings->switch_file);
    g_free(settings->metrics_textfile);
    network_list_free(settings->exempt_clients);
    mailbox_list_free(settings->exempt_senders);
    mailbox_list_free(settings->exempt_recipients);
    policy_clear(&settings->policy);
    g_free(settings);
}

static const Setting *find_setting(const char *group, const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        if (strcmp(table[i].group, group) == 0 && strcmp(table[i].key, key) == 0)
            return &table[i];
    }
    return NULL;
}

/* The keys of a group, or the groups for a NULL group: what would be right. */
static char *list_known(const char *group)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        gboolean again = i > 0 && strcmp(table[i].group, table[i - 1].group) == 0;
        if (group == NULL ? again : strcmp(table[i].group, group) != 0)
            continue;
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "",
                               group == NULL ? table[i].group : table[i].key);
    }
    return g_string_free(g_steal_pointer(&list), FALSE);
}

static gboolean load_key(GKeyFile *file, const char *group, const char *key, Settings *settings,
                         GError **error)
{
    const Setting *setting = find_setting(group, key);
    if (setting == NULL) {
        g_autofree char *known = list_known(group);
        g_set_error(error, SETTINGS_ERROR, 0, "[%s] has no key \"%s\"; it has: %s", group, key,
                    known);
        return FALSE;
    }
    g_autoptr(GError) broken = NULL; /* GLib gives a value beside some errors */
    g_autofree char *value = g_key_file_get_string(file, group, key, &broken);
    if (broken != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&broken), "[%s] %s: ", group, key);
        return FALSE;
    }
    g_strstrip(value);
    if (!setting->type->read(setting, value, settings, error)) {
        g_prefix_error(error, "[%s] %s = %s: ", group, key, value);
        return FALSE;
    }
    return TRUE;
}

static gboolean load_group(GKeyFile *file, const char *group, Settings *settings, GError **error)
{
    g_autofree char *keys_known = list_known(group);
    if (*keys_known == '\0') {
        g_autofree char *known = list_known(NULL);
        g_set_error(error, SETTINGS_ERROR, 0, "there is no group [%s]; the groups are: %s", group,
                    known);
        return FALSE;
    }
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, error);
    for (char **key = keys; key != NULL && *key != NULL; key++) {
        if (!load_key(file, group, *key, settings, error))
            return FALSE;
    }
    return keys != NULL;
}

static gboolean fail_read(GError **error, int number)
{
    g_set_error_literal(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number),
                        g_strerror(number));
    return FALSE;
}

/* FALSE for what is no regular file: reading a pipe or a device might never end. */
static gboolean read_regular(int file, GString *text, GError **error)
{
    struct stat status;
    ssize_t size = 0;
    if (fstat(file, &status) != 0)
        return fail_read(error, errno);
    if (!S_ISREG(status.st_mode)) {
        g_set_error_literal(error, SETTINGS_ERROR, 0, "Not a regular file");
        return FALSE;
    }
    do {
        char piece[4096];
        size = read(file, piece, sizeof piece);
        g_string_append_len(text, piece, MAX(size, 0));
    } while (size > 0 && text->len <= MAX_FILE_OCTETS);
    if (size < 0)
        return fail_read(error, errno);
    if (text->len <= MAX_FILE_OCTETS)
        return TRUE;
    g_set_error(error, SETTINGS_ERROR, 0, "more than %" G_GSIZE_FORMAT " octets", MAX_FILE_OCTETS);
    return FALSE;
}

static gboolean read_file(const char *path, GKeyFile *key_file, GError **error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return fail_read(error, errno);
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean good = read_regular(file, text, error);
    close(file);
    return good && g_key_file_load_from_data(key_file, text->str, text->len,
                                             G_KEY_FILE_KEEP_TRANSLATIONS, error);
}

Settings *settings_load(const char *path, GError **error)
{
    g_autoptr(Settings) settings = settings_new();
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!read_file(path, file, error)) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (char **group = groups; *group != NULL; group++) {
        if (!load_group(file, *group, settings, error)) {
            g_prefix_error(error, "%s: ", path);
            return NULL;
        }
    }
    return g_steal_pointer(&settings);
}

/* A value as GKeyFile writes it: with its backslashes and control octets escaped. */
static char *escape_value(const char *value)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_key_file_set_string(file, "group", "key", value);
    return g_key_file_get_value(file, "group", "key", NULL);
}

char *settings_to_text(const Settings *settings)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        const Setting *setting = &table[i];
        if (i == 0 || strcmp(setting->group, table[i - 1].group) != 0)
            g_string_append_printf(text, "%s[%s]\n", i == 0 ? "" : "\n", setting->group);
        g_autofree char *value = setting->type->write(setting, settings);
        g_autofree char *escaped = escape_value(value);
        g_string_append_printf(text, "%s = %s\n", setting->key, escaped);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *settings_list_restart(const Settings *started, const Settings *now)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *before = table[i].type->write(&table[i], started);
        g_autofree char *after = table[i].type->write(&table[i], now);
        if (table[i].at_start && strcmp(before, after) != 0)
            g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", table[i].key);
    }
    return list->len == 0 ? NULL : g_string_free(g_steal_pointer(&list), FALSE);
}
