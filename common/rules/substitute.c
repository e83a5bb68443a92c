/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/substitute.h"

#include <gmime/gmime.h>
#include <string.h>

#define SECONDS_PER_DAY (24 * 60 * 60)

/* No date is longer than a line may be (RFC 5322 2.1.1). GMime keeps every word of what it is
 * given. */
#define MAX_DATE 998

/* 1971-01-01 00:00:00 UTC: 1970 is what a clock that was never set says. */
#define EARLIEST (365 * SECONDS_PER_DAY)

gboolean substitute_is_usable(gint64 seconds, gint64 now)
{
    return seconds >= EARLIEST && seconds <= now + SECONDS_PER_DAY;
}

static gboolean is_too_long(const char *text)
{
    return strnlen(text, MAX_DATE + 1) > MAX_DATE;
}

/* What follows the time of day; NULL where there is none that GMime can read, which it then takes
 * for midnight, hours off. */
static const char *after_time_of_day(const char *text)
{
    for (const char *at = strchr(text, ':'); at != NULL; at = strchr(at + 1, ':')) {
        if (at > text && g_ascii_isdigit(at[-1]) && g_ascii_isdigit(at[1]))
            return at + strspn(at, "0123456789:");
    }
    return NULL;
}

/* A single letter: it tells nothing and counts as UTC (RFC 5322 4.3), where GMime takes it at its
 * word. */
static gboolean is_military_zone(const char *zone)
{
    zone += strspn(zone, " \t");
    return g_ascii_isalpha(zone[0]) && !g_ascii_isalnum(zone[1]);
}

/* Seconds since 1970 of a date, negative where there is none. */
static gint64 read_date(const char *text)
{
    const char *zone = is_too_long(text) ? NULL : after_time_of_day(text);
    g_autoptr(GDateTime) date = zone == NULL ? NULL : g_mime_utils_header_decode_date(text);
    if (date == NULL)
        return -1;
    gint64 offset = g_date_time_get_utc_offset(date) / G_TIME_SPAN_SECOND;
    return g_date_time_to_unix(date) + (is_military_zone(zone) ? offset : 0);
}

gboolean substitute_find_date(const Message *message, gint64 now, gint64 *date)
{
    const HeaderField *field = message_find_field(message, "Date");
    if (field == NULL)
        return FALSE;
    g_autofree char *text = message_field_text(message, field);
    *date = read_date(text);
    return substitute_is_usable(*date, now);
}

MessageTimes substitute_message_times(const Message *message, gint64 now)
{
    MessageTimes times = {.now = now, .fallback = now};
    gint64 date;
    if (substitute_find_date(message, now, &date))
        times.fallback = date;
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
    if (is_too_long(value))
        return FALSE;
    g_autoptr(GDateTime) readable = g_mime_utils_header_decode_date(value);
    return readable == NULL && (is_day_after_shift(value, "1601", 2001, 1, 1) ||
                                is_day_after_shift(value, "1600", 2000, 12, 31));
}
