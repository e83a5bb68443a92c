/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/tally_group.h"

#include "common/rules/rules.h"

#include <string.h>

/* What is kept of a partner, so that thousands of them stay small. */
#define MOST_EXAMPLES  8
#define MOST_PRODUCTS  3
#define MOST_ADDRESSES 5

static void example_free(gpointer data)
{
    TallyExample *example = data;
    g_free(example->message_id);
    g_free(example);
}

static TallyEntry *entry_new(const char *name, gboolean keeps_examples)
{
    TallyEntry *entry = g_new0(TallyEntry, 1);
    entry->name = g_strdup(name);
    entry->rule_defects = g_new0(guint64, rules_count());
    entry->rule_messages = g_new0(guint64, rules_count());
    entry->first = entry->last = REPORT_NO_TIME;
    if (keeps_examples) {
        entry->examples = g_ptr_array_new_with_free_func(example_free);
        entry->products = g_ptr_array_new_with_free_func(g_free);
        entry->addresses = g_ptr_array_new_with_free_func(g_free);
    }
    return entry;
}

static void entry_free(gpointer data)
{
    TallyEntry *entry = data;
    g_free(entry->name);
    g_free(entry->rule_defects);
    g_free(entry->rule_messages);
    g_clear_pointer(&entry->examples, g_ptr_array_unref);
    g_clear_pointer(&entry->products, g_ptr_array_unref);
    g_clear_pointer(&entry->addresses, g_ptr_array_unref);
    g_free(entry);
}

/* ---- one message ---- */

static void keep_string(GPtrArray *strings, const char *string, guint most)
{
    if (string == NULL || strings->len >= most)
        return;
    for (guint i = 0; i < strings->len; i++) {
        if (strcmp(g_ptr_array_index(strings, i), string) == 0)
            return;
    }
    g_ptr_array_add(strings, g_strdup(string));
}

/* How much an example helps to find the message. */
static guint worth(gint64 time, const char *message_id)
{
    return (time != REPORT_NO_TIME ? 2U : 0U) + (message_id != NULL ? 1U : 0U);
}

/* The first message of a rule, or a later one that can be found better. */
static void keep_example(TallyEntry *entry, const ReportMail *mail, const Rule *rule)
{
    TallyExample *example = NULL;
    for (guint i = 0; i < entry->examples->len && example == NULL; i++) {
        TallyExample *known = g_ptr_array_index(entry->examples, i);
        example = known->rule == rule ? known : NULL;
    }
    if (example == NULL && entry->examples->len < MOST_EXAMPLES) {
        example = g_new(TallyExample, 1);
        *example = (TallyExample){rule, REPORT_NO_TIME, NULL};
        g_ptr_array_add(entry->examples, example);
    }
    if (example == NULL ||
        worth(mail->time, mail->message_id) <= worth(example->time, example->message_id))
        return;
    g_free(example->message_id);
    *example = (TallyExample){rule, mail->time, g_strdup(mail->message_id)};
}

static void count_time(TallyEntry *entry, gint64 time)
{
    if (time == REPORT_NO_TIME)
        return;
    if (entry->first == REPORT_NO_TIME || time < entry->first)
        entry->first = time;
    entry->last = MAX(entry->last, time);
}

/* Whether defect `number` is the first of its rule in the message. */
static gboolean is_first_of_rule(const ReportMail *mail, guint number, const char *product)
{
    const ReportDefect *defect = &g_array_index(mail->defects, ReportDefect, number);
    for (guint i = 0; i < number; i++) {
        const ReportDefect *earlier = &g_array_index(mail->defects, ReportDefect, i);
        if (earlier->rule == defect->rule &&
            (product == NULL || strcmp(earlier->product, product) == 0))
            return FALSE;
    }
    return TRUE;
}

static void count_defect(TallyEntry *entry, const ReportMail *mail, guint number,
                         const char *product)
{
    const ReportDefect *defect = &g_array_index(mail->defects, ReportDefect, number);
    guint rule = rules_number(defect->rule);
    entry->defects += defect->count;
    entry->outcomes[defect->outcome] += defect->count;
    entry->rule_defects[rule] += defect->count;
    if (is_first_of_rule(mail, number, product))
        entry->rule_messages[rule]++;
    if (entry->examples == NULL)
        return;
    keep_example(entry, mail, defect->rule);
    keep_string(entry->products, defect->product, MOST_PRODUCTS);
    keep_string(entry->addresses, mail->address, MOST_ADDRESSES);
}

