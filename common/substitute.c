/* SPDX-License-Identifier: BSD-2-Clause */
#include "substitute.h"

#include <gmime/gmime.h>
#include <string.h>

#define SECONDS_PER_DAY (24 * 60 * 60)

gboolean substitute_is_usable(gint64 seconds, gint64 now)
{
    return seconds >= 0 && seconds <= now + SECONDS_PER_DAY;
}

MessageTimes substitute_message_times(const Message *message, gint64 now)
{
    MessageTimes times = {.now = now, .fallback = now};
    const HeaderField *field = message_find_field(message, "Date");
    if (field == NULL)
        return times;
    g_autofree char *text = message_field_text(message, field);
    g_autoptr(GDateTime) date = g_mime_utils_header_decode_date(text);
    if (date != NULL && substitute_is_usable(g_date_time_to_unix(date), now))
        times.fallback = g_date_time_to_unix(date);
    return times;
}

static gboolean is_day(GDateTime *date, int year, int month, int day)
{
    return date != NULL && g_date_time_get_year(date) == year &&
           g_date_time_get_month(date) == month && g_date_time_get_day_of_month(date) == day;
}

/* GMime reads no date that early. The Gregorian calendar repeats after 400 years, week days
 * included, so the same text with a later year tells whether it is a date, and which. */
static gboolean is_day_after_shift(const char *value, const char *year, int shifted_year, int month,
                                   int day)
{
    const char *at = strstr(value, year);
    if (at == NULL)
        return FALSE;
    g_autofree char *shifted =
        g_strdup_printf("%.*s%d%s", (int)(at - value), value, shifted_year, at + strlen(year));
    g_autoptr(GDateTime) date = g_mime_utils_header_decode_date(shifted);
    return is_day(date, shifted_year, month, day);
}

gboolean substitute_field_is_epoch(const char *value)
{
    g_autoptr(GDateTime) readable = g_mime_utils_header_decode_date(value);
    return readable == NULL && (is_day_after_shift(value, "1601", 2001, 1, 1) ||
                                is_day_after_shift(value, "1600", 2000, 12, 31));
}
