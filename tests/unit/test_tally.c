/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_tally: what messages add up to, and that hostile ones do not fill the memory.
 */
#include "cli/report/tally.h"

#include "common/rules/rules.h"

#define MARCH 1709640900 /* 2024-03-05 12:15 UTC */

static const Rule *rule_named(const char *name)
{
    for (guint number = 0; number < rules_count(); number++) {
        if (g_str_equal(rules_get(number)->name, name))
            return rules_get(number);
    }
    g_assert_not_reached();
}

/* A message of one calendar; with a rule, that many defects. */
static ReportMail *make_mail(const char *sender, const char *prodid, const char *rule, guint count)
{
    ReportMail *mail = report_mail_new();
    mail->has_calendar = TRUE;
    mail->time = MARCH;
    mail->file = "box";
    report_mail_set_sender(mail, sender);
    report_mail_set_message_id(mail, "<1@example.org>");
    report_mail_add_calendar(mail, prodid, "REPLY");
    if (rule != NULL) {
        ReportDefect defect = {.rule = rule_named(rule),
                               .product = g_array_index(mail->calendars, ReportCalendar, 0).product,
                               .outcome = OUTCOME_INBOUND,
                               .choices = 1 << CHOICE_INBOUND | 1 << CHOICE_ALL,
                               .count = count};
        report_mail_add_defect(mail, &defect);
    }
    return mail;
}

static void add(Tally *tally, const char *sender, const char *prodid, const char *rule, guint count)
{
    g_autoptr(ReportMail) mail = make_mail(sender, prodid, rule, count);
    tally_add(tally, mail);
}

static void test_sums(void)
{
    g_auto(Tally) tally = {0};
    const TallyEntry *rest;
    tally_init(&tally, TALLY_MAIL);
    tally_add_plain(&tally);
    add(&tally, "a@One.example", "Maker", "stamp-missing", 3);
    add(&tally, "b@one.example", "Maker", NULL, 0);
    add(&tally, "c@two.example", "Other", NULL, 0);
    g_assert_cmpuint(tally.messages, ==, 4);
    g_assert_cmpuint(tally.with_calendar, ==, 3);
    g_assert_cmpuint(tally.broken, ==, 1);
    g_assert_cmpuint(tally.defects, ==, 3);
    g_assert_cmpuint(tally.outcomes[OUTCOME_INBOUND].messages, ==, 1);
    g_assert_cmpuint(tally.changed[CHOICE_INBOUND], ==, 1);
    g_assert_cmpuint(tally.changed[CHOICE_TRACK], ==, 0);
    g_assert_cmpuint(tally.changed_signed[CHOICE_ALL], ==, 0);

    g_autoptr(GPtrArray) domains = tally_group_rank(&tally.domains, 20, &rest);
    const TallyEntry *first = g_ptr_array_index(domains, 0);
    g_assert_cmpstr(first->name, ==, "one.example");
    g_assert_cmpuint(first->messages, ==, 2);
    g_assert_cmpuint(first->broken, ==, 1);
    g_assert_cmpuint(first->methods[REPORT_METHOD_REPLY], ==, 2);
    g_assert_cmpuint(rest->messages, ==, 0);
}

/* The rest is one row. */
static void test_top(void)
{
    g_auto(Tally) tally = {0};
    const TallyEntry *rest;
    tally_init(&tally, TALLY_MAIL);
    add(&tally, "a@one.example", "Maker", "stamp-missing", 1);
    add(&tally, "b@two.example", "Maker", NULL, 0);
    add(&tally, "b@three.example", "Maker", NULL, 0);
    g_autoptr(GPtrArray) domains = tally_group_rank(&tally.domains, 1, &rest);
    g_assert_cmpuint(domains->len, ==, 1);
    g_assert_cmpuint(rest->messages, ==, 2);
    g_assert_null(rest->name);
}

/* Names without end: a partner that comes often stays, the sum is right, the room is bounded. */
static void test_flood(void)
{
    g_auto(Tally) tally = {0};
    const TallyEntry *rest;
    guint64 sum = 0;
    tally_init(&tally, TALLY_MAIL);
    for (guint i = 0; i < 20000; i++) {
        g_autofree char *sender = g_strdup_printf("x@d%u.example", i);
        g_autofree char *prodid = g_strdup_printf("Maker no%u", i);
        add(&tally, sender, prodid, "stamp-missing", 1);
        if (i % 100 == 0)
            add(&tally, "a@partner.example", "Real Maker", "stamp-missing", 1);
    }
    g_assert_cmpuint(g_hash_table_size(tally.domains.entries), <=, tally.domains.most);
    g_assert_cmpuint(g_hash_table_size(tally.producers.entries), <=, tally.producers.most);
    g_autoptr(GPtrArray) domains = tally_group_rank(&tally.domains, 1000, &rest);
    const TallyEntry *first = g_ptr_array_index(domains, 0);
    g_assert_cmpstr(first->name, ==, "partner.example");
    g_assert_cmpuint(first->broken, ==, 200);
    for (guint i = 0; i < domains->len; i++)
        sum += ((const TallyEntry *)g_ptr_array_index(domains, i))->messages;
    g_assert_cmpuint(sum + rest->messages, ==, 20200);
}

/* What a message only quotes is no fault of its sender. */
static void test_quoted(void)
{
    g_auto(Tally) tally = {0};
    const TallyEntry *rest;
    g_autoptr(ReportMail) mail = make_mail("a@one.example", "Maker", NULL, 0);
    ReportDefect defect = {.rule = rule_named("stamp-missing"),
                           .product = "Maker",
                           .outcome = OUTCOME_LEFT,
                           .reason = REASON_QUOTED,
                           .count = 1};
    report_mail_add_defect(mail, &defect);
    tally_init(&tally, TALLY_MAIL);
    tally_add(&tally, mail);
    g_assert_cmpuint(tally.broken, ==, 1);
    g_assert_cmpuint(tally.reasons[REASON_QUOTED].defects, ==, 1);
    g_autoptr(GPtrArray) domains = tally_group_rank(&tally.domains, 20, &rest);
    g_assert_cmpuint(((const TallyEntry *)g_ptr_array_index(domains, 0))->broken, ==, 0);
}

/* A domain is shown only where it can be one. */
static void test_senders(void)
{
    static const struct {
        const char *address;
        const char *domain;
    } senders[] = {
        {"a@Example.ORG", "example.org"},
        {"a@b@example.org", "example.org"},
        {"a@<script>.example", NULL},
        {"a@", NULL},
        {"nobody", NULL},
        {NULL, NULL},
        {"a@\xe2\x80\xae.example", NULL},
        {"a@exa mple", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(senders); i++) {
        g_autoptr(ReportMail) mail = report_mail_new();
        report_mail_set_sender(mail, senders[i].address);
        g_assert_cmpstr(mail->domain, ==, senders[i].domain);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tally/sums", test_sums);
    g_test_add_func("/tally/top", test_top);
    g_test_add_func("/tally/flood", test_flood);
    g_test_add_func("/tally/quoted", test_quoted);
    g_test_add_func("/tally/senders", test_senders);
    return g_test_run();
}
