/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/setting_type.h"

#include "common/rules/families.h"

#include <string.h>

#define MEMBER(type, settings, setting) (*(type *)(void *)((char *)(settings) + (setting)->offset))
#define CONST_MEMBER(type, settings, setting)                                                      \
    (*(const type *)(const void *)((const char *)(settings) + (setting)->offset))

static gboolean read_string(const Setting *setting, const char *text, Settings *settings,
                            GError **error)
{
    (void)error;
    g_free(MEMBER(char *, settings, setting));
    MEMBER(char *, settings, setting) = *text == '\0' ? NULL : g_strdup(text);
    return TRUE;
}

static char *write_string(const Setting *setting, const Settings *settings)
{
    const char *value = CONST_MEMBER(char *, settings, setting);
    return g_strdup(value == NULL ? "" : value);
}

static gboolean read_needed(const Setting *setting, const char *text, Settings *settings,
                            GError **error)
{
    if (*text == '\0') {
        g_set_error(error, SETTINGS_ERROR, 0, "must not be empty; the default is %s",
                    setting->default_value);
        return FALSE;
    }
    return read_string(setting, text, settings, error);
}

/* The collector reads no file of another name. */
static gboolean read_textfile(const Setting *setting, const char *text, Settings *settings,
                              GError **error)
{
    if (*text == '\0' || (g_path_is_absolute(text) && g_str_has_suffix(text, ".prom")))
        return read_string(setting, text, settings, error);
    g_set_error_literal(error, SETTINGS_ERROR, 0,
                        "must be an absolute path that ends in .prom, such as "
                        "/var/lib/prometheus/node-exporter/calmend.prom");
    return FALSE;
}

static gboolean read_folder(const Setting *setting, const char *text, Settings *settings,
                            GError **error)
{
    if (*text == '\0' || g_path_is_absolute(text))
        return read_string(setting, text, settings, error);
    g_set_error_literal(error, SETTINGS_ERROR, 0,
                        "must be the absolute path of a folder, such as /var/lib/calmend/kept");
    return FALSE;
}

static gboolean read_mode(const Setting *setting, const char *text, Settings *settings,
                          GError **error)
{
    char *end;
    guint64 mode = g_ascii_strtoull(text, &end, 8);
    if (*text == '\0' || *end != '\0' || *text == '-' || mode > 0777) {
        g_set_error(error, SETTINGS_ERROR, 0, "must be an octal mode from 0 to 0777, such as %s",
                    setting->default_value);
        return FALSE;
    }
    MEMBER(guint, settings, setting) = (guint)mode;
    return TRUE;
}

static char *write_mode(const Setting *setting, const Settings *settings)
{
    return g_strdup_printf("%04o", CONST_MEMBER(guint, settings, setting));
}

static gboolean read_number(const Setting *setting, const char *text, guint64 *number,
                            GError **error)
{
    if (g_ascii_string_to_unsigned(text, 10, setting->minimum, setting->maximum, number, NULL))
        return TRUE;
    g_set_error(error, SETTINGS_ERROR, 0,
                "must be a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                setting->minimum, setting->maximum);
    return FALSE;
}

static gboolean read_count(const Setting *setting, const char *text, Settings *settings,
                           GError **error)
{
    guint64 number;
    if (!read_number(setting, text, &number, error))
        return FALSE;
    MEMBER(guint, settings, setting) = (guint)number;
    return TRUE;
}

static char *write_count(const Setting *setting, const Settings *settings)
{
    return g_strdup_printf("%u", CONST_MEMBER(guint, settings, setting));
}

static gboolean read_octets(const Setting *setting, const char *text, Settings *settings,
                            GError **error)
{
    guint64 number;
    if (!read_number(setting, text, &number, error))
        return FALSE;
    MEMBER(gsize, settings, setting) = (gsize)number;
    return TRUE;
}

static char *write_octets(const Setting *setting, const Settings *settings)
{
    return g_strdup_printf("%" G_GSIZE_FORMAT, CONST_MEMBER(gsize, settings, setting));
}

#define AUTO "auto"

static gboolean read_octets_or_auto(const Setting *setting, const char *text, Settings *settings,
                                    GError **error)
{
    if (strcmp(text, AUTO) == 0) {
        MEMBER(gsize, settings, setting) = SETTINGS_AUTO;
        return TRUE;
    }
    if (read_octets(setting, text, settings, NULL))
        return TRUE;
    g_set_error(error, SETTINGS_ERROR, 0,
                "must be " AUTO ", or a whole number from %" G_GUINT64_FORMAT
                " to %" G_GUINT64_FORMAT,
                setting->minimum, setting->maximum);
    return FALSE;
}

static char *write_octets_or_auto(const Setting *setting, const Settings *settings)
{
    gboolean is_auto = CONST_MEMBER(gsize, settings, setting) == SETTINGS_AUTO;
    return is_auto ? g_strdup(AUTO) : write_octets(setting, settings);
}

char *setting_list_choices(const Choice *choices)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (const Choice *choice = choices; choice->word != NULL; choice++)
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", choice->word);
    return g_string_free(g_steal_pointer(&list), FALSE);
}

static gboolean read_choice(const Setting *setting, const char *text, Settings *settings,
                            GError **error)
{
    for (const Choice *choice = setting->choices; choice->word != NULL; choice++) {
        if (strcmp(choice->word, text) == 0) {
            MEMBER(int, settings, setting) = choice->value;
            return TRUE;
        }
    }
    g_autofree char *list = setting_list_choices(setting->choices);
    g_set_error(error, SETTINGS_ERROR, 0, "must be one of: %s", list);
    return FALSE;
}

