/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/tally.h"

#include "cli/report/product.h"
#include "common/rules/rules.h"

#include <string.h>

/* How many names a group has room for. */
#define MOST_PRODUCERS 1000
#define MOST_DOMAINS   4000
#define MOST_MONTHS    600

#define NO_DOMAIN "(unknown)"
#define NO_MONTH  "(unknown)"

static void place_free(gpointer data)
{
    TallyPlace *place = data;
    g_free(place->file);
    g_free(place->message_id);
    g_free(place->address);
    g_free(place);
}

void tally_init(Tally *tally, TallySource source)
{
    *tally = (Tally){.source = source, .first = REPORT_NO_TIME, .last = REPORT_NO_TIME};
    tally->rule_messages = g_new0(guint64, rules_count());
    tally->rule_outcomes = g_malloc0_n(rules_count(), sizeof *tally->rule_outcomes);
    tally->places = g_new0(GPtrArray *, rules_count());
    for (guint i = 0; i < rules_count(); i++)
        tally->places[i] = g_ptr_array_new_with_free_func(place_free);
    tally_group_init(&tally->producers, MOST_PRODUCERS, FALSE);
    tally_group_init(&tally->domains, MOST_DOMAINS, TRUE);
    tally_group_init(&tally->months, MOST_MONTHS, FALSE);
}

void tally_clear(Tally *tally)
{
    for (guint i = 0; tally->places != NULL && i < rules_count(); i++)
        g_ptr_array_unref(tally->places[i]);
    g_clear_pointer(&tally->places, g_free);
    g_clear_pointer(&tally->rule_messages, g_free);
    g_clear_pointer(&tally->rule_outcomes, g_free);
    tally_group_clear(&tally->producers);
    tally_group_clear(&tally->domains);
    tally_group_clear(&tally->months);
}

void tally_add_plain(Tally *tally)
{
    tally->messages++;
}

/* ---- by name ---- */

static void count_month(Tally *tally, const ReportMail *mail)
{
    g_autofree char *month = NULL;
    if (mail->time != REPORT_NO_TIME) {
        g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(mail->time);
        month = date == NULL ? NULL : g_date_time_format(date, "%Y-%m");
    }
    tally_group_count(&tally->months, month == NULL ? NO_MONTH : month, mail, NULL);
}

/* A message counts once for each product that wrote in it. */
static void count_products(Tally *tally, const ReportMail *mail)
{
    g_autoptr(GHashTable) products = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) ordered = g_ptr_array_new();
    for (guint i = 0; i < mail->calendars->len; i++) {
        const char *product = g_array_index(mail->calendars, ReportCalendar, i).product;
        if (g_hash_table_add(products, (gpointer)product))
            g_ptr_array_add(ordered, (gpointer)product);
    }
    for (guint i = 0; i < mail->defects->len; i++) {
        const char *product = g_array_index(mail->defects, ReportDefect, i).product;
        if (g_hash_table_add(products, (gpointer)product))
            g_ptr_array_add(ordered, (gpointer)product);
    }
    if (mail->has_winmail && g_hash_table_add(products, (gpointer)PRODUCT_WINMAIL))
        g_ptr_array_add(ordered, (gpointer)PRODUCT_WINMAIL);
    for (guint i = 0; i < ordered->len; i++) {
        const char *product = g_ptr_array_index(ordered, i);
        tally_group_count(&tally->producers, product, mail, product);
    }
}

/* ---- defects ---- */

static void keep_place(Tally *tally, const ReportMail *mail, guint rule)
{
    GPtrArray *places = tally->places[rule];
    if (places->len >= TALLY_EXAMPLES)
        return;
    TallyPlace *place = g_new(TallyPlace, 1);
    *place = (TallyPlace){.file = g_strdup(mail->file),
                          .offset = mail->offset,
                          .time = mail->time,
                          .message_id = g_strdup(mail->message_id),
                          .address = g_strdup(mail->address)};
    g_ptr_array_add(places, place);
}

/* What a message has of something, so that it counts there once. */
typedef struct {
    guint outcomes; /* bits */
    guint reasons;
    guint choices;
    gboolean *rules;
} Seen;

static void count_defect(Tally *tally, const ReportMail *mail, const ReportDefect *defect,
                         Seen *seen)
{
    guint rule = rules_number(defect->rule);
    tally->defects += defect->count;
    tally->outcomes[defect->outcome].defects += defect->count;
    tally->rule_outcomes[rule][defect->outcome] += defect->count;
    seen->outcomes |= 1U << defect->outcome;
    seen->choices |= defect->choices;
    if (defect->outcome == OUTCOME_LEFT) {
        tally->reasons[defect->reason].defects += defect->count;
        seen->reasons |= 1U << defect->reason;
    }
    if (seen->rules[rule])
        return;
    seen->rules[rule] = TRUE;
    tally->rule_messages[rule]++;
    keep_place(tally, mail, rule);
}

static void count_defects(Tally *tally, const ReportMail *mail)
{
    g_autofree gboolean *rules = g_new0(gboolean, rules_count());
    Seen seen = {.rules = rules};
    for (guint i = 0; i < mail->defects->len; i++)
        count_defect(tally, mail, &g_array_index(mail->defects, ReportDefect, i), &seen);
    tally->broken += mail->defects->len > 0 ? 1 : 0;
    for (guint i = 0; i < OUTCOMES; i++)
        tally->outcomes[i].messages += (seen.outcomes >> i) & 1;
    for (guint i = 0; i < REASONS; i++)
        tally->reasons[i].messages += (seen.reasons >> i) & 1;
    for (guint i = 0; i < CHOICES; i++) {
        tally->changed[i] += (seen.choices >> i) & 1;
        tally->changed_signed[i] += mail->is_signed ? (seen.choices >> i) & 1 : 0;
    }
}

static void count_time(Tally *tally, gint64 time)
{
    if (time == REPORT_NO_TIME)
        return;
    if (tally->first == REPORT_NO_TIME || time < tally->first)
        tally->first = time;
    tally->last = MAX(tally->last, time);
}

void tally_add(Tally *tally, const ReportMail *mail)
{
    tally->messages++;
    tally->with_calendar += mail->has_calendar ? 1 : 0;
    tally->with_winmail += mail->has_winmail ? 1 : 0;
    tally->with_either += mail->has_calendar || mail->has_winmail ? 1 : 0;
    count_time(tally, mail->time);
    count_defects(tally, mail);
    count_products(tally, mail);
    count_month(tally, mail);
    tally_group_count(&tally->domains, mail->domain == NULL ? NO_DOMAIN : mail->domain, mail, NULL);
}