/* What somebody forwards, a partner has not written. */
static gboolean concerns(const TallyEntry *entry, const ReportDefect *defect, const char *product)
{
    if (product != NULL)
        return strcmp(defect->product, product) == 0;
    return entry->examples == NULL || defect->reason != REASON_QUOTED;
}

static void count_mail(TallyEntry *entry, const ReportMail *mail, const char *product)
{
    guint64 before = entry->defects;
    entry->messages++;
    for (guint i = 0; i < mail->calendars->len; i++) {
        const ReportCalendar *calendar = &g_array_index(mail->calendars, ReportCalendar, i);
        if (product == NULL || strcmp(calendar->product, product) == 0)
            entry->methods[calendar->method]++;
    }
    for (guint i = 0; i < mail->defects->len; i++) {
        if (concerns(entry, &g_array_index(mail->defects, ReportDefect, i), product))
            count_defect(entry, mail, i, product);
    }
    if (entry->defects == before)
        return;
    entry->broken++;
    count_time(entry, mail->time);
}

/* ---- the group ---- */

static void add_up(TallyEntry *sum, const TallyEntry *entry)
{
    sum->messages += entry->messages;
    sum->broken += entry->broken;
    sum->defects += entry->defects;
    for (guint i = 0; i < OUTCOMES; i++)
        sum->outcomes[i] += entry->outcomes[i];
    for (guint i = 0; i < REPORT_METHODS; i++)
        sum->methods[i] += entry->methods[i];
    for (guint i = 0; i < rules_count(); i++) {
        sum->rule_defects[i] += entry->rule_defects[i];
        sum->rule_messages[i] += entry->rule_messages[i];
    }
}

static int by_rank(gconstpointer one, gconstpointer other)
{
    const TallyEntry *a = *(TallyEntry *const *)one;
    const TallyEntry *b = *(TallyEntry *const *)other;
    if (a->broken != b->broken)
        return a->broken > b->broken ? -1 : 1;
    if (a->messages != b->messages)
        return a->messages > b->messages ? -1 : 1;
    return strcmp(a->name, b->name);
}

static int by_name(gconstpointer one, gconstpointer other)
{
    return strcmp((*(TallyEntry *const *)one)->name, (*(TallyEntry *const *)other)->name);
}

static GPtrArray *sorted(const TallyGroup *group, GCompareFunc compare)
{
    GPtrArray *entries = g_ptr_array_new();
    GHashTableIter iter;
    gpointer entry;
    g_hash_table_iter_init(&iter, group->entries);
    while (g_hash_table_iter_next(&iter, NULL, &entry))
        g_ptr_array_add(entries, entry);
    g_ptr_array_sort(entries, compare);
    return entries;
}

/* Adds all entries from number `first` of the rank on to the others, and forgets them. */
static void fold(TallyGroup *group, GPtrArray *ranked, guint first)
{
    for (guint i = first; i < ranked->len; i++) {
        TallyEntry *entry = g_ptr_array_index(ranked, i);
        add_up(group->others, entry);
        g_hash_table_remove(group->entries, entry->name);
    }
    g_ptr_array_set_size(ranked, (gint)MIN(first, ranked->len));
}

void tally_group_init(TallyGroup *group, guint most, gboolean keeps_examples)
{
    group->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
    group->most = most;
    group->keeps_examples = keeps_examples;
    group->others = entry_new(NULL, FALSE);
}

void tally_group_clear(TallyGroup *group)
{
    g_clear_pointer(&group->entries, g_hash_table_unref);
    g_clear_pointer(&group->others, entry_free);
}

void tally_group_count(TallyGroup *group, const char *name, const ReportMail *mail,
                       const char *product)
{
    TallyEntry *entry = g_hash_table_lookup(group->entries, name);
    if (entry == NULL && g_hash_table_size(group->entries) >= group->most) {
        g_autoptr(GPtrArray) ranked = sorted(group, by_rank);
        fold(group, ranked, group->most / 2);
    }
    if (entry == NULL) {
        entry = entry_new(name, group->keeps_examples);
        g_hash_table_insert(group->entries, entry->name, entry);
    }
    count_mail(entry, mail, product);
}

GPtrArray *tally_group_rank(TallyGroup *group, guint top, const TallyEntry **rest)
{
    GPtrArray *ranked = sorted(group, by_rank);
    fold(group, ranked, top);
    *rest = group->others;
    return ranked;
}

GPtrArray *tally_group_by_name(const TallyGroup *group)
{
    return sorted(group, by_name);
}
