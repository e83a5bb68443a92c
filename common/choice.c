/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/choice.h"

#define REPAIR_SECTION 0

static gboolean has_daemon(char **daemons, const char *name)
{
    for (; name != NULL && *daemons != NULL; daemons++) {
        if (g_ascii_strcasecmp(*daemons, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean has_listener(char **listeners, const char *name)
{
    return name != NULL && g_strv_contains((const char *const *)listeners, name);
}

static gboolean allows_mailbox(const MailboxList *list, const char *address)
{
    return mailbox_list_is_empty(list) || mailbox_list_has(list, octets_of(address));
}

static gboolean is_for(const SettingsScope *scope, const Envelope *envelope, const char *recipient)
{
    return allows_mailbox(scope->recipients, recipient) &&
           allows_mailbox(scope->senders, envelope->sender) &&
           (network_list_is_empty(scope->clients) ||
            network_list_has(scope->clients, envelope->client)) &&
           (scope->daemons == NULL || has_daemon(scope->daemons, envelope->daemon)) &&
           (scope->listeners == NULL || has_listener(scope->listeners, envelope->listener));
}

static guint find_section(const Settings *settings, const Envelope *envelope, const char *recipient)
{
    for (guint i = 0; i < settings->sections->len; i++) {
        const Settings *section = g_ptr_array_index(settings->sections, i);
        if (is_for(&section->scope, envelope, recipient))
            return i + 1;
    }
    return REPAIR_SECTION;
}

/* Keeps the numbers ascending, each once. */
static void add_section(GArray *sections, guint number)
{
    guint at = 0;
    while (at < sections->len && g_array_index(sections, guint, at) < number)
        at++;
    if (at == sections->len || g_array_index(sections, guint, at) != number)
        g_array_insert_val(sections, at, number);
}

static const Settings *section_of(const Settings *settings, guint number)
{
    return number == REPAIR_SECTION ? settings : g_ptr_array_index(settings->sections, number - 1);
}

static void policy_free(Policy *policy)
{
    if (policy == NULL)
        return;
    policy_clear(policy);
    g_free(policy);
}

static void join_policy(Choice *choice, const Policy *policy)
{
    if (choice->policy == NULL) {
        choice->policy = policy;
        return;
    }
    Policy *both = g_new(Policy, 1);
    policy_init_both(both, choice->policy, policy);
    policy_free(choice->both);
    choice->policy = choice->both = both;
}

static char *names_of(const Settings *settings, const GArray *sections)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < sections->len; i++) {
        const char *name = section_of(settings, g_array_index(sections, guint, i))->name;
        g_string_append_printf(names, "%s%s", i == 0 ? "" : ", ", name == NULL ? "[repair]" : name);
    }
    return g_string_free(names, FALSE);
}

Choice *choice_new(const Settings *settings, const Envelope *envelope)
{
    if (settings->sections->len == 0)
        return NULL;
    Choice *choice = g_new0(Choice, 1);
    const GPtrArray *recipients = envelope->recipients;
    choice->sections = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; recipients != NULL && i < recipients->len; i++)
        add_section(choice->sections,
                    find_section(settings, envelope, g_ptr_array_index(recipients, i)));
    if (choice->sections->len == 0)
        add_section(choice->sections, find_section(settings, envelope, NULL));

    for (guint i = 0; i < choice->sections->len; i++)
        join_policy(choice,
                    &section_of(settings, g_array_index(choice->sections, guint, i))->policy);
    if (choice->sections->len > 1 || g_array_index(choice->sections, guint, 0) != REPAIR_SECTION)
        choice->names = names_of(settings, choice->sections);
    return choice;
}

void choice_free(Choice *choice)
{
    if (choice == NULL)
        return;
    g_array_unref(choice->sections);
    policy_free(choice->both);
    g_free(choice->names);
    g_free(choice);
}
