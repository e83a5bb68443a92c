/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/report_text.h"

#include "cli/output.h"
#include "cli/report/report_table.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PLAIN_WIDTH    80
#define SMALLEST_WIDTH 60
#define INDENT         2
#define GAP            2

/* A text column is not cut below this. */
#define SMALLEST_COLUMN 12

#define DOTS "..."

guint report_text_width(void)
{
    struct winsize size = {0};
    if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
        size.ws_col == 0)
        return PLAIN_WIDTH;
    return MAX(size.ws_col, SMALLEST_WIDTH);
}

/* ---- cells ---- */

static char *escape(const char *text)
{
    GString *out = g_string_new(NULL);
    output_escape(out, octets_of(text));
    return g_string_free(out, FALSE);
}

static guint char_width(gunichar character)
{
    if (g_unichar_iszerowidth(character))
        return 0;
    return g_unichar_iswide(character) ? 2 : 1;
}

static guint text_width(const char *text)
{
    guint width = 0;
    for (; *text != '\0'; text = g_utf8_next_char(text))
        width += char_width(g_utf8_get_char(text));
    return width;
}

static void append_blanks(GString *out, guint count)
{
    g_string_append_printf(out, "%*s", (int)count, "");
}

/* The text in exactly `width` columns. */
static void append_fitted(GString *out, const char *text, guint width, gboolean right)
{
    guint size = text_width(text);
    if (size <= width) {
        append_blanks(out, right ? width - size : 0);
        g_string_append(out, text);
        append_blanks(out, right ? 0 : width - size);
        return;
    }
    guint used = 0;
    guint room = width - (guint)strlen(DOTS);
    for (; used + char_width(g_utf8_get_char(text)) <= room; text = g_utf8_next_char(text)) {
        used += char_width(g_utf8_get_char(text));
        g_string_append_unichar(out, g_utf8_get_char(text));
    }
    g_string_append(out, DOTS);
    append_blanks(out, room - used);
}

/* ---- tables ---- */

/* A table as it is laid out: the columns that are shown, and their widths. */
typedef struct {
    const ReportColumn *columns[REPORT_MAX_COLUMNS];
    guint widths[REPORT_MAX_COLUMNS];
    guint count;
} Layout;

static guint column_width(JsonArray *rows, const ReportColumn *column)
{
    guint widest = text_width(column->title);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        g_autofree char *cell = report_cell(json_array_get_object_element(rows, i), column);
        g_autofree char *safe = escape(cell);
        widest = MAX(widest, text_width(safe));
    }
    return widest;
}

static guint layout_width(const Layout *layout)
{
    guint width = INDENT;
    for (guint i = 0; i < layout->count; i++)
        width += layout->widths[i] + (i > 0 ? GAP : 0);
    return width;
}

/* Makes the widest column of text narrower until the table fits. */
static void fit(Layout *layout, guint width)
{
    while (layout_width(layout) > width) {
        guint widest = layout->count;
        for (guint i = 0; i < layout->count; i++) {
            if (layout->columns[i]->kind == CELL_TEXT && layout->widths[i] > SMALLEST_COLUMN &&
                (widest == layout->count || layout->widths[i] > layout->widths[widest]))
                widest = i;
        }
        if (widest == layout->count)
            return;
        layout->widths[widest]--;
    }
}

static Layout lay_out(const ReportTable *table, JsonArray *rows, guint width)
{
    Layout layout = {.count = 0};
    for (const ReportColumn *column = table->columns; column->member != NULL; column++) {
        if (column->page_only || !report_column_is_used(rows, column))
            continue;
        layout.columns[layout.count] = column;
        layout.widths[layout.count++] = column_width(rows, column);
    }
    fit(&layout, width);
    return layout;
}

