/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/setting_type.h"
#include "common/settings_file.h"

#include <string.h>
#include <syslog.h>

#define SWITCH_FOLDER CALMEND_SYSCONFDIR "/calmend/"
#define MAX_OCTETS    (G_GUINT64_CONSTANT(1) << 31)
#define POOL_OCTETS   (G_GUINT64_CONSTANT(1) << 30)

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

static const Choice destinations[] = {{"syslog", FALSE}, {"stdout", TRUE}, {NULL, 0}};

static const Choice signed_choices[] = {{"repair", FALSE}, {"leave", TRUE}, {NULL, 0}};

static const Choice profiles[] = {
    {"inbound", PROFILE_INBOUND}, {"outbound", PROFILE_OUTBOUND}, {"none", 0}, {NULL, 0}};

static const Choice yes_or_no[] = {{"no", FALSE}, {"yes", TRUE}, {NULL, 0}};

/* The groups in the table that stand for sections. */
#define POLICY   "policy NAME"
#define LISTENER "listener NAME"

static const struct {
    const char *word;
    const char *group;
} sections[SECTION_KINDS] = {
    [SECTION_POLICY] = {"policy", POLICY},
    [SECTION_LISTENER] = {"listener", LISTENER},
};

#define AT(member) .offset = G_STRUCT_OFFSET(Settings, member)

