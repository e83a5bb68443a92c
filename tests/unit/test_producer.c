/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_producer: PRODIDs, as mail brings them, and the group that counts them.
 */
#include "common/transit/producer.h"

typedef struct {
    const char *prodid;
    const char *name;
} Case;

static const Case cases[] = {
    {"Microsoft Exchange Server 2010", "exchange"},
    {"Microsoft CDO for Microsoft Exchange", "exchange"},
    {"-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN", "outlook"},
    {"-//Microsoft Corporation//Windows Live Calendar//EN", "microsoft"},
    {"-//Google Inc//Google Calendar 70.9054//EN", "google"},
    {"-//Apple Inc.//Mac OS X 10.15.7//EN", "apple"},
    {"-//CALENDARSERVER.ORG//NONSGML Version 1//EN", "apple"},
    {"-//Lotus Development Corporation//NONSGML Notes 8.5.3//EN", "domino"},
    {"-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "mozilla"},
    {"-//K Desktop Environment//NONSGML KOrganizer 4.4.5//EN", "kde"},
    {"-//The Horde Project//Horde iCalendar Library//EN", "horde"},
    {"Zimbra-Calendar-Provider", "zimbra"},
    {"-//Sabre//Sabre VObject 4.2.0//EN", "sabre"},
    {"MICROSOFT EXCHANGE SERVER", "exchange"},
    {"-//Example//Lab//EN", "other"},
    {"", "other"},
    {NULL, "none"},
};

static void test_groups(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(producer_name(producer_group(cases[i].prodid)), ==, cases[i].name);
}

static void test_names(void)
{
    for (guint group = 0; group < producer_groups(); group++) {
        const char *name = producer_name(group);
        g_assert_true(*name != '\0');
        for (; *name != '\0'; name++)
            g_assert_true(g_ascii_islower(*name));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/producer/groups", test_groups);
    g_test_add_func("/producer/names", test_names);
    return g_test_run();
}
