/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_zone: zones are found by their exact name, and each VTIMEZONE is written octet for octet.
 *
 * One zone stands for each form that a rule can have. That readers get the offsets of the IANA
 * database from the text is a matter of tests/zones.
 */
#include "common/calendar/zone.h"
#include "common/calendar/zone_rule.h"
#include "common/calendar/zone_table.h"

typedef struct {
    const char *tzid;
    int since;
    const char *parts; /* what stands between the TZID line and END:VTIMEZONE */
} TextCase;

static const TextCase texts[] = {
    /* One part, with a name. */
    {"Asia/Tokyo", 1970,
     "BEGIN:STANDARD\nTZNAME:JST\nDTSTART:19700101T000000\n"
     "TZOFFSETFROM:+0900\nTZOFFSETTO:+0900\nEND:STANDARD\n"},
    /* Zero is east. */
    {"Africa/Abidjan", 1970,
     "BEGIN:STANDARD\nTZNAME:GMT\nDTSTART:19700101T000000\n"
     "TZOFFSETFROM:+0000\nTZOFFSETTO:+0000\nEND:STANDARD\n"},
    /* The abbreviation is no name; west, and not in whole hours. */
    {"Pacific/Marquesas", 1970,
     "BEGIN:STANDARD\nDTSTART:19700101T000000\n"
     "TZOFFSETFROM:-0930\nTZOFFSETTO:-0930\nEND:STANDARD\n"},
    {"Asia/Kathmandu", 1986,
     "BEGIN:STANDARD\nDTSTART:19700101T000000\n"
     "TZOFFSETFROM:+0545\nTZOFFSETTO:+0545\nEND:STANDARD\n"},
    /* Two parts: one onset at 02:00, which the rule leaves out, and the last Sunday of a month. */
    {"Europe/Berlin", 1996,
     "BEGIN:STANDARD\nTZNAME:CET\nDTSTART:19701025T030000\n"
     "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n"
     "END:STANDARD\n"
     "BEGIN:DAYLIGHT\nTZNAME:CEST\nDTSTART:19700329T020000\n"
     "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n"
     "END:DAYLIGHT\n"},
    /* West, and the n-th Sunday. */
    {"America/New_York", 2007,
     "BEGIN:STANDARD\nTZNAME:EST\nDTSTART:19701101T020000\n"
     "TZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\n"
     "END:STANDARD\n"
     "BEGIN:DAYLIGHT\nTZNAME:EDT\nDTSTART:19700308T020000\n"
     "TZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\n"
     "END:DAYLIGHT\n"},
    {"America/St_Johns", 2012,
     "BEGIN:STANDARD\nTZNAME:NST\nDTSTART:19701101T020000\n"
     "TZOFFSETFROM:-0230\nTZOFFSETTO:-0330\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\n"
     "END:STANDARD\n"
     "BEGIN:DAYLIGHT\nTZNAME:NDT\nDTSTART:19700308T020000\n"
     "TZOFFSETFROM:-0330\nTZOFFSETTO:-0230\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\n"
     "END:DAYLIGHT\n"},
    /* The southern hemisphere: the year begins in summer time. */
    {"Australia/Sydney", 2008,
     "BEGIN:STANDARD\nTZNAME:AEST\nDTSTART:19700405T030000\n"
     "TZOFFSETFROM:+1100\nTZOFFSETTO:+1000\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU\n"
     "END:STANDARD\n"
     "BEGIN:DAYLIGHT\nTZNAME:AEDT\nDTSTART:19701004T020000\n"
     "TZOFFSETFROM:+1000\nTZOFFSETTO:+1100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU\n"
     "END:DAYLIGHT\n"},
    /* Summer time of half an hour, without names. */
    {"Australia/Lord_Howe", 2008,
     "BEGIN:STANDARD\nDTSTART:19700405T020000\n"
     "TZOFFSETFROM:+1100\nTZOFFSETTO:+1030\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU\n"
     "END:STANDARD\n"
     "BEGIN:DAYLIGHT\nDTSTART:19701004T020000\n"
     "TZOFFSETFROM:+1030\nTZOFFSETTO:+1100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU\n"
     "END:DAYLIGHT\n"},
    /* The rule counts Ireland's winter as the other time, an hour behind. */
    {"Europe/Dublin", 1996,
     "BEGIN:STANDARD\nTZNAME:GMT\nDTSTART:19701025T020000\n"
     "TZOFFSETFROM:+0100\nTZOFFSETTO:+0000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n"
     "END:STANDARD\n"
     "BEGIN:DAYLIGHT\nTZNAME:IST\nDTSTART:19700329T010000\n"
     "TZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n"
     "END:DAYLIGHT\n"},
    /* Onsets not on the hour. */
    {"Pacific/Chatham", 2008,
     "BEGIN:STANDARD\nDTSTART:19700405T034500\n"
     "TZOFFSETFROM:+1345\nTZOFFSETTO:+1245\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU\n"
     "END:STANDARD\n"
     "BEGIN:DAYLIGHT\nDTSTART:19700927T024500\n"
     "TZOFFSETFROM:+1245\nTZOFFSETTO:+1345\nRRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=-1SU\n"
     "END:DAYLIGHT\n"},
    /* Another weekday than Sunday, late in the day. */
    {"Pacific/Easter", 2023,
     "BEGIN:STANDARD\nDTSTART:19700404T220000\n"
     "TZOFFSETFROM:-0500\nTZOFFSETTO:-0600\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SA\n"
     "END:STANDARD\n"
     "BEGIN:DAYLIGHT\nDTSTART:19700905T220000\n"
     "TZOFFSETFROM:-0600\nTZOFFSETTO:-0500\nRRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1SA\n"
     "END:DAYLIGHT\n"},
    /* Midnight, and offsets on both sides of UTC. */
    {"Atlantic/Azores", 1996,
     "BEGIN:STANDARD\nDTSTART:19701025T010000\n"
     "TZOFFSETFROM:+0000\nTZOFFSETTO:-0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n"
     "END:STANDARD\n"
     "BEGIN:DAYLIGHT\nDTSTART:19700329T000000\n"
     "TZOFFSETFROM:-0100\nTZOFFSETTO:+0000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n"
     "END:DAYLIGHT\n"},
    /* Two hours of summer time. */
    {"Antarctica/Troll", 2005,
     "BEGIN:STANDARD\nDTSTART:19701025T030000\n"
     "TZOFFSETFROM:+0200\nTZOFFSETTO:+0000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n"
     "END:STANDARD\n"
     "BEGIN:DAYLIGHT\nDTSTART:19700329T010000\n"
     "TZOFFSETFROM:+0000\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n"
     "END:DAYLIGHT\n"},
};

