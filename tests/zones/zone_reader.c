/* SPDX-License-Identifier: BSD-2-Clause
 *
 * zone_reader: shows a test what is written for a zone, and what libical reads from that.
 *
 *   zone_reader text TZID...   the VTIMEZONE of each
 *   zone_reader offsets        answers requests on stdin: a line "TZID utc COUNT" or "TZID local
 *                              COUNT" and COUNT times, seconds since 1970 of UTC or of the local
 *                              time, each an int64_t of this machine. The answer is the offset at
 *                              each, seconds east of UTC, an int32_t.
 *
 * Exit 1 when a zone is not known or libical cannot read it, or a request is cut.
 */
#include "common/calendar/zone.h"

#include <inttypes.h>
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what)
{
    fprintf(stderr, "zone_reader: %s\n", what);
    exit(1);
}

static GString *write_zone(const char *tzid)
{
    const Zone *zone = zone_find(octets_of(tzid));
    if (zone == NULL)
        fail(tzid);
    GString *text = g_string_new(NULL);
    zone_write(zone, octets_of("\r\n"), text);
    return text;
}

/* Owned by the caller, icaltimezone_free. */
static icaltimezone *read_zone(const char *tzid)
{
    g_autoptr(GString) text = write_zone(tzid);
    icalcomponent *component = icalparser_parse_string(text->str);
    icaltimezone *zone = icaltimezone_new();
    if (component == NULL || !icaltimezone_set_component(zone, component))
        fail(tzid);
    return zone;
}

static int32_t offset_at(icaltimezone *zone, gboolean local, int64_t seconds)
{
    struct icaltimetype time =
        icaltime_from_timet_with_zone((time_t)seconds, 0, icaltimezone_get_utc_timezone());
    if (!local)
        return icaltimezone_get_utc_offset_of_utc_time(zone, &time, NULL);
    time.zone = NULL;
    return icaltimezone_get_utc_offset(zone, &time, NULL);
}

static void answer(const char *tzid, gboolean local, gsize count)
{
    g_autofree int64_t *times = g_new(int64_t, count);
    g_autofree int32_t *offsets = g_new(int32_t, count);
    if (fread(times, sizeof *times, count, stdin) != count)
        fail("a request is cut");
    icaltimezone *zone = read_zone(tzid);
    for (gsize i = 0; i < count; i++)
        offsets[i] = offset_at(zone, local, times[i]);
    icaltimezone_free(zone, 1);
    if (fwrite(offsets, sizeof *offsets, count, stdout) != count || fflush(stdout) != 0)
        fail("nobody reads");
}

static void answer_all(void)
{
    char line[256];
    while (fgets(line, sizeof line, stdin) != NULL) {
        g_auto(GStrv) words = g_strsplit(g_strchomp(line), " ", 0);
        if (g_strv_length(words) != 3)
            fail("a request has three words");
        answer(words[0], strcmp(words[1], "local") == 0, strtoul(words[2], NULL, 10));
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "offsets") == 0) {
        answer_all();
        return 0;
    }
    if (argc < 2 || strcmp(argv[1], "text") != 0)
        fail("text TZID... or offsets");
    for (int i = 2; i < argc; i++) {
        g_autoptr(GString) text = write_zone(argv[i]);
        fputs(text->str, stdout);
    }
    return 0;
}
