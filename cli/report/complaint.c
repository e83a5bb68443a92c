/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/complaint.h"

#include "cli/output.h"
#include "common/rules/rules.h"

#include <string.h>

#define LINE_MAX_LENGTH 72

/* More rules would not be read. */
#define MOST_RULES 8

/* Appends `text` in lines of LINE_MAX_LENGTH, all but the first behind `indent`. */
static void append_wrapped(GString *out, const char *text, const char *indent)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gsize column = 0;
    for (char **word = words; *word != NULL; word++) {
        gsize size = (gsize)g_utf8_strlen(*word, -1);
        if (column > 0 && column + 1 + size > LINE_MAX_LENGTH) {
            g_string_append_printf(out, "\n%s", indent);
            column = strlen(indent);
        } else if (column > 0) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append(out, *word);
        column += size;
    }
    g_string_append_c(out, '\n');
}

/* "2024-03-05 10:15 UTC"; NULL where it is not known. Owned by the caller, g_free. */
static char *time_text(gint64 time)
{
    g_autoptr(GDateTime) date = time == REPORT_NO_TIME ? NULL : g_date_time_new_from_unix_utc(time);
    return date == NULL ? NULL : g_date_time_format(date, "%Y-%m-%d %H:%M UTC");
}

static char *day_of(gint64 time)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time);
    return g_date_time_format(date, "%Y-%m-%d");
}

static const char *plural(guint64 count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

static void append_period(GString *text, const TallyEntry *entry)
{
    if (entry->first == REPORT_NO_TIME)
        return;
    g_autofree char *first = day_of(entry->first);
    g_autofree char *last = day_of(entry->last);
    if (strcmp(first, last) == 0)
        g_string_append_printf(text, "On %s, ", first);
    else
        g_string_append_printf(text, "Between %s and %s, ", first, last);
}

static void append_opening(GString *out, const TallyEntry *entry, gboolean counts_all)
{
    g_autoptr(GString) text = g_string_new(NULL);
    append_period(text, entry);
    g_string_append_printf(text, "%" G_GUINT64_FORMAT, entry->broken);
    if (counts_all)
        g_string_append_printf(text, " of %" G_GUINT64_FORMAT, entry->messages);
    g_string_append_printf(
        text,
        " %s with a calendar from %s that reached us had a defect that makes calendar programs "
        "misread or refuse what is sent.",
        plural(counts_all ? entry->messages : entry->broken, "message", "messages"), entry->name);
    for (guint i = 0; i < entry->products->len; i++) {
        g_string_append(text, i == 0 ? " Written by: " : ", ");
        output_escape(text, octets_of(g_ptr_array_index(entry->products, i)));
    }
    g_string_append(text, entry->products->len > 0 ? "." : "");
    append_wrapped(out, text->str, "");
}

static const TallyExample *find_example(const TallyEntry *entry, const Rule *rule)
{
    for (guint i = 0; i < entry->examples->len; i++) {
        const TallyExample *example = g_ptr_array_index(entry->examples, i);
        if (example->rule == rule)
            return example;
    }
    return NULL;
}

static void append_example(GString *text, const TallyExample *example)
{
    g_autofree char *time = example == NULL ? NULL : time_text(example->time);
    if (example == NULL || (time == NULL && example->message_id == NULL))
        return;
    g_string_append(text, " For example the message");
    if (time != NULL)
        g_string_append_printf(text, " of %s", time);
    if (example->message_id != NULL) {
        g_string_append(text, time != NULL ? ", Message-ID " : " with Message-ID ");
        output_escape(text, octets_of(example->message_id));
    }
    g_string_append_c(text, '.');
}

static void append_rule(GString *out, const TallyEntry *entry, guint number, guint position)
{
    const Rule *rule = rules_get(number);
    guint64 messages = entry->rule_messages[number];
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%u. %s See %s. In %" G_GUINT64_FORMAT " %s.", position,
                           rule->summary, rule->standard, messages,
                           plural(messages, "message", "messages"));
    append_example(text, find_example(entry, rule));
    g_string_append_c(out, '\n');
    append_wrapped(out, text->str, "   ");
}

/* The rule that is next: in most messages below the `most` of those told before, in the order of
 * the table. FALSE where there is none. */
static gboolean next_rule(const TallyEntry *entry, const gboolean *told, guint *next)
{
    guint64 best = 0;
    for (guint number = 0; number < rules_count(); number++) {
        if (told[number] || rules_get(number)->standard == NULL ||
            entry->rule_messages[number] <= best)
            continue;
        best = entry->rule_messages[number];
        *next = number;
    }
    return best > 0;
}

char *complaint_text(const TallyEntry *entry, gboolean counts_all)
{
    g_autofree gboolean *told = g_new0(gboolean, rules_count());
    g_autoptr(GString) out = g_string_new(NULL);
    guint number;
    if (!next_rule(entry, told, &number))
        return NULL;
    append_opening(out, entry, counts_all);
    for (guint position = 1; position <= MOST_RULES && next_rule(entry, told, &number);
         position++) {
        told[number] = TRUE;
        append_rule(out, entry, number, position);
    }
    g_string_append_c(out, '\n');
    append_wrapped(out,
                   "Please have a look at the program that wrote them, or pass this on to its "
                   "maker. Thank you.",
                   "");
    return g_string_free(g_steal_pointer(&out), FALSE);
}
