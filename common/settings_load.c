/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/settings_load.h"

#include "common/settings_file.h"

#include <string.h>

/* Faults that are told one by one; a file of another kind has a fault in each line. */
#define MAX_FAULTS 50

#define MAX_SECTIONS 1000
#define MAX_NAME     64

/* The settings of the file, or those of a section of it. */
typedef struct {
    Settings *settings;
    SectionKind kind;
    guint line;    /* where the section begins; 0: the file */
    guint *lines;  /* where each key was set, by its number in the table; 0: nowhere */
    char **values; /* what was taken of them */
} Target;

/* What is read so far, and what was wrong. */
typedef struct {
    const char *path;
    const SettingCheck *checks;
    GPtrArray *targets; /* Target: the file, then its sections */
    Target *target;     /* of the keys that follow; NULL: they are passed over */
    const char *group;  /* the same, as it is written; NULL: there was none */
    GString *faults;
    guint fault_count;
} Loading;

static Target *target_new(SectionKind kind, guint line)
{
    Target *target = g_new0(Target, 1);
    target->settings = settings_new();
    target->kind = kind;
    target->line = line;
    target->lines = g_new0(guint, settings_count());
    target->values = g_new0(char *, settings_count());
    return target;
}

static void target_free(gpointer data)
{
    Target *target = data;
    for (guint key = 0; key < settings_count(); key++)
        g_free(target->values[key]);
    g_free(target->values);
    g_free(target->lines);
    settings_free(target->settings);
    g_free(target);
}

static Target *target_of_file(const Loading *loading)
{
    return g_ptr_array_index(loading->targets, 0);
}

static void add_fault(Loading *loading, guint line, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void add_fault(Loading *loading, guint line, const char *format, ...)
{
    if (++loading->fault_count > MAX_FAULTS)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_string_append_printf(loading->faults, "%s%s: line %u: %s",
                           loading->faults->len > 0 ? "\n" : "", loading->path, line, text);
}

/* Whether the group that is being read, which may be a section, has that key. */
static gboolean is_of_group(const Loading *loading, const SettingInfo *info)
{
    SectionKind kind = loading->target->kind;
    return kind == SECTION_FILE ? !info->is_section && strcmp(loading->group, info->group) == 0
                                : info->section == kind;
}

/* The number of a key in the table, settings_count() for one that is not there. */
static guint find_key(const Loading *loading, const char *key)
{
    for (guint number = 0; number < settings_count(); number++) {
        SettingInfo info = settings_info(number);
        if (strcmp(info.key, key) == 0 && is_of_group(loading, &info))
            return number;
    }
    return settings_count();
}

static void append_name(GString *list, const char *name)
{
    g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", name);
}

static char *list_groups(void)
{
    g_autoptr(GString) list = g_string_new(NULL);
    const char *last = NULL;
    for (guint number = 0; number < settings_count(); number++) {
        const char *group = settings_info(number).group;
        if (g_strcmp0(group, last) != 0)
            append_name(list, group);
        last = group;
    }
    return g_string_free(g_steal_pointer(&list), FALSE);
}

/* The keys that can follow. */
static char *list_keys(const Loading *loading)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint number = 0; number < settings_count(); number++) {
        SettingInfo info = settings_info(number);
        if (is_of_group(loading, &info))
            append_name(list, info.key);
    }
    return g_string_free(g_steal_pointer(&list), FALSE);
}

