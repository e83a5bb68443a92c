/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_network_list: which addresses a list of networks holds, and which entries are none.
 */
#include "common/network_list.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *list;
    const char *address;
    gboolean has;
} ListCase;

static const ListCase cases[] = {
    {"empty-list", "", "192.0.2.1", FALSE},
    {"address", "192.0.2.1", "192.0.2.1", TRUE},
    {"address-other", "192.0.2.1", "192.0.2.10", FALSE},
    {"network-first", "192.0.2.0/25", "192.0.2.0", TRUE},
    {"network-last", "192.0.2.0/25", "192.0.2.127", TRUE},
    {"network-after", "192.0.2.0/25", "192.0.2.128", FALSE},
    {"everything", "0.0.0.0/0", "203.0.113.9", TRUE},
    {"everything-of-one-family", "0.0.0.0/0", "2001:db8::1", FALSE},
    {"six", "2001:db8::1", "2001:db8::1", TRUE},
    {"six-written-in-full", "2001:db8::1", "2001:0DB8:0:0:0:0:0:1", TRUE},
    {"six-network", "2001:db8::/33", "2001:db8:7fff:ffff::1", TRUE},
    {"six-network-after", "2001:db8::/33", "2001:db8:8000::", FALSE},
    {"four-as-six", "192.0.2.0/24", "::ffff:192.0.2.7", TRUE},
    {"loopback-six", "::1", "::1", TRUE},
    {"second-of-several", "10.0.0.0/8, 2001:db8::/32;192.0.2.0/24", "192.0.2.200", TRUE},
    {"unknown", "0.0.0.0/0, ::/0", "unknown", FALSE},
    {"nothing", "0.0.0.0/0, ::/0", "", FALSE},
    {"no-address", "0.0.0.0/0, ::/0", NULL, FALSE},
};

static void test_has(gconstpointer data)
{
    const ListCase *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(NetworkList) list = network_list_parse(row->list, &error);
    g_assert_no_error(error);
    g_assert_cmpint(network_list_has(list, row->address), ==, row->has);
}

static void test_refused(void)
{
    static const char *const lists[] = {
        "localhost",      "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2", "2001:db8::1/32",
        "2001:db8::/129", "192.0.2.1-9",  "192.0.2.0/-1", "/8",         "::g",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(NetworkList) list = network_list_parse(lists[i], &error);
        g_test_message("%s", lists[i]);
        g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
        g_assert_nonnull(strstr(error->message, lists[i]));
        g_assert_null(list);
    }
}

static void test_text_is_read_again(void)
{
    g_autoptr(NetworkList) list = network_list_parse("192.0.2.1;2001:DB8::/32 10.0.0.0/8", NULL);
    g_autofree char *text = network_list_to_text(list);
    g_assert_cmpstr(text, ==, "192.0.2.1, 2001:db8::/32, 10.0.0.0/8");
    g_autoptr(NetworkList) again = network_list_parse(text, NULL);
    g_autofree char *same = network_list_to_text(again);
    g_assert_cmpstr(same, ==, text);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/network_list/has/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_has);
    }
    g_test_add_func("/network_list/refused", test_refused);
    g_test_add_func("/network_list/text", test_text_is_read_again);
    return g_test_run();
}