static void append_line(GString *out, const Layout *layout, char *const *cells)
{
    g_autoptr(GString) line = g_string_new(NULL);
    append_blanks(line, INDENT);
    for (guint i = 0; i < layout->count; i++) {
        append_blanks(line, i > 0 ? GAP : 0);
        append_fitted(line, cells[i], layout->widths[i], layout->columns[i]->kind != CELL_TEXT);
    }
    g_string_append_printf(out, "%s\n", g_strchomp(line->str));
}

static void append_head(GString *out, const Layout *layout)
{
    char *cells[REPORT_MAX_COLUMNS];
    for (guint i = 0; i < layout->count; i++)
        cells[i] = g_ascii_strup(layout->columns[i]->title, -1);
    append_line(out, layout, cells);
    for (guint i = 0; i < layout->count; i++)
        g_free(cells[i]);
}

/* A name that the row before has, too, is not said again where it has rules or methods. */
static gboolean repeats(const ReportTable *table, JsonArray *rows, guint row)
{
    const char *member = table->columns[0].member;
    return row > 0 && table->columns[1].kind == CELL_TEXT &&
           g_strcmp0(report_text_of(json_array_get_object_element(rows, row - 1), member),
                     report_text_of(json_array_get_object_element(rows, row), member)) == 0;
}

static void append_row(GString *out, const Layout *layout, JsonObject *row, gboolean repeated)
{
    char *cells[REPORT_MAX_COLUMNS];
    for (guint i = 0; i < layout->count; i++) {
        g_autofree char *cell = report_cell(row, layout->columns[i]);
        cells[i] = repeated && i == 0 ? g_strdup("") : escape(cell);
    }
    append_line(out, layout, cells);
    for (guint i = 0; i < layout->count; i++)
        g_free(cells[i]);
}

static void append_title(GString *out, const char *title)
{
    g_autofree char *upper = g_ascii_strup(title, -1);
    g_string_append_printf(out, "\n%s\n", upper);
}

static void append_table(GString *out, JsonObject *report, const ReportTable *table, guint width)
{
    JsonArray *rows = report_table_rows(report, table);
    if (rows == NULL)
        return;
    Layout layout = lay_out(table, rows, width);
    append_title(out, table->title);
    append_head(out, &layout);
    for (guint i = 0; i < json_array_get_length(rows); i++)
        append_row(out, &layout, json_array_get_object_element(rows, i), repeats(table, rows, i));
}

/* ---- summary ---- */

static void append_count(GString *out, JsonObject *report, const char *member, const char *words)
{
    g_autofree char *count = report_count_text(report_number_of(report, member));
    g_string_append_printf(out, "  %12s  %s\n", count, words);
}

/* A line for what is there at all. */
static void append_if_any(GString *out, JsonObject *report, const char *member, const char *words)
{
    if (report_number_of(report, member) > 0)
        append_count(out, report, member, words);
}

static void append_summary(GString *out, JsonObject *report)
{
    g_autofree char *made = report_time_text(report_text_of(report, "made"));
    g_autofree char *since = report_time_text(report_text_of(report, "since"));
    g_autofree char *first = report_time_text(report_text_of(report, "first"));
    g_autofree char *last = report_time_text(report_text_of(report, "last"));
    g_string_append_printf(out, "%s: report of %s\n\n", report_text_of(report, "program"), made);
    if (strcmp(report_text_of(report, "source"), "log") == 0) {
        append_count(out, report, "messages", "messages with a defect in the log");
    } else {
        append_count(out, report, "messages", "messages");
        append_count(out, report, "with_calendar", "of them with a calendar");
        append_count(out, report, "with_winmail", "with a winmail.dat");
        append_count(out, report, "broken", "with a defect");
    }
    append_count(out, report, "defects", "defects");
    append_if_any(out, report, "earlier",
                  "messages that were not counted: earlier, or without a date");
    append_if_any(out, report, "unreadable", "files or folders that could not be read");
    if (*first != '\0')
        g_string_append_printf(out, "\n  From %s to %s", first, last);
    if (*since != '\0')
        g_string_append_printf(out, "%sSince %s", *first != '\0' ? ". " : "\n  ", since);
    g_string_append(out, *first != '\0' || *since != '\0' ? ".\n" : "");
}