static char *write_choice(const Setting *setting, const Settings *settings)
{
    const Choice *choice = setting->choices;
    while (choice->value != CONST_MEMBER(int, settings, setting))
        choice++;
    return g_strdup(choice->word);
}

static gboolean read_rule(const Setting *setting, const char *name, Settings *settings,
                          GError **error)
{
    if (!rules_exists(name)) {
        g_set_error(error, SETTINGS_ERROR, 0,
                    "there is no rule \"%s\"; \"calmend rules\" lists them", name);
        return FALSE;
    }
    if (setting->level == RULE_ENABLED && !rules_can_enable(name)) {
        g_set_error(error, SETTINGS_ERROR, 0,
                    "the rule \"%s\" has no repair to enable: it only reports", name);
        return FALSE;
    }
    return policy_set_level(&settings->policy, name, setting->level);
}

static gboolean read_rules(const Setting *setting, const char *text, Settings *settings,
                           GError **error)
{
    g_auto(GStrv) names = g_strsplit_set(text, ",; \t", -1);
    for (char **name = names; *name != NULL; name++) {
        if (**name != '\0' && !read_rule(setting, *name, settings, error))
            return FALSE;
    }
    return TRUE;
}

static char *write_rules(const Setting *setting, const Settings *settings)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        gboolean inert = setting->level == RULE_ENABLED && !rules_can_enable(rule->name);
        if (rule == rule_stamp || inert || settings->policy.levels[number] != setting->level)
            continue;
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", rule->name);
    }
    return g_string_free(g_steal_pointer(&list), FALSE);
}

static gboolean read_names(const Setting *setting, const char *text, Settings *settings,
                           GError **error)
{
    (void)error;
    g_auto(GStrv) words = g_strsplit_set(text, ",; \t", -1);
    GPtrArray *names = g_ptr_array_new();
    for (char **word = words; *word != NULL; word++) {
        if (**word != '\0')
            g_ptr_array_add(names, g_strdup(*word));
    }
    gboolean empty = names->len == 0;
    g_ptr_array_add(names, NULL);
    g_strfreev(MEMBER(GStrv, settings, setting));
    MEMBER(GStrv, settings, setting) = (char **)g_ptr_array_free(names, empty);
    return TRUE;
}

static char *write_names(const Setting *setting, const Settings *settings)
{
    char **names = CONST_MEMBER(GStrv, settings, setting);
    return names == NULL ? g_strdup("") : g_strjoinv(", ", names);
}

static gboolean read_stamp(const Setting *setting, const char *text, Settings *settings,
                           GError **error)
{
    (void)setting;
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0) {
        g_set_error_literal(error, SETTINGS_ERROR, 0, "must be one of: yes, no");
        return FALSE;
    }
    return policy_set_level(&settings->policy, rule_stamp->name,
                            strcmp(text, "yes") == 0 ? RULE_DEFAULT : RULE_DISABLED);
}

static char *write_stamp(const Setting *setting, const Settings *settings)
{
    (void)setting;
    return g_strdup(policy_has_rule(&settings->policy, rule_stamp) ? "yes" : "no");
}

/* The policy is compiled anew. */
static gboolean read_profile(const Setting *setting, const char *text, Settings *settings,
                             GError **error)
{
    if (!read_choice(setting, text, settings, error))
        return FALSE;
    policy_set_profile(&settings->policy, settings->policy.profile);
    return TRUE;
}

static gboolean read_networks(const Setting *setting, const char *text, Settings *settings,
                              GError **error)
{
    g_clear_pointer(&MEMBER(NetworkList *, settings, setting), network_list_free);
    MEMBER(NetworkList *, settings, setting) = network_list_parse(text, error);
    return MEMBER(NetworkList *, settings, setting) != NULL;
}

static char *write_networks(const Setting *setting, const Settings *settings)
{
    return network_list_to_text(CONST_MEMBER(NetworkList *, settings, setting));
}

static gboolean read_mailboxes(const Setting *setting, const char *text, Settings *settings,
                               GError **error)
{
    g_clear_pointer(&MEMBER(MailboxList *, settings, setting), mailbox_list_free);
    MEMBER(MailboxList *, settings, setting) = mailbox_list_parse(text, error);
    return MEMBER(MailboxList *, settings, setting) != NULL;
}

static char *write_mailboxes(const Setting *setting, const Settings *settings)
{
    return mailbox_list_to_text(CONST_MEMBER(MailboxList *, settings, setting));
}

const SettingType setting_string = {"text", read_string, write_string};
const SettingType setting_needed = {"text", read_needed, write_string};
const SettingType setting_textfile = {"file", read_textfile, write_string};
const SettingType setting_folder = {"folder", read_folder, write_string};
const SettingType setting_mode = {"octal mode", read_mode, write_mode};
const SettingType setting_count = {"number", read_count, write_count};
const SettingType setting_octets = {"octets", read_octets, write_octets};
const SettingType setting_octets_or_auto = {"octets or auto", read_octets_or_auto,
                                            write_octets_or_auto};
const SettingType setting_choice = {"choice", read_choice, write_choice};
const SettingType setting_rules = {"list of rules", read_rules, write_rules};
const SettingType setting_networks = {"list of networks", read_networks, write_networks};
const SettingType setting_mailboxes = {"list of addresses", read_mailboxes, write_mailboxes};
const SettingType setting_names = {"list of names", read_names, write_names};
const SettingType setting_stamp = {"yes or no", read_stamp, write_stamp};
const SettingType setting_profile = {"choice", read_profile, write_choice};
