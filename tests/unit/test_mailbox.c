/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_mailbox: mail addresses as strictly as an edit needs them, and the one of an address field.
 */
#include "common/mail/addr_spec.h"
#include "common/mail/mailbox.h"

#include <string.h>

typedef struct {
    const char *text;
    gboolean is_address;
} AddressCase;

static const AddressCase addresses[] = {
    {"a@b.example", TRUE},
    {"A.B-c_d+e@B-1.Example", TRUE},
    {"!#$%&'*+-/=?^_`{|}~@b.example", TRUE},
    {".a..b.@b.example", TRUE},
    {"1@2.3", TRUE},
    {"a@b.c.d.e", TRUE},
    {"", FALSE},
    {"a", FALSE},
    {"@", FALSE},
    {"@b.example", FALSE},
    {"a@", FALSE},
    {"a@b", FALSE},
    {"a@b.", FALSE},
    {"a@.b", FALSE},
    {"a@b..c", FALSE},
    {"a@-b.example", FALSE},
    {"a@b-.example", FALSE},
    {"a@b.example-", FALSE},
    {"a@b_c.example", FALSE},
    {"a@b@c.example", FALSE},
    {"a b@c.example", FALSE},
    {" a@b.example", FALSE},
    {"a@b.example ", FALSE},
    {"\"a\"@b.example", FALSE},
    {"a(c)@b.example", FALSE},
    {"a@[192.0.2.1]", FALSE},
    {"a\xc3\xa9@b.example", FALSE},
    {"a@b\xc3\xa9.example", FALSE},
    {"a,b@c.example", FALSE},
    {"<a@b.example>", FALSE},
};

static void test_addresses(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autofree char *mailto = g_strconcat("mailto:", addresses[i].text, NULL);
        g_test_message("%s", addresses[i].text);
        g_assert_cmpint(addr_spec_is(octets_of(addresses[i].text)), ==, addresses[i].is_address);
        g_assert_cmpint(addr_spec_is_mailto(octets_of(mailto)), ==, addresses[i].is_address);
    }
}

static void test_mailto(void)
{
    g_assert_true(addr_spec_is_mailto(octets_of("MailTo:a@b.example")));
    g_assert_false(addr_spec_is_mailto(octets_of("mailto: a@b.example")));
    g_assert_false(addr_spec_is_mailto(octets_of("mailto:mailto:a@b.example")));
    g_assert_false(addr_spec_is_mailto(octets_of("mailto:")));
    g_assert_false(addr_spec_is_mailto(octets_of("mail")));
    g_assert_false(addr_spec_is_mailto(octets_of("http:a@b.example")));
}

static void test_nul(void)
{
    g_assert_false(addr_spec_is((Octets){"a\0@b.example", 12}));
    g_assert_false(addr_spec_is((Octets){"a@b\0.example", 12}));
    g_assert_false(addr_spec_is((Octets){NULL, 0}));
    g_assert_cmpuint(mailbox_only((Octets){"\0 <a@b.example>", 15}).size, ==, 0);
    g_assert_cmpuint(mailbox_only((Octets){NULL, 0}).size, ==, 0);
}

typedef struct {
    const char *value;
    const char *address; /* NULL: anything else than one address */
} MailboxCase;

static const MailboxCase mailboxes[] = {
    {"a@b.example", "a@b.example"},
    {" a@b.example\t", "a@b.example"},
    {"<a@b.example>", "a@b.example"},
    {" <a@b.example> ", "a@b.example"},
    {"Ada Winter <a@b.example>", "a@b.example"},
    {"Ada<a@b.example>", "a@b.example"},
    {"Ada J. Winter <a@b.example>", "a@b.example"},
    {"\"Winter, Ada\" <a@b.example>", "a@b.example"},
    {"\"a\\\"<x@y.example>,\" Ada <a@b.example>", "a@b.example"},
    {"=?utf-8?Q?Ada=2C_(x)?= <a@b.example>", "a@b.example"},
    {"=?utf-8?Q?a,b(c):;<d>?= <a@b.example>", "a@b.example"},
    {"=?utf-8?Q?=41,b?= <a@b.example>", "a@b.example"},
    {"=?utf-8?B?QWRh?= =?utf-8?B?QWRh?= <a@b.example>", "a@b.example"},
    {"\"\" <a@b.example>", "a@b.example"},
    {"", NULL},
    {"<>", NULL},
    {"Ada", NULL},
    {"<a@b.example", NULL},
    {"a@b.example>", NULL},
    {"a@b.example, c@d.example", NULL},
    {"<a@b.example>, <c@d.example>", NULL},
    {"a@b.example <c@d.example>", NULL},
    {"<a@b.example> Ada", NULL},
    {"<a@b.example> (Ada)", NULL},
    {"(Ada) a@b.example", NULL},
    {"Ada (x) <a@b.example>", NULL},
    {"friends: a@b.example;", NULL},
    {"friends: <a@b.example>;", NULL},
    {"undisclosed-recipients:;", NULL},
    {"Ada, <a@b.example>", NULL},
    {"\"Ada <a@b.example>", NULL},
    {"\"Ada\\\" <a@b.example>", NULL},
    {"<a b@c.example>", NULL},
    {"<<a@b.example>>", NULL},
    {"<a@b>", NULL},
    {"\xc3\xa9 <a@b.example>", NULL},
    {"=?utf-8?Q?a,b <a@b.example>", NULL},
    {"<@c.example:a@b.example>", NULL},
};

static void test_mailboxes(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(mailboxes); i++) {
        Octets found = mailbox_only(octets_of(mailboxes[i].value));
        g_autofree char *address = found.size == 0 ? NULL : octets_dup(found);
        g_test_message("%s", mailboxes[i].value);
        g_assert_cmpstr(address, ==, mailboxes[i].address);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/mailbox/addresses", test_addresses);
    g_test_add_func("/mailbox/mailto", test_mailto);
    g_test_add_func("/mailbox/nul", test_nul);
    g_test_add_func("/mailbox/only", test_mailboxes);
    return g_test_run();
}
