/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/calendar/zone.h"
#include "common/calendar/zone_rule.h"
#include "common/calendar/zone_table.h"

#include <stdlib.h>
#include <string.h>

static int compare_tzid(const void *key, const void *row)
{
    const Octets *tzid = key;
    const Zone *zone = row;
    gsize size = strlen(zone->tzid);
    int order = memcmp(tzid->data, zone->tzid, MIN(tzid->size, size));
    return order != 0 ? order : (tzid->size > size) - (tzid->size < size);
}

const Zone *zone_find(Octets tzid)
{
    if (tzid.size == 0)
        return NULL;
    return bsearch(&tzid, zone_table, zone_table_size, sizeof *zone_table, compare_tzid);
}

int zone_since(const Zone *zone)
{
    return zone->since;
}

typedef struct {
    GString *out;
    Octets line_ending;
} Writer;

G_GNUC_PRINTF(2, 3) static void write_line(const Writer *writer, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_string_append_vprintf(writer->out, format, values);
    va_end(values);
    g_string_append_len(writer->out, writer->line_ending.data, (gssize)writer->line_ending.size);
}

static void write_offset(const Writer *writer, const char *name, int minutes)
{
    write_line(writer, "%s:%c%02d%02d", name, minutes < 0 ? '-' : '+', ABS(minutes) / 60,
               ABS(minutes) % 60);
}

static void write_recurrence(const Writer *writer, const ZonePart *part)
{
    static const char weekdays[][3] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    write_line(writer, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", part->month,
               part->week == 5 ? -1 : part->week, weekdays[part->weekday]);
}

static void write_start(const Writer *writer, const ZonePart *part)
{
    write_line(writer, "DTSTART:1970%02d%02dT%02d%02d00", part->month, zone_rule_first_day(part),
               part->minute / 60, part->minute % 60);
}

/* `before` is the part that `part` ends; itself where there is no other, which begins once. */
static void write_part(const Writer *writer, const char *name, const ZonePart *part,
                       const ZonePart *before)
{
    write_line(writer, "BEGIN:%s", name);
    if (part->name.size > 0)
        write_line(writer, "TZNAME:%.*s", (int)part->name.size, part->name.data);
    if (part == before)
        write_line(writer, "DTSTART:19700101T000000");
    else
        write_start(writer, part);
    write_offset(writer, "TZOFFSETFROM", before->offset);
    write_offset(writer, "TZOFFSETTO", part->offset);
    if (part != before)
        write_recurrence(writer, part);
    write_line(writer, "END:%s", name);
}

void zone_write(const Zone *zone, Octets line_ending, GString *out)
{
    Writer writer = {out, line_ending};
    ZoneRule rule;
    gboolean read = zone_rule_read(zone->rule, &rule);
    g_assert(read); /* a row of our own table */
    const ZonePart *last = &rule.parts[rule.count - 1];
    write_line(&writer, "BEGIN:VTIMEZONE");
    write_line(&writer, "TZID:%s", zone->tzid);
    write_part(&writer, "STANDARD", &rule.parts[0], last);
    if (rule.count == 2)
        write_part(&writer, "DAYLIGHT", last, &rule.parts[0]);
    write_line(&writer, "END:VTIMEZONE");
}
