/* SPDX-License-Identifier: BSD-2-Clause
 *
 * maildir_name: see maildir_name.h.
 */
#include "cli/mend/maildir_name.h"

#include <stdlib.h>
#include <string.h>

#define MARK ".calmend"

/* More digits behind a mark are no count of ours. */
#define DIGITS_MAX 6

/* The end of a name from its colon on, or an empty string. Borrowed from it. */
static const char *info_of(const char *name)
{
    return name + strcspn(name, ":");
}

char *maildir_name_unique(const char *name)
{
    return g_strndup(name, strcspn(name, ",:"));
}

char *maildir_name_with_info(const char *name, const char *other)
{
    g_autofree char *head = g_strndup(name, strcspn(name, ":"));
    return g_strconcat(head, info_of(other), NULL);
}

/* How often the mail of this unique part was mended; 0 without a mark. `*size` is what stands
 * before the mark. A mark is written in one way only: no 1, no zeros in front. */
static guint count_mark(const char *unique, gsize *size)
{
    const char *mark = g_strrstr(unique, MARK);
    const char *digits = mark == NULL ? "" : mark + strlen(MARK);
    gsize length = strspn(digits, "0123456789");
    *size = strlen(unique);
    if (mark == NULL || mark == unique || digits[length] != '\0' || length > DIGITS_MAX)
        return 0;
    guint count = length == 0 ? 1 : (guint)strtoul(digits, NULL, 10);
    if (length > 0 && (digits[0] == '0' || count < 2))
        return 0;
    *size = (gsize)(mark - unique);
    return count;
}

static void append_mark(GString *text, guint count)
{
    if (count > 0)
        g_string_append(text, MARK);
    if (count > 1)
        g_string_append_printf(text, "%u", count);
}

static char *marked(const char *unique, gsize size, guint count)
{
    GString *text = g_string_new_len(unique, (gssize)size);
    append_mark(text, count);
    return g_string_free(text, FALSE);
}

char *maildir_name_source(const char *name)
{
    g_autofree char *unique = maildir_name_unique(name);
    gsize size;
    guint count = count_mark(unique, &size);
    return count == 0 ? NULL : marked(unique, size, count - 1);
}

/* Each S= and W= of the name, in its order. */
static void append_sizes(GString *text, const char *name, gsize size, gsize wire_size)
{
    g_autofree char *head = g_strndup(name, strcspn(name, ":"));
    g_auto(GStrv) fields = g_strsplit(head, ",", -1);
    for (guint i = 1; fields[0] != NULL && fields[i] != NULL; i++) {
        if (g_str_has_prefix(fields[i], "S="))
            g_string_append_printf(text, ",S=%" G_GSIZE_FORMAT, size);
        if (g_str_has_prefix(fields[i], "W="))
            g_string_append_printf(text, ",W=%" G_GSIZE_FORMAT, wire_size);
    }
}

char *maildir_name_mended(const char *name, gsize size, gsize wire_size)
{
    g_autofree char *unique = maildir_name_unique(name);
    gsize length;
    guint count = count_mark(unique, &length);
    GString *text = g_string_new_len(unique, (gssize)length);
    append_mark(text, count + 1);
    append_sizes(text, name, size, wire_size);
    g_string_append(text, info_of(name));
    return g_string_free(text, FALSE);
}
