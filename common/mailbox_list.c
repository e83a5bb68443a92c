/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mailbox_list.h"

#include <string.h>

#define SEPARATORS ",; \t"
#define NO_SENDER  "<>"

struct MailboxList {
    GPtrArray *entries; /* in the order in which they were written, in lower case */
    GHashTable *set;    /* the same; its keys belong to `entries` */
};

static gboolean has_control(const char *text)
{
    while (*text != '\0' && !g_ascii_iscntrl(*text))
        text++;
    return *text != '\0';
}

/* Whether an entry has one of the forms. */
static gboolean is_entry(const char *entry)
{
    const char *at = strrchr(entry, '@');
    if (has_control(entry))
        return FALSE;
    if (strcmp(entry, NO_SENDER) == 0)
        return TRUE;
    if (entry[0] == '.')
        return at == NULL && entry[1] != '\0' && entry[1] != '.';
    return at != NULL && at[1] != '\0' && at[1] != '.';
}

static void add_entry(MailboxList *list, const char *entry)
{
    char *lower = g_ascii_strdown(entry, -1);
    g_ptr_array_add(list->entries, lower);
    g_hash_table_add(list->set, lower);
}

MailboxList *mailbox_list_parse(const char *text, GError **error)
{
    g_autoptr(MailboxList) list = g_new0(MailboxList, 1);
    list->entries = g_ptr_array_new_with_free_func(g_free);
    list->set = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) entries = g_strsplit_set(text, SEPARATORS, -1);
    for (char **entry = entries; *entry != NULL; entry++) {
        if (**entry == '\0')
            continue;
        if (!is_entry(*entry)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "\"%s\" is none of user@domain, @domain, .domain and <>", *entry);
            return NULL;
        }
        add_entry(list, *entry);
    }
    return g_steal_pointer(&list);
}

void mailbox_list_free(MailboxList *list)
{
    if (list == NULL)
        return;
    g_hash_table_unref(list->set);
    g_ptr_array_unref(list->entries);
    g_free(list);
}

gboolean mailbox_list_is_empty(const MailboxList *list)
{
    return list->entries->len == 0;
}

gboolean mailbox_list_has(const MailboxList *list, Octets address)
{
    if (mailbox_list_is_empty(list) || address.size == 0)
        return FALSE;
    g_autofree char *lower = g_ascii_strdown(address.data, (gssize)address.size);
    if (g_hash_table_contains(list->set, lower))
        return TRUE;

    const char *rest = strrchr(lower, '@');
    if (rest == NULL)
        return FALSE;
    gboolean found = g_hash_table_contains(list->set, rest);
    while (!found && (rest = strchr(rest + 1, '.')) != NULL)
        found = g_hash_table_contains(list->set, rest);
    return found;
}

char *mailbox_list_to_text(const MailboxList *list)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < list->entries->len; i++) {
        const char *entry = g_ptr_array_index(list->entries, i);
        g_string_append_printf(text, "%s%s", i == 0 ? "" : ", ", entry);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
