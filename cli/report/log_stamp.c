/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/log_stamp.h"

#include <stdio.h>
#include <string.h>

#define SECONDS_PER_DAY (24 * 60 * 60)
#define TRADITIONAL     "Nov 27 00:41:27"
#define PROGRAM         "calmend"

/* No stamp of RFC 3339 is longer. */
#define LONGEST_STAMP 64

static int read_month(const char *text)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strncmp(text, names[i], strlen(names[i])) == 0)
            return (int)i + 1;
    }
    return 0;
}

/* The stamp in the last year in which it is not later than tomorrow. A day may be none in a year.
 */
static gboolean place_in_year(int month, const int clock[4], gint64 now, gint64 *time)
{
    g_autoptr(GDateTime) today = g_date_time_new_from_unix_local(now);
    for (int year = g_date_time_get_year(today) + 1; year > g_date_time_get_year(today) - 8;
         year--) {
        g_autoptr(GDateTime) date =
            g_date_time_new_local(year, month, clock[0], clock[1], clock[2], clock[3]);
        if (date == NULL || g_date_time_to_unix(date) > now + SECONDS_PER_DAY)
            continue;
        *time = g_date_time_to_unix(date);
        return TRUE;
    }
    return FALSE;
}

static const char *skip_traditional(const char *line, gint64 now, gint64 *time)
{
    int clock[4]; /* day, hour, minute, second */
    int month = read_month(line);
    if (month == 0 || strlen(line) <= strlen(TRADITIONAL) ||
        sscanf(line + strlen("Nov"), " %2d %2d:%2d:%2d", &clock[0], &clock[1], &clock[2],
               &clock[3]) != 4 ||
        !place_in_year(month, clock, now, time))
        return NULL;
    return line + strlen(TRADITIONAL);
}

static const char *skip_rfc3339(const char *line, gint64 *time)
{
    const char *blank = strchr(line, ' ');
    if (blank == NULL || blank - line > LONGEST_STAMP)
        return NULL;
    g_autofree char *stamp = g_strndup(line, (gsize)(blank - line));
    g_autoptr(GTimeZone) local = g_time_zone_new_local();
    g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(stamp, local);
    if (date == NULL)
        return NULL;
    *time = g_date_time_to_unix(date);
    return blank;
}

const char *log_stamp_skip(const char *line, gint64 now, gint64 *time)
{
    const char *host =
        g_ascii_isdigit(*line) ? skip_rfc3339(line, time) : skip_traditional(line, now, time);
    const char *tag = host == NULL || *host != ' ' ? NULL : strchr(host + 1, ' ');
    if (tag == NULL || !g_str_has_prefix(tag + 1, PROGRAM))
        return NULL;
    const char *text = strstr(tag + 1, ": ");
    return text == NULL ? NULL : text + strlen(": ");
}
