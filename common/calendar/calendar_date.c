/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/calendar/calendar_date.h"

static gboolean all_digits(Octets value, gsize start, gsize end)
{
    for (gsize i = start; i < end; i++) {
        if (!g_ascii_isdigit(value.data[i]))
            return FALSE;
    }
    return TRUE;
}

gboolean calendar_date_is(Octets value)
{
    if (value.size != CALENDAR_DATE_SIZE && value.size != 15 && value.size != 16)
        return FALSE;
    if (!all_digits(value, 0, CALENDAR_DATE_SIZE))
        return FALSE;
    if (value.size == CALENDAR_DATE_SIZE)
        return TRUE;
    if (g_ascii_toupper(value.data[CALENDAR_DATE_SIZE]) != 'T' || !all_digits(value, 9, 15))
        return FALSE;
    return value.size == 15 || g_ascii_toupper(value.data[15]) == 'Z';
}

gboolean calendar_date_is_epoch(Octets value)
{
    if (!calendar_date_is(value))
        return FALSE;
    Octets day = octets_slice(value, 0, CALENDAR_DATE_SIZE);
    return octets_equal(day, "16010101") || octets_equal(day, "16001231");
}

gboolean calendar_date_has_epoch(Octets value)
{
    gsize start = 0;
    for (gsize i = 0; i <= value.size; i++) {
        if (i < value.size && value.data[i] != ',' && value.data[i] != '/')
            continue;
        if (calendar_date_is_epoch(octets_trim(octets_slice(value, start, i))))
            return TRUE;
        start = i + 1;
    }
    return FALSE;
}

static gint read_number(Octets value, gsize start, gsize end)
{
    gint number = 0;
    for (gsize i = start; i < end; i++)
        number = number * 10 + (value.data[i] - '0');
    return number;
}

gboolean calendar_date_is_day(Octets value)
{
    return value.size == CALENDAR_DATE_SIZE && calendar_date_is(value) &&
           g_date_valid_dmy((GDateDay)read_number(value, 6, 8),
                            (GDateMonth)read_number(value, 4, 6),
                            (GDateYear)read_number(value, 0, 4));
}

int calendar_date_year(Octets value)
{
    return read_number(value, 0, 4);
}

gboolean calendar_date_is_local(Octets value)
{
    return value.size < 16 && calendar_date_is(value) &&
           (value.size == CALENDAR_DATE_SIZE || value.data[CALENDAR_DATE_SIZE] == 'T');
}

gboolean calendar_date_read_utc(Octets value, gint64 *seconds)
{
    if (value.size != 16 || !calendar_date_is(value) || value.data[8] != 'T' ||
        value.data[15] != 'Z')
        return FALSE;
    g_autoptr(GDateTime) time = g_date_time_new_utc(
        read_number(value, 0, 4), read_number(value, 4, 6), read_number(value, 6, 8),
        read_number(value, 9, 11), read_number(value, 11, 13), read_number(value, 13, 15));
    if (time == NULL)
        return FALSE;
    *seconds = g_date_time_to_unix(time);
    return TRUE;
}

void calendar_date_write_utc(gint64 seconds, char out[static CALENDAR_TIME_SIZE])
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *text = g_date_time_format(time, "%Y%m%dT%H%M%SZ");
    g_strlcpy(out, text, CALENDAR_TIME_SIZE);
}