/* clang-format off */
static const Setting table[] = {
    {"service", "socket", &setting_needed, "unix:/run/calmend/calmend.sock", AT(socket),
     .at_start = TRUE,
     .text = "Where the MTA finds the milter: unix:PATH, inet:PORT@HOST or inet6:PORT@HOST, or several of "
             "these, separated by commas."},
    {"service", "socket-mode", &setting_mode, "0660", AT(socket_mode), .at_start = TRUE,
     .section = SECTION_LISTENER,
     .text = "The permission bits of each unix socket."},
    {"service", "socket-group", &setting_string, "", AT(socket_group), .at_start = TRUE,
     .section = SECTION_LISTENER,
     .text = "The group of each unix socket: one that the MTA is a member of."},
    {"service", "peers", &setting_networks, "", AT(peers), .section = SECTION_LISTENER,
     .text = "Addresses and networks of the hosts that may connect over TCP, such as 192.0.2.10. This "
             "host may always. Needed for a socket that other hosts can reach; the connection of a "
             "host that is not in it is closed at once."},
    {"service", "user", &setting_string, "calmend", AT(user), .at_start = TRUE,
     .text = "USER or USER:GROUP to become once the socket is open. It matters to a process that is "
             "started as root, which stays root only for user=root."},
    {"service", "max-sessions", &setting_count, "2000", AT(max_sessions), 1, 100000,
     .text = "Connections of MTAs at once. Messages on further ones are put off."},
    {"service", "drain-seconds", &setting_count, "20", AT(drain_seconds), 0, 600,
     .text = "The longest wait of a stop for the messages that are under way."},
    {"service", "pid-file", &setting_string, "", AT(pid_file), .at_start = TRUE,
     .text = "A file that holds the number of the process while it runs."},
    {LISTENER, "socket", &setting_string, "", AT(own_socket), .at_start = TRUE,
     .section = SECTION_LISTENER,
     .text = "Where the milter listens beside the sockets of [service], in the same form."},
    {"repair", "switch-file", &setting_needed, SWITCH_FOLDER "FixRecipientTrackStatusTime",
     AT(switch_files[SWITCH_TRACK_STATUS]), .section = SECTION_POLICY,
     .text = "The file that turns the repairs of the families epoch and kb955480 on. Looked at for "
             "every message."},
    {"repair", "mail-switch-file", &setting_needed, SWITCH_FOLDER "FixCalendarMail",
     AT(switch_files[SWITCH_MAIL]), .section = SECTION_POLICY,
     .text = "The file that turns the repairs of all other families on. Looked at for every message."},
    {"repair", "profile", &setting_profile, "inbound", AT(policy.profile), .choices = profiles,
     .section = SECTION_POLICY,
     .text = "What the families of mail-switch-file repair: inbound what readers refuse, in mail that "
             "arrives; outbound every exact repair, in mail that is about to be signed and sent; none "
             "only what enable names."},
    {"repair", "enable", &setting_rules, "", .level = RULE_ENABLED, .section = SECTION_POLICY,
     .text = "Rules or families whose optional repair is done, separated by commas."},
    {"repair", "disable", &setting_rules, "", .level = RULE_DISABLED, .section = SECTION_POLICY,
     .text = "Rules or families that are not applied at all."},
    {"repair", "dkim-signed", &setting_choice, "repair", AT(policy.leave_signed),
     .choices = signed_choices, .section = SECTION_POLICY,
     .text = "What happens to a message with a DKIM or ARC signature, which a repair breaks."},
    {"repair", "stamp", &setting_stamp, "yes", .section = SECTION_POLICY,
     .text = "Whether a changed message gets an X-Calmend field."},
    {"repair", "keep", &setting_folder, "", AT(keep),
     .text = "The folder in which the original of each repaired message is kept, such as "
             "/var/lib/calmend/kept. It must be there, and the milter's user must be able to write in "
             "it. Without it none is kept."},
    {"repair", "keep-messages", &setting_count, "10000", AT(keep_messages), 1, 1000000,
     .text = "Originals in that folder at most; the oldest are removed."},
    {"repair", "keep-megabytes", &setting_count, "1024", AT(keep_megabytes), 1, 1048576,
     .text = "Megabytes (of 1,048,576 octets) of them at most."},
    {"repair", "keep-days", &setting_count, "30", AT(keep_days), 1, 3650,
     .text = "Days after which they are removed."},
    {POLICY, "recipients", &setting_mailboxes, "", AT(scope.recipients),
     .section = SECTION_POLICY,
     .text = "Envelope recipients whose mail the policy is for, in the form of exempt: user@domain, "
             "@domain, .domain for all domains below it."},
    {POLICY, "senders", &setting_mailboxes, "", AT(scope.senders), .section = SECTION_POLICY,
     .text = "Envelope senders whose mail it is for; <> for no sender."},
    {POLICY, "clients", &setting_networks, "", AT(scope.clients), .section = SECTION_POLICY,
     .text = "Addresses and networks of the clients whose mail it is for."},
    {POLICY, "daemons", &setting_names, "", AT(scope.daemons), .section = SECTION_POLICY,
     .text = "Names of the MTA's daemons whose mail it is for: milter_macro_daemon_name of Postfix, "
             "Name= of DAEMON_OPTIONS of Sendmail."},
    {POLICY, "listeners", &setting_names, "", AT(scope.listeners), .section = SECTION_POLICY,
     .text = "Names of the listeners by which the mail came."},
    {"limits", "message-bytes", &setting_octets, "67108864", AT(policy.limits.message_bytes), 1,
     MAX_OCTETS, .text = "A larger message passes unread."},
    {"limits", "mta-bytes", &setting_octets_or_auto, "auto", AT(mta_bytes), 0, MAX_OCTETS,
     .text = "The largest message that the MTA takes: message_size_limit of Postfix. A message that is "
             "below it, and might not be once it is repaired, is left as it came. 0: there is no such "
             "limit. auto: it is not known, and guessed with care; see calmend-milter(8)."},
    {"limits", "memory-bytes", &setting_octets, "1048576", AT(memory_bytes), 0, MAX_OCTETS,
     .text = "A larger body is kept in an unlinked temporary file, unless pool-bytes has room for it."},
    {"limits", "pool-bytes", &setting_octets, "50331648", AT(pool_bytes), 0, POOL_OCTETS,
     .text = "Memory of calmend-milter for large bodies, one in each 12 MiB of it at a time, which is "
             "faster than the temporary file and kept for the next of them for some seconds. 0: none."},
    {"limits", "parts", &setting_count, "1000", AT(policy.limits.parts.count), 1, 1000000,
     .text = "MIME parts in a message, containers included."},
    {"limits", "depth", &setting_count, "50", AT(policy.limits.parts.depth), 1, 1000,
     .text = "Nesting of multiparts and messages."},
    {"limits", "components", &setting_count, "10000", AT(policy.limits.calendar.components), 1, 1000000,
     .text = "Components in one calendar part, or attributes and recipient rows in one TNEF part."},
    {"limits", "nesting", &setting_count, "10", AT(policy.limits.calendar.nesting), 1, 1000,
     .text = "Components one inside of another in one calendar part."},
    {"limits", "parameters", &setting_count, "1000", AT(policy.limits.calendar.parameters), 1, 100000,
     .text = "Parameters of one content line of a calendar part."},
    {"exempt", "clients", &setting_networks, "", AT(exempt_clients),
     .text = "Addresses and networks whose mail is not read, such as 192.0.2.0/24 and 2001:db8::1."},
    {"exempt", "senders", &setting_mailboxes, "", AT(exempt_senders),
     .text = "Envelope senders whose mail is not read: user@domain, @domain, .domain for all domains "
             "below it, <> for no sender."},
    {"exempt", "recipients", &setting_mailboxes, "", AT(exempt_recipients),
     .text = "The same for envelope recipients. A message is exempt when all of its recipients are."},
    {"exempt", "authenticated", &setting_choice, "no", AT(exempt_authenticated), .choices = yes_or_no,
     .text = "Whether mail of clients that logged in is not read."},
    {"log", "facility", &setting_choice, "mail", AT(facility), .choices = facilities,
     .text = "The syslog facility."},
    {"log", "format", &setting_choice, "text", AT(log_format), .choices = formats,
     .text = "The form of an event: text, or one JSON object on a line."},
    {"log", "destination", &setting_choice, "syslog", AT(log_to_stdout), .choices = destinations,
     .at_start = TRUE,
     .text = "Where events of calmend-milter go: to syslog, or to standard output alone, where the "
             "runtime of a container collects them."},
    {"metrics", "textfile", &setting_textfile, "", AT(metrics_textfile),
     .text = "The file of metrics for the textfile collector of Prometheus' node_exporter, whose "
             "name ends in .prom. Without it none are written."},
    {"metrics", "listen", &setting_string, "", AT(metrics_listen), .at_start = TRUE,
     .text = "Where the same metrics are served by HTTP, at /metrics, and whether mail is taken, at "
             "/healthz: a port of 127.0.0.1, inet:PORT@HOST or inet6:PORT@HOST. Nobody is asked for a "
             "password. Without it they are not served."},
    {"metrics", "interval", &setting_count, "15", AT(metrics_interval), 1, 3600,
     .text = "Seconds between two writings of the metrics."},
    {"metrics", "filter-textfile", &setting_textfile, "", AT(metrics_filter_textfile),
     .text = "Another file of metrics, to which each calmend filter adds what it has counted. The users "
             "that filter mail must be able to make files in its folder. Without it they count nothing."},
};
/* clang-format on */