static char *write_zone(const char *tzid, const char *line_ending)
{
    const Zone *zone = zone_find(octets_of(tzid));
    g_assert_nonnull(zone);
    GString *out = g_string_new("before");
    zone_write(zone, octets_of(line_ending), out);
    return g_string_free(out, FALSE);
}

static void test_text(gconstpointer data)
{
    const TextCase *row = data;
    g_autofree char *wanted =
        g_strdup_printf("beforeBEGIN:VTIMEZONE\nTZID:%s\n%sEND:VTIMEZONE\n", row->tzid, row->parts);
    g_autofree char *written = write_zone(row->tzid, "\n");
    g_assert_cmpstr(written, ==, wanted);
    g_assert_cmpint(zone_since(zone_find(octets_of(row->tzid))), ==, row->since);
}

static void test_line_ending(void)
{
    g_autofree char *written = write_zone("Asia/Tokyo", "\r\n");
    g_assert_cmpstr(written, ==,
                    "beforeBEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\nBEGIN:STANDARD\r\nTZNAME:JST\r\n"
                    "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\n"
                    "END:STANDARD\r\nEND:VTIMEZONE\r\n");
}

static const char *const unknown[] = {
    "",
    "A",
    "Europe",
    "Europe/",
    "Europe/Berli",
    "Europe/Berlin ",
    "Europe/Berlin/",
    "europe/berlin",
    "EUROPE/BERLIN",
    "/Europe/Berlin",
    "\"Europe/Berlin\"",
    "UTC",
    "Etc/UTC",
    "Z",
    "zzz",
    "\xff",
    "W. Europe Standard Time",
    /* No VTIMEZONE of two yearly onsets can say them: another day's time, and Ramadan. */
    "America/Nuuk",
    "America/Santiago",
    "Asia/Jerusalem",
    "Africa/Casablanca",
};

static void test_unknown(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++) {
        if (zone_find(octets_of(unknown[i])) != NULL)
            g_error("\"%s\" was found", unknown[i]);
    }
    g_assert_null(zone_find((Octets){NULL, 0}));
    g_assert_null(zone_find((Octets){"Europe/Berlin\0", 14}));
    g_assert_nonnull(zone_find((Octets){"Europe/Berlin/", 13}));
}

/* Every row can be found, so the table is sorted, and has a rule that can be written. */
static void test_table(void)
{
    g_assert_cmpuint(zone_table_size, >, 400);
    for (gsize i = 0; i < zone_table_size; i++) {
        const Zone *zone = &zone_table[i];
        ZoneRule rule;
        g_assert_true(zone_find(octets_of(zone->tzid)) == zone);
        if (!zone_rule_read(zone->rule, &rule))
            g_error("%s has the rule %s", zone->tzid, zone->rule);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *path = g_strdup_printf("/zone/text/%s", texts[i].tzid);
        g_test_add_data_func(path, &texts[i], test_text);
    }
    g_test_add_func("/zone/line-ending", test_line_ending);
    g_test_add_func("/zone/unknown", test_unknown);
    g_test_add_func("/zone/table", test_table);
    return g_test_run();
}
