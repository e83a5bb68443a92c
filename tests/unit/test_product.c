/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_product: PRODIDs, as mail brings them, and the product that each names.
 */
#include "cli/report/product.h"

#include <string.h>

static const struct {
    const char *prodid;
    const char *product;
} cases[] = {
    {"Microsoft Exchange Server 2010", "Microsoft Exchange Server 2010"},
    {"Microsoft CDO for Microsoft Exchange", "Microsoft CDO for Microsoft Exchange"},
    {"-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN", "Microsoft Outlook"},
    {"-//Microsoft Corporation//Outlook 12.0 MIMEDIR//EN", "Microsoft Outlook"},
    {"-//Google Inc//Google Calendar 70.9054//EN", "Google Calendar"},
    {"-//Apple Computer\\, Inc//iCal 1.5//EN", "Apple iCal"},
    {"-//Apple Inc.//Mac OS X 10.9.5//EN", "Apple Mac OS X"},
    {"-//CALENDARSERVER.ORG//NONSGML Version 1//EN", "CALENDARSERVER.ORG"},
    {"-//Lotus Development Corporation//NONSGML Notes 8.5.3//EN", "Lotus Notes"},
    {"-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "Mozilla Calendar"},
    {"-//ACME/DesktopCalendar//EN", "ACME DesktopCalendar"},
    {"-//hacksw/handcal//NONSGML v1.0//EN", "hacksw/handcal"},
    {"-//K Desktop Environment//NONSGML KOrganizer 4.4.5//EN", "K Desktop Environment KOrganizer"},
    {"-//Sabre//Sabre VObject 4.2.0//EN", "Sabre VObject"},
    {"-//Roundcube 1.5.3//Sabre VObject 4.5.3//EN", "Roundcube Sabre VObject"},
    {"//Yahoo//Calendar//EN", "Yahoo Calendar"},
    {"Zimbra-Calendar-Provider", "Zimbra-Calendar-Provider"},
    {" spaced  out ", "spaced out"},
    {"-//", "-//"},
    {"1.0", "1.0"},
    {"", PRODUCT_NONE},
    {" \t ", PRODUCT_NONE},
    {NULL, PRODUCT_NONE},
};

static void test_names(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *product = product_of(cases[i].prodid);
        g_assert_cmpstr(product, ==, cases[i].product);
    }
}

/* Whatever comes, a name is UTF-8, short, and the same when it is read again. */
static void check_octets(const char *prodid)
{
    g_autofree char *product = product_of(prodid);
    g_assert_true(g_utf8_validate(product, -1, NULL));
    g_assert_cmpuint(strlen(product), >, 0);
    g_assert_cmpuint(strlen(product), <=, PRODUCT_MAX);
}

static void test_hostile(void)
{
    static const char letters[] = "-/ \\,;AxN0.\xff\xc3\xa9\n<";
    for (guint round = 0; round < 20000; round++) {
        char prodid[200] = "";
        gsize size = (gsize)g_test_rand_int_range(0, sizeof prodid - 1);
        for (gsize i = 0; i < size; i++)
            prodid[i] = letters[g_test_rand_int_range(0, sizeof letters - 1)];
        check_octets(prodid);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/product/names", test_names);
    g_test_add_func("/product/hostile", test_hostile);
    return g_test_run();
}