static gboolean is_section(const Setting *setting)
{
    return g_strcmp0(setting->group, sections[setting->section].group) == 0;
}

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
        .section = setting->section,
        .is_section = is_section(setting),
        .text = setting->text,
    };
}

char *settings_list_choices(guint index)
{
    const Choice *choices = table[index].choices;
    return choices == NULL ? NULL : setting_list_choices(choices);
}

const char *settings_section_word(SectionKind kind)
{
    return sections[kind].word;
}

Settings *settings_new(void)
{
    Settings *settings = g_new0(Settings, 1);
    policy_init(&settings->policy);
    settings->sections = g_ptr_array_new_with_free_func((GDestroyNotify)settings_free);
    settings->listeners = g_ptr_array_new_with_free_func((GDestroyNotify)settings_free);
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        gboolean good = table[i].type->read(&table[i], table[i].default_value, settings, NULL);
        g_assert(good);
    }
    return settings;
}

static void scope_clear(SettingsScope *scope)
{
    mailbox_list_free(scope->recipients);
    mailbox_list_free(scope->senders);
    network_list_free(scope->clients);
    g_strfreev(scope->daemons);
    g_strfreev(scope->listeners);
}

void settings_free(Settings *settings)
{
    if (settings == NULL)
        return;
    g_free(settings->name);
    g_free(settings->own_socket);
    g_free(settings->socket);
    g_free(settings->socket_group);
    g_free(settings->user);
    g_free(settings->pid_file);
    g_free(settings->keep);
    for (guint i = 0; i < SWITCHES; i++)
        g_free(settings->switch_files[i]);
    g_free(settings->metrics_textfile);
    g_free(settings->metrics_listen);
    g_free(settings->metrics_filter_textfile);
    network_list_free(settings->peers);
    network_list_free(settings->exempt_clients);
    mailbox_list_free(settings->exempt_senders);
    mailbox_list_free(settings->exempt_recipients);
    policy_clear(&settings->policy);
    scope_clear(&settings->scope);
    g_ptr_array_unref(settings->sections);
    g_ptr_array_unref(settings->listeners);
    g_free(settings);
}

static const Setting *find_setting(const char *group, const char *key)
{
    const Setting *setting = table;
    while (strcmp(setting->group, group) != 0 || strcmp(setting->key, key) != 0)
        setting++;
    return setting;
}

gboolean settings_set(Settings *settings, const char *group, const char *key, const char *value,
                      GError **error)
{
    const Setting *setting = find_setting(group, key);
    return setting->type->read(setting, value, settings, error);
}

