/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/producer.h"

#include <string.h>

static const char *const names[] = {
    "apple", "domino", "exchange", "google",    "horde", "kde",    "mozilla",
    "none",  "other",  "outlook",  "microsoft", "sabre", "zimbra",
};

/* Outlook and Exchange name Microsoft, too; Roundcube and others name Sabre behind their own. */
static const struct {
    const char *mark;
    const char *name;
} marks[] = {
    {"Outlook", "outlook"},
    {"Microsoft Exchange", "exchange"},
    {"Microsoft", "microsoft"},
    {"Google", "google"},
    {"Apple", "apple"},
    {"CALENDARSERVER", "apple"},
    {"Lotus", "domino"},
    {"Domino", "domino"},
    {"Mozilla", "mozilla"},
    {"K Desktop", "kde"},
    {"KDE", "kde"},
    {"Horde", "horde"},
    {"Zimbra", "zimbra"},
    {"Sabre", "sabre"},
};

guint producer_groups(void)
{
    return G_N_ELEMENTS(names);
}

static guint group_named(const char *name)
{
    guint group = 0;
    while (strcmp(names[group], name) != 0)
        group++;
    return group;
}

guint producer_group(const char *prodid)
{
    if (prodid == NULL)
        return group_named("none");
    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (strcasestr(prodid, marks[i].mark) != NULL)
            return group_named(marks[i].name);
    }
    return group_named("other");
}

const char *producer_name(guint group)
{
    return names[group];
}
