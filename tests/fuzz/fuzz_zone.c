/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_zone: the zone table, the reader of its rules, and what is written for a zone.
 *
 * A name is found just when a row has it. What is written, for that row and for any rule that is
 * read, is one VTIMEZONE for libical, with that TZID and the offsets of the rule, in short lines
 * ended as was asked for. The input is a choice of the line ending, a TZID, LF, and a rule.
 */
#include "common/calendar/zone_rule.h"
#include "common/calendar/zone_table.h"
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

#include <libical/ical.h>
#include <string.h>

/* A rule of this length has names of the length that names have. */
enum { RULE_SIZE = 60, LINE_SIZE = 75 };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    repair_init();
    return 0;
}

static void require_lines(Octets text, Octets line_ending)
{
    for (gsize at = 0; at < text.size;) {
        gsize next = octets_next_line(text, at);
        gsize end = octets_line_ending(text, next);
        fuzz_require(fuzz_octets_same(octets_slice(text, end, next), line_ending),
                     "a line ends as was asked for");
        fuzz_require(0 < end - at && end - at < LINE_SIZE, "a line needs no fold");
        for (; at < end; at++)
            fuzz_require(g_ascii_isprint(text.data[at]), "a line is plain text");
        at = next;
    }
}

static int offset_of(icalcomponent *part)
{
    icalproperty *property = icalcomponent_get_first_property(part, ICAL_TZOFFSETTO_PROPERTY);
    fuzz_require(property != NULL, "a part has its offset");
    return icalproperty_get_tzoffsetto(property) / 60;
}

static void require_parts(icalcomponent *component, const ZoneRule *rule)
{
    icalcomponent *part = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
    for (guint i = 0; i < rule->count; i++) {
        fuzz_require(part != NULL && icalcomponent_isa(part) == (i == 0 ? ICAL_XSTANDARD_COMPONENT
                                                                        : ICAL_XDAYLIGHT_COMPONENT),
                     "the parts are there, the standard time first");
        fuzz_require(offset_of(part) == rule->parts[i].offset, "a part has the offset of the rule");
        part = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT);
    }
    fuzz_require(part == NULL, "there are no other parts");
}

static void require_component(const char *text, const Zone *zone, const ZoneRule *rule)
{
    icalcomponent *component = icalparser_parse_string(text);
    fuzz_require(component != NULL && icalcomponent_isa(component) == ICAL_VTIMEZONE_COMPONENT,
                 "it is one VTIMEZONE");
    fuzz_require(icalcomponent_count_errors(component) == 0, "libical finds no error");
    icalproperty *tzid = icalcomponent_get_first_property(component, ICAL_ANY_PROPERTY);
    fuzz_require(tzid != NULL && icalproperty_isa(tzid) == ICAL_TZID_PROPERTY &&
                     strcmp(icalproperty_get_tzid(tzid), zone->tzid) == 0,
                 "it has its TZID");
    require_parts(component, rule);
    icalcomponent_free(component);
}

static void require_text(const Zone *zone, const ZoneRule *rule, Octets line_ending)
{
    g_autoptr(GString) text = g_string_new(NULL);
    zone_write(zone, line_ending, text);
    require_lines((Octets){text->str, text->len}, line_ending);
    require_component(text->str, zone, rule);
}

static void require_found(Octets tzid, Octets line_ending)
{
    gboolean there = FALSE;
    for (gsize i = 0; i < zone_table_size; i++)
        there = there || octets_equal(tzid, zone_table[i].tzid);
    const Zone *zone = zone_find(tzid);
    fuzz_require((zone != NULL) == there, "a name is found just when a row has it");
    if (zone == NULL)
        return;
    ZoneRule rule;
    fuzz_require(octets_equal(tzid, zone->tzid), "the row has that name");
    fuzz_require(zone_rule_read(zone->rule, &rule), "the rule of a row can be read");
    require_text(zone, &rule, line_ending);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    Octets line_ending = octets_of(fuzz_choose(&input, 2) == 0 ? "\r\n" : "\n");
    gsize next = octets_next_line(input, 0);
    require_found(octets_slice(input, 0, octets_line_ending(input, next)), line_ending);

    g_autofree char *text = octets_dup(octets_slice(input, next, input.size));
    ZoneRule rule;
    if (strlen(text) < RULE_SIZE && zone_rule_read(text, &rule))
        require_text(&(Zone){"Test/Made_Up", 1970, text}, &rule, line_ending);
    return 0;
}
