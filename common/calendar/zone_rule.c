/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/calendar/zone_rule.h"

enum { MINUTES_OF_HOUR = 60, MINUTES_OF_DAY = 24 * 60, DEFAULT_ONSET = 2 * 60 };

static gboolean skip(const char **at, char octet)
{
    if (**at != octet)
        return FALSE;
    (*at)++;
    return TRUE;
}

/* A number of one or two digits, `low` to `high`. */
static gboolean read_number(const char **at, int low, int high, int *number)
{
    int value = g_ascii_digit_value(**at);
    if (value < 0)
        return FALSE;
    (*at)++;
    if (g_ascii_isdigit(**at))
        value = value * 10 + g_ascii_digit_value(*(*at)++);
    *number = value;
    return value >= low && value <= high;
}

/* A name in angle brackets has a sign and digits, and says no more than the offset does. */
static gboolean read_name(const char **at, Octets *name)
{
    *name = (Octets){NULL, 0};
    if (skip(at, '<')) {
        while (g_ascii_isalnum(**at) || **at == '+' || **at == '-')
            (*at)++;
        return skip(at, '>');
    }
    name->data = *at;
    while (g_ascii_isalpha(**at))
        (*at)++;
    name->size = (gsize)(*at - name->data);
    return name->size > 0;
}

/* hh or hh:mm, as minutes. */
static gboolean read_minutes(const char **at, int *minutes)
{
    int hour;
    int minute = 0;
    if (!read_number(at, 0, 24, &hour) || (skip(at, ':') && !read_number(at, 0, 59, &minute)))
        return FALSE;
    *minutes = hour * MINUTES_OF_HOUR + minute;
    return TRUE;
}

/* POSIX counts west of UTC. */
static gboolean read_offset(const char **at, int *offset)
{
    gboolean east = skip(at, '-');
    if (!east)
        skip(at, '+');
    int minutes;
    if (!read_minutes(at, &minutes))
        return FALSE;
    *offset = east ? minutes : -minutes;
    return TRUE;
}

static gboolean read_onset(const char **at, ZonePart *part)
{
    part->minute = DEFAULT_ONSET;
    return skip(at, ',') && skip(at, 'M') && read_number(at, 1, 12, &part->month) &&
           skip(at, '.') && read_number(at, 1, 5, &part->week) && skip(at, '.') &&
           read_number(at, 0, 6, &part->weekday) &&
           (!skip(at, '/') || (read_minutes(at, &part->minute) && part->minute < MINUTES_OF_DAY));
}

/* Without an offset of its own, summer time is an hour ahead. */
static gboolean read_summer(const char **at, ZonePart *winter, ZonePart *summer)
{
    if (!read_name(at, &summer->name))
        return FALSE;
    summer->offset = winter->offset + MINUTES_OF_HOUR;
    if (**at != ',' && !read_offset(at, &summer->offset))
        return FALSE;
    return read_onset(at, summer) && read_onset(at, winter);
}

/* What POSIX takes for summer time is behind the other in Ireland. */
static void order_parts(ZoneRule *rule)
{
    if (rule->parts[0].offset < rule->parts[1].offset)
        return;
    ZonePart greater = rule->parts[0];
    rule->parts[0] = rule->parts[1];
    rule->parts[1] = greater;
}

gboolean zone_rule_read(const char *text, ZoneRule *rule)
{
    const char *at = text;
    *rule = (ZoneRule){.count = 1};
    if (!read_name(&at, &rule->parts[0].name) || !read_offset(&at, &rule->parts[0].offset))
        return FALSE;
    if (*at == '\0')
        return TRUE;
    rule->count = 2;
    if (!read_summer(&at, &rule->parts[0], &rule->parts[1]) || *at != '\0')
        return FALSE;
    order_parts(rule);
    return TRUE;
}

int zone_rule_first_day(const ZonePart *part)
{
    enum { YEAR = 1970, WEEK = 7 };
    GDateMonth month = (GDateMonth)part->month;
    GDate first;
    g_date_set_dmy(&first, 1, month, YEAR);
    int weekday = (int)g_date_get_weekday(&first) % WEEK;
    int day = 1 + (part->weekday - weekday + WEEK) % WEEK + (part->week - 1) * WEEK;
    return day > g_date_get_days_in_month(month, YEAR) ? day - WEEK : day;
}