/* The number of the section of that name; as many as there are when there is none. */
static guint find_section(const GPtrArray *all, const char *name)
{
    guint number = 0;
    while (number < all->len &&
           strcmp(((const Settings *)g_ptr_array_index(all, number))->name, name) != 0)
        number++;
    return number;
}

const Settings *settings_of_listener(const Settings *settings, const char *name)
{
    guint number =
        name == NULL ? settings->listeners->len : find_section(settings->listeners, name);
    return number == settings->listeners->len ? settings
                                              : g_ptr_array_index(settings->listeners, number);
}

Settings *settings_take_section(Settings *settings, const char *name)
{
    guint number = find_section(settings->sections, name);
    return number == settings->sections->len ? NULL
                                             : g_ptr_array_steal_index(settings->sections, number);
}

static void append_word(GString *list, const char *word)
{
    g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", word);
}

char *settings_list_sections(const GPtrArray *all)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < all->len; i++)
        append_word(list, ((const Settings *)g_ptr_array_index(all, i))->name);
    return g_string_free(g_steal_pointer(&list), FALSE);
}

static void append_key(GString *text, const Setting *setting, const Settings *settings)
{
    g_autofree char *value = setting->type->write(setting, settings);
    g_autofree char *escaped = settings_file_escape(value);
    g_string_append_printf(text, "%s = %s\n", setting->key, escaped);
}

static void append_keys(GString *text, SectionKind kind, gboolean own, const Settings *section)
{
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        if (table[i].section == kind && is_section(&table[i]) == own)
            append_key(text, &table[i], section);
    }
}

/* The keys that nothing but such a section has stand first. */
static void append_section(GString *text, SectionKind kind, const Settings *section)
{
    g_string_append_printf(text, "\n[%s %s]\n", sections[kind].word, section->name);
    append_keys(text, kind, TRUE, section);
    append_keys(text, kind, FALSE, section);
}

static void append_sections(GString *text, SectionKind kind, const GPtrArray *all)
{
    for (guint i = 0; i < all->len; i++)
        append_section(text, kind, g_ptr_array_index(all, i));
}

char *settings_to_text(const Settings *settings)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const char *group = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        const Setting *setting = &table[i];
        if (is_section(setting))
            continue;
        if (g_strcmp0(setting->group, group) != 0)
            g_string_append_printf(text, "%s[%s]\n", i == 0 ? "" : "\n", setting->group);
        group = setting->group;
        append_key(text, setting, settings);
    }
    append_sections(text, SECTION_LISTENER, settings->listeners);
    append_sections(text, SECTION_POLICY, settings->sections);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Whether a value that is looked at when the process starts only is another one. */
static gboolean needs_restart(const Setting *setting, const Settings *started, const Settings *now)
{
    g_autofree char *before = setting->type->write(setting, started);
    g_autofree char *after = setting->type->write(setting, now);
    return setting->at_start && strcmp(before, after) != 0;
}

static gboolean is_same_listener(const Settings *started, const Settings *now)
{
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        if (table[i].section == SECTION_LISTENER && needs_restart(&table[i], started, now))
            return FALSE;
    }
    return TRUE;
}

static void append_listener(GString *list, const Settings *listener)
{
    g_autofree char *word = g_strdup_printf("[listener %s]", listener->name);
    append_word(list, word);
}

/* Those of `all` that the others do not have. */
static void append_missing(GString *list, const GPtrArray *all, const GPtrArray *others)
{
    for (guint i = 0; i < all->len; i++) {
        const Settings *listener = g_ptr_array_index(all, i);
        if (find_section(others, listener->name) == others->len)
            append_listener(list, listener);
    }
}

static void append_changed(GString *list, const GPtrArray *started, const GPtrArray *now)
{
    for (guint i = 0; i < now->len; i++) {
        const Settings *listener = g_ptr_array_index(now, i);
        guint before = find_section(started, listener->name);
        if (before < started->len &&
            !is_same_listener(g_ptr_array_index(started, before), listener))
            append_listener(list, listener);
    }
}

char *settings_list_restart(const Settings *started, const Settings *now)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        if (needs_restart(&table[i], started, now))
            append_word(list, table[i].key);
    }
    append_changed(list, started->listeners, now->listeners);
    append_missing(list, now->listeners, started->listeners);
    append_missing(list, started->listeners, now->listeners);
    return list->len == 0 ? NULL : g_string_free(g_steal_pointer(&list), FALSE);
}