/* A default that is written out is as good as one that is not. */
static gboolean passes_checks(const Loading *loading, const SettingInfo *info, const char *value,
                              GError **error)
{
    const SettingCheck *check = loading->checks;
    if (check == NULL || *value == '\0' || strcmp(value, info->default_value) == 0)
        return TRUE;
    for (; check->group != NULL; check++) {
        if (strcmp(check->group, info->group) == 0 && strcmp(check->key, info->key) == 0 &&
            !check->is_good(value, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_value(const Loading *loading, guint number, const char *written,
                           GError **error)
{
    Target *target = loading->target;
    SettingInfo info = settings_info(number);
    if (settings_file_has_comment(written)) {
        g_set_error_literal(error, SETTINGS_ERROR, 0,
                            "a comment has a line of its own; a blank before a # that belongs to "
                            "the value is written \\s");
        return FALSE;
    }
    g_free(target->values[number]);
    target->values[number] = settings_file_unescape(written, error);
    const char *value = target->values[number];
    return value != NULL && settings_set(target->settings, info.group, info.key, value, error) &&
           passes_checks(loading, &info, value, error);
}

static void take_key(Loading *loading, const SettingsLine *line)
{
    guint number = find_key(loading, line->name);
    if (number == settings_count()) {
        g_autofree char *known = list_keys(loading);
        add_fault(loading, line->number, "[%s] has no key \"%s\"; it has: %s", loading->group,
                  line->name, known);
        return;
    }
    guint *seen = &loading->target->lines[number];
    if (*seen > 0)
        add_fault(loading, line->number, "[%s] %s is set on line %u already: keep one of the two",
                  loading->group, line->name, *seen);
    *seen = line->number;
    g_autoptr(GError) error = NULL;
    if (take_value(loading, number, line->value, &error))
        return;
    g_autofree char *shown = g_utf8_make_valid(line->value, -1);
    add_fault(loading, line->number, "[%s] %s = %s: %s", loading->group, line->name, shown,
              error->message);
}

/* The name behind the word, blanks left out; NULL when `group` does not begin with the word. */
static const char *name_behind(const char *group, const char *word)
{
    gsize size = strlen(word);
    if (strncmp(group, word, size) != 0 ||
        (group[size] != '\0' && group[size] != ' ' && group[size] != '\t'))
        return NULL;
    return group + size + strspn(group + size, " \t");
}

/* The kind of section that `group` begins, with its name; SECTION_FILE when it begins none. */
static SectionKind section_of(const char *group, const char **name)
{
    for (SectionKind kind = SECTION_FILE + 1; kind < SECTION_KINDS; kind++) {
        *name = name_behind(group, settings_section_word(kind));
        if (*name != NULL)
            return kind;
    }
    return SECTION_FILE;
}

static gboolean is_good_name(const char *name)
{
    gsize size = strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-");
    return size > 0 && size <= MAX_NAME && name[size] == '\0';
}

static const Target *find_section(const Loading *loading, SectionKind kind, const char *name)
{
    for (guint i = 1; i < loading->targets->len; i++) {
        const Target *target = g_ptr_array_index(loading->targets, i);
        if (target->kind == kind && strcmp(target->settings->name, name) == 0)
            return target;
    }
    return NULL;
}

static void take_section(Loading *loading, guint line, SectionKind kind, const char *name)
{
    const char *word = settings_section_word(kind);
    const Target *same = find_section(loading, kind, name);
    loading->target = NULL;
    if (!is_good_name(name)) {
        add_fault(loading, line,
                  "[%s]: a %s has a name of at most %d letters, digits and ._-, such as "
                  "[%s example.com]",
                  loading->group, word, MAX_NAME, word);
        return;
    }
    if (same != NULL) {
        add_fault(loading, line, "[%s %s] is there on line %u already: keep one of the two", word,
                  name, same->line);
        return;
    }
    if (loading->targets->len > MAX_SECTIONS) {
        add_fault(loading, line,
                  "more than %d sections; a policy may list many recipients, senders and clients",
                  MAX_SECTIONS);
        return;
    }
    loading->target = target_new(kind, line);
    loading->target->settings->name = g_strdup(name);
    g_ptr_array_add(loading->targets, loading->target);
}

static void take_group(Loading *loading, const SettingsLine *line)
{
    const char *name = NULL;
    SectionKind kind = section_of(line->name, &name);
    loading->group = line->name;
    if (kind != SECTION_FILE) {
        take_section(loading, line->number, kind, name);
        return;
    }
    loading->target = target_of_file(loading);
    g_autofree char *keys = list_keys(loading);
    if (*keys != '\0')
        return;
    g_autofree char *known = list_groups();
    loading->target = NULL;
    add_fault(loading, line->number, "there is no group [%s]; the groups are: %s", line->name,
              known);
}

static void take_line(Loading *loading, const SettingsLine *line)
{
    if (line->kind == SETTINGS_LINE_GROUP)
        take_group(loading, line);
    else if (line->kind == SETTINGS_LINE_WRONG)
        add_fault(loading, line->number,
                  "\"%s\": this is no [group], no key=value, and no comment, which begins with #",
                  line->name);
    else if (loading->group == NULL)
        add_fault(loading, line->number, "\"%s\" stands before the first group, such as [%s]",
                  line->name, settings_info(0).group);
    else if (loading->target != NULL)
        take_key(loading, line);
}

/* What a section does not set it has of the file, key by key. */
static void inherit(const Target *file, Target *section)
{
    for (guint number = 0; number < settings_count(); number++) {
        SettingInfo info = settings_info(number);
        const char *value = file->values[number];
        if (value != NULL && section->lines[number] == 0 && info.section == section->kind)
            settings_set(section->settings, info.group, info.key, value, NULL);
    }
    section->settings->policy.limits = file->settings->policy.limits;
}

static gboolean has_mailboxes(const MailboxList *list)
{
    return list == NULL || !mailbox_list_is_empty(list);
}

/* A list that is NULL could not be read, which was told. */
static gboolean is_for_some(const SettingsScope *scope)
{
    return has_mailboxes(scope->recipients) || has_mailboxes(scope->senders) ||
           scope->clients == NULL || !network_list_is_empty(scope->clients) ||
           scope->daemons != NULL || scope->listeners != NULL;
}

static void check_listeners(Loading *loading, const Target *policy)
{
    const Target *file = target_of_file(loading);
    g_autofree char *known = settings_list_sections(file->settings->listeners);
    for (char **name = policy->settings->scope.listeners; name != NULL && *name != NULL; name++) {
        if (settings_of_listener(file->settings, *name) == file->settings)
            add_fault(
                loading, policy->line, "[policy %s] listeners: there is no [listener %s]; %s%s",
                policy->settings->name, *name,
                *known == '\0' ? "there is no listener at all" : "the listeners are: ", known);
    }
}

static void join_listener(Loading *loading, Target *section)
{
    Target *file = target_of_file(loading);
    if (section->settings->own_socket == NULL)
        add_fault(loading, section->line,
                  "[listener %s] does not say where it listens: set socket, such as "
                  "socket=inet:8892@127.0.0.1",
                  section->settings->name);
    inherit(file, section);
    g_ptr_array_add(file->settings->listeners, g_steal_pointer(&section->settings));
}

static void join_policy(Loading *loading, Target *section)
{
    Target *file = target_of_file(loading);
    if (!is_for_some(&section->settings->scope))
        add_fault(loading, section->line,
                  "[policy %s] does not say whose mail it is for: set recipients, senders, "
                  "clients, daemons or listeners",
                  section->settings->name);
    check_listeners(loading, section);
    inherit(file, section);
    g_ptr_array_add(file->settings->sections, g_steal_pointer(&section->settings));
}

static void join_kind(Loading *loading, SectionKind kind,
                      void (*join)(Loading *loading, Target *section))
{
    for (guint i = 1; i < loading->targets->len; i++) {
        Target *section = g_ptr_array_index(loading->targets, i);
        if (section->kind == kind)
            join(loading, section);
    }
}

/* The file has its sections, and each of them all that it inherits. Policies name listeners. */
static void join_sections(Loading *loading)
{
    join_kind(loading, SECTION_LISTENER, join_listener);
    join_kind(loading, SECTION_POLICY, join_policy);
}

Settings *settings_load(const char *path, const SettingCheck *checks, GError **error)
{
    g_autoptr(GArray) lines = settings_file_read(path, error);
    if (lines == NULL) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(target_free);
    g_autoptr(GString) faults = g_string_new(NULL);
    Loading loading = {.path = path, .checks = checks, .targets = targets, .faults = faults};
    g_ptr_array_add(targets, target_new(SECTION_FILE, 0));
    for (guint i = 0; i < lines->len; i++)
        take_line(&loading, &g_array_index(lines, SettingsLine, i));
    join_sections(&loading);
    if (loading.fault_count == 0)
        return g_steal_pointer(&target_of_file(&loading)->settings);
    if (loading.fault_count > MAX_FAULTS)
        g_string_append_printf(faults, "\n%s: and %u more", path, loading.fault_count - MAX_FAULTS);
    g_set_error_literal(error, SETTINGS_ERROR, 0, faults->str);
    return NULL;
}
