/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/report_table.h"

#include <string.h>

/* clang-format off */
#define MESSAGES {"messages", "Messages", CELL_NUMBER, FALSE}
#define DEFECTS  {"defects", "Defects", CELL_NUMBER, FALSE}
#define BROKEN   {"broken", "Broken", CELL_NUMBER, FALSE}
#define PERCENT  {"percent", "Share", CELL_PERCENT, FALSE}
#define RULE     {"rule", "Rule", CELL_TEXT, FALSE}
#define SPLIT                                                                                      \
    {"mended", "Mended", CELL_NUMBER, FALSE}, {"enabled", "If enabled", CELL_NUMBER, FALSE},       \
    {"left", "Left", CELL_NUMBER, FALSE}

static const ReportTable tables[] = {
    {"outcomes", "What mends the defects",
     "Each defect stands in one row. A message may stand in several.",
     {{"text", "Outcome", CELL_TEXT, FALSE}, MESSAGES, DEFECTS}, FALSE},
    {"choices", "What a switch would change, and what it would cost",
     "Signed are those of the changed messages that carry a DKIM or ARC signature, which an edit "
     "breaks.",
     {{"text", "Choice", CELL_TEXT, FALSE}, {"messages", "Changed", CELL_NUMBER, FALSE},
      {"signed", "Signed", CELL_NUMBER, FALSE}}, FALSE},
    {"reasons", "Why defects are left", NULL,
     {{"text", "Reason", CELL_TEXT, FALSE}, MESSAGES, DEFECTS}, FALSE},
    {"months", "Month by month", "By the Date of the message.",
     {{"month", "Month", CELL_TEXT, FALSE}, MESSAGES, BROKEN, DEFECTS, SPLIT}, FALSE},
    {"producers", "Producers",
     "The programs that wrote the calendars, by their PRODID. A message of two programs counts for "
     "both.",
     {{"producer", "Producer", CELL_TEXT, FALSE}, MESSAGES, BROKEN, PERCENT, DEFECTS}, FALSE},
    {"rules", "Rules",
     "Mended: by a switch that is on. If enabled: only where the settings enable the rule.",
     {RULE, {"summary", "What is wrong", CELL_TEXT, TRUE}, {"standard", "See", CELL_TEXT, TRUE},
      MESSAGES, DEFECTS, SPLIT}, FALSE},
    {"domains", "Sender domains",
     "By the From field; by the envelope in a log. What a message only forwards does not count.",
     {{"domain", "Domain", CELL_TEXT, FALSE}, MESSAGES, BROKEN, PERCENT, DEFECTS}, FALSE},
    {"domain_rules", "Rules by sender domain", NULL,
     {{"domain", "Domain", CELL_TEXT, FALSE}, RULE, MESSAGES, DEFECTS}, FALSE},
    {"producer_rules", "Rules by producer", NULL,
     {{"producer", "Producer", CELL_TEXT, FALSE}, RULE, MESSAGES, DEFECTS}, FALSE},
    {"methods", "METHOD by producer", NULL,
     {{"producer", "Producer", CELL_TEXT, FALSE}, {"method", "METHOD", CELL_TEXT, FALSE},
      {"calendars", "Calendars", CELL_NUMBER, FALSE}}, FALSE},
    {"month_rules", "Rules by month", NULL,
     {{"month", "Month", CELL_TEXT, FALSE}, RULE, MESSAGES, DEFECTS}, FALSE},
    {"examples", "Examples", "Up to five for each rule.",
     {RULE, {"file", "File", CELL_TEXT, FALSE}, {"offset", "Octet", CELL_NUMBER, FALSE},
      {"time", "Date", CELL_TIME, FALSE}, {"message_id", "Message-ID", CELL_TEXT, FALSE},
      {"sender", "Sender", CELL_TEXT, FALSE}}, TRUE},
};
/* clang-format on */

const ReportTable *report_tables(gsize *count)
{
    *count = G_N_ELEMENTS(tables);
    return tables;
}

JsonArray *report_table_rows(JsonObject *report, const ReportTable *table)
{
    JsonArray *rows = json_object_get_array_member(report, table->array);
    return json_array_get_length(rows) > 0 ? rows : NULL;
}

/* An object may lack a member that was not asked for. */
static JsonNode *node_of(JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member(object, member);
    return node == NULL || JSON_NODE_HOLDS_NULL(node) ? NULL : node;
}

gboolean report_column_is_used(JsonArray *rows, const ReportColumn *column)
{
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        if (node_of(json_array_get_object_element(rows, i), column->member) != NULL)
            return TRUE;
    }
    return FALSE;
}

const char *report_text_of(JsonObject *object, const char *member)
{
    JsonNode *node = node_of(object, member);
    return node == NULL ? NULL : json_node_get_string(node);
}

gint64 report_number_of(JsonObject *object, const char *member)
{
    JsonNode *node = node_of(object, member);
    return node == NULL ? 0 : json_node_get_int(node);
}

char *report_time_text(const char *time)
{
    const char *at = time == NULL ? NULL : strchr(time, 'T');
    if (at == NULL || strlen(at) < strlen("Thh:mm"))
        return g_strdup("");
    return g_strdup_printf("%.*s %.5s UTC", (int)(at - time), time, at + 1);
}

char *report_count_text(gint64 count)
{
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, count);
    gsize size = strlen(digits);
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < size; i++)
        g_string_append_printf(text, "%s%c", i > 0 && (size - i) % 3 == 0 ? "," : "", digits[i]);
    return g_string_free(text, FALSE);
}

char *report_cell(JsonObject *row, const ReportColumn *column)
{
    if (node_of(row, column->member) == NULL)
        return g_strdup("");
    switch (column->kind) {
    case CELL_TEXT:
        return g_strdup(report_text_of(row, column->member));
    case CELL_NUMBER:
        return report_count_text(report_number_of(row, column->member));
    case CELL_PERCENT:
        return g_strdup_printf("%" G_GINT64_FORMAT " %%", report_number_of(row, column->member));
    case CELL_TIME:
        return report_time_text(report_text_of(row, column->member));
    }
    g_assert_not_reached();
}