/* ---- examples and partners ---- */

static JsonObject *find_rule(JsonObject *report, const char *name)
{
    JsonArray *rules = json_object_get_array_member(report, "rules");
    for (guint i = 0; i < json_array_get_length(rules); i++) {
        JsonObject *rule = json_array_get_object_element(rules, i);
        if (g_strcmp0(report_text_of(rule, "rule"), name) == 0)
            return rule;
    }
    return NULL;
}

static void append_rule_head(GString *out, JsonObject *report, const char *name)
{
    JsonObject *rule = find_rule(report, name);
    const char *standard = rule == NULL ? NULL : report_text_of(rule, "standard");
    g_string_append_printf(out, "  %s: %s", name,
                           rule == NULL ? "" : report_text_of(rule, "summary"));
    if (standard != NULL)
        g_string_append_printf(out, " See %s.", standard);
    g_string_append_c(out, '\n');
}

static void append_example(GString *out, JsonObject *example)
{
    static const char *const members[] = {"message_id", "sender"};
    const char *file = report_text_of(example, "file");
    g_autofree char *time = report_time_text(report_text_of(example, "time"));
    g_string_append(out, "    ");
    if (file != NULL) {
        g_autofree char *safe = escape(file);
        g_string_append_printf(out, "%s, octet %" G_GINT64_FORMAT ", ", safe,
                               report_number_of(example, "offset"));
    }
    g_string_append(out, *time == '\0' ? "no date" : time);
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *safe = escape(report_text_of(example, members[i]));
        if (*safe != '\0')
            g_string_append_printf(out, ", %s", safe);
    }
    g_string_append_c(out, '\n');
}

static void append_examples(GString *out, JsonObject *report)
{
    JsonArray *examples = json_object_get_array_member(report, "examples");
    const char *last = NULL;
    if (json_array_get_length(examples) > 0)
        append_title(out, "Examples");
    for (guint i = 0; i < json_array_get_length(examples); i++) {
        JsonObject *example = json_array_get_object_element(examples, i);
        const char *rule = report_text_of(example, "rule");
        if (g_strcmp0(rule, last) != 0)
            append_rule_head(out, report, rule);
        append_example(out, example);
        last = rule;
    }
}

static void append_addresses(GString *out, JsonObject *partner)
{
    if (!json_object_has_member(partner, "addresses"))
        return;
    JsonArray *addresses = json_object_get_array_member(partner, "addresses");
    for (guint i = 0; i < json_array_get_length(addresses); i++) {
        g_autofree char *safe = escape(json_array_get_string_element(addresses, i));
        g_string_append_printf(out, "%s%s", i == 0 ? "  sent by " : ", ", safe);
    }
    g_string_append(out, json_array_get_length(addresses) > 0 ? "\n" : "");
}

static void append_partner(GString *out, JsonObject *partner)
{
    g_autofree char *title =
        g_strdup_printf("To the postmaster of %s", report_text_of(partner, "domain"));
    g_auto(GStrv) lines = g_strsplit(report_text_of(partner, "text"), "\n", -1);
    g_string_append_printf(out, "\n%s\n", title);
    append_addresses(out, partner);
    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *safe = escape(*line);
        g_string_append_printf(out, "%s%s\n", *safe == '\0' ? "" : "  ", safe);
    }
}

char *report_text(JsonObject *report, guint width)
{
    GString *out = g_string_new(NULL);
    gsize count;
    const ReportTable *tables = report_tables(&count);
    JsonArray *partners = json_object_get_array_member(report, "partners");
    append_summary(out, report);
    for (gsize i = 0; i < count; i++) {
        if (!tables[i].page_only)
            append_table(out, report, &tables[i], width);
    }
    append_examples(out, report);
    for (guint i = 0; i < json_array_get_length(partners); i++)
        append_partner(out, json_array_get_object_element(partners, i));
    return g_string_free(out, FALSE);
}
