/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_mailbox_list: which addresses a list means, and which entries are none.
 */
#include "common/mailbox_list.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *list;
    const char *address;
    gboolean has;
} ListCase;

static const ListCase cases[] = {
    {"empty-list", "", "a@example.com", FALSE},
    {"blank-list", " ,; ", "a@example.com", FALSE},
    {"address", "a@example.com", "a@example.com", TRUE},
    {"address-case", "Ada@Example.com", "ADA@EXAMPLE.COM", TRUE},
    {"address-other", "a@example.com", "b@example.com", FALSE},
    {"address-longer", "a@example.com", "aa@example.com", FALSE},
    {"address-domain-longer", "a@example.com", "a@example.com.example", FALSE},
    {"domain", "@example.com", "a@example.com", TRUE},
    {"domain-below", "@example.com", "a@sub.example.com", FALSE},
    {"domain-ends-alike", "@example.com", "a@notexample.com", FALSE},
    {"below", ".example.com", "a@sub.example.com", TRUE},
    {"below-deeper", ".example.com", "a@x.sub.example.com", TRUE},
    {"below-not-itself", ".example.com", "a@example.com", FALSE},
    {"below-ends-alike", ".example.com", "a@subexample.com", FALSE},
    {"below-not-in-user", ".example.com", "a.example.com@example.org", FALSE},
    {"last-at-counts", "@example.com", "\"a@b\"@example.com", TRUE},
    {"second-of-several", "x@y.example, @example.com;.example.org", "a@b.example.org", TRUE},
    {"no-sender", "<>", "<>", TRUE},
    {"no-sender-not-listed", "@example.com", "<>", FALSE},
    {"no-sender-is-nobody", "<>", "a@example.com", FALSE},
    {"nothing", "@example.com", "", FALSE},
    {"no-domain", "root@localhost, .localhost", "root", FALSE},
    {"domain-is-empty", "@example.com", "a@", FALSE},
    {"dots-only", ".example.com", "a@...", FALSE},
};

static void test_has(gconstpointer data)
{
    const ListCase *row = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MailboxList) list = mailbox_list_parse(row->list, &error);
    g_assert_no_error(error);
    g_assert_cmpint(mailbox_list_has(list, octets_of(row->address)), ==, row->has);
}

static void test_address_ends_with_its_octets(void)
{
    g_autoptr(MailboxList) list = mailbox_list_parse("@example.com", NULL);
    const Octets address = {"a@example.comx", strlen("a@example.com")};
    g_assert_true(mailbox_list_has(list, address));
}

static void test_refused(void)
{
    static const char *const lists[] = {"example.com",
                                        "root",
                                        "a@",
                                        "@",
                                        ".",
                                        "..example.com",
                                        "@.example.com",
                                        "a@example.com, x",
                                        ".a@example.com.",
                                        "<",
                                        ".\f",
                                        "@example.com\f",
                                        "a\x01@example.com",
                                        "*"};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MailboxList) list = mailbox_list_parse(lists[i], &error);
        g_test_message("%s", lists[i]);
        g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
        g_assert_null(list);
    }
}

static void test_error_quotes_the_entry(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(mailbox_list_parse("a@example.com, nonsense", &error));
    g_assert_nonnull(strstr(error->message, "\"nonsense\""));
}

static void test_text_is_read_again(void)
{
    g_autoptr(MailboxList) list = mailbox_list_parse("B@Example.com;.example.org <>", NULL);
    g_autofree char *text = mailbox_list_to_text(list);
    g_assert_cmpstr(text, ==, "b@example.com, .example.org, <>");
    g_autoptr(MailboxList) again = mailbox_list_parse(text, NULL);
    g_autofree char *same = mailbox_list_to_text(again);
    g_assert_cmpstr(same, ==, text);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/mailbox_list/has/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_has);
    }
    g_test_add_func("/mailbox_list/ends", test_address_ends_with_its_octets);
    g_test_add_func("/mailbox_list/refused", test_refused);
    g_test_add_func("/mailbox_list/error", test_error_quotes_the_entry);
    g_test_add_func("/mailbox_list/text", test_text_is_read_again);
    return g_test_run();
}
