/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/chart.h"

#include "cli/report/html.h"
#include "cli/report/report_table.h"

#include <stdlib.h>
#include <string.h>

/* More columns than this are drawn by year. */
#define MOST_MONTHS 48

/* Labels below the columns: as many as a telephone has room for. */
#define MOST_LABELS 4

/* Bars of producers. */
#define MOST_BARS 12

#define MONTHS_PER_YEAR 12

/* The plot, in per cent of the drawing: values stand left of it, months below. */
#define PLOT_LEFT   10.0
#define PLOT_WIDTH  (100.0 - PLOT_LEFT)
#define PLOT_TOP    4.0
#define PLOT_BOTTOM 88.0

/* What a column is made of, from below. */
static const struct {
    const char *member;
    const char *name;
} segments[] = {
    {"mended", "mended by a switch"},
    {"enabled", "mended if enabled"},
    {"left", "left"},
};
#define SEGMENTS G_N_ELEMENTS(segments)

/* One column: a month or a year. */
typedef struct {
    char label[sizeof "YYYY-MM"];
    gint64 defects[SEGMENTS];
    gint64 total;
} Column;

/* A length or position as text, whatever the locale. */
static char *percent(double value)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strconcat(g_ascii_formatd(buffer, sizeof buffer, "%.2f", value), "%", NULL);
}

static void append_rect(GString *out, const char *class, double x, double y, double width,
                        double height)
{
    g_autofree char *x_text = percent(x);
    g_autofree char *y_text = percent(y);
    g_autofree char *width_text = percent(width);
    g_autofree char *height_text = percent(height);
    g_string_append_printf(out, "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>",
                           class, x_text, y_text, width_text, height_text);
}

/* ---- months ---- */

/* A month as a number; FALSE for what is none. */
static gboolean read_month(const char *text, int *month)
{
    if (text == NULL || strlen(text) != strlen("YYYY-MM") || text[4] != '-')
        return FALSE;
    *month = atoi(text) * MONTHS_PER_YEAR + atoi(text + 5) - 1;
    return TRUE;
}

/* The first and the last month that is known. FALSE where none is. */
static gboolean find_range(JsonArray *months, int *first, int *last)
{
    gboolean found = FALSE;
    int month;
    for (guint i = 0; i < json_array_get_length(months); i++) {
        JsonObject *row = json_array_get_object_element(months, i);
        if (!read_month(report_text_of(row, "month"), &month))
            continue;
        *first = found ? MIN(*first, month) : month;
        *last = found ? MAX(*last, month) : month;
        found = TRUE;
    }
    return found;
}

/* A column for each month or year of the range, those without a defect too. */
static GArray *make_columns(JsonArray *months, int first, int last)
{
    gboolean yearly = last - first >= MOST_MONTHS;
    int unit = yearly ? MONTHS_PER_YEAR : 1;
    guint count = (guint)(last / unit - first / unit + 1);
    GArray *columns = g_array_sized_new(FALSE, TRUE, sizeof(Column), count);
    g_array_set_size(columns, count);
    for (guint i = 0; i < count; i++) {
        Column *column = &g_array_index(columns, Column, i);
        int month = (first / unit + (int)i) * unit;
        g_snprintf(column->label, sizeof column->label, yearly ? "%04d" : "%04d-%02d",
                   month / MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1);
    }
    for (guint i = 0; i < json_array_get_length(months); i++) {
        JsonObject *row = json_array_get_object_element(months, i);
        int month;
        if (!read_month(report_text_of(row, "month"), &month))
            continue;
        Column *column = &g_array_index(columns, Column, month / unit - first / unit);
        for (guint k = 0; k < SEGMENTS; k++) {
            column->defects[k] += report_number_of(row, segments[k].member);
            column->total += report_number_of(row, segments[k].member);
        }
    }
    return columns;
}

static gint64 highest(const GArray *columns)
{
    gint64 most = 1;
    for (guint i = 0; i < columns->len; i++)
        most = MAX(most, g_array_index(columns, Column, i).total);
    return most;
}

static void append_column(GString *out, const Column *column, gint64 most, double x, double width)
{
    double bottom = PLOT_BOTTOM;
    if (column->total == 0)
        return;
    g_string_append_printf(out, "<g><title>%s: %" G_GINT64_FORMAT " %s</title>", column->label,
                           column->total, column->total == 1 ? "defect" : "defects");
    for (guint i = 0; i < SEGMENTS; i++) {
        double height = (PLOT_BOTTOM - PLOT_TOP) * (double)column->defects[i] / (double)most;
        if (column->defects[i] > 0)
            append_rect(out, segments[i].member, x, bottom - height, width, height);
        bottom -= height;
    }
    g_string_append(out, "</g>");
}

/* A value as short as the room left of the plot. */
static char *short_count(gint64 count)
{
    return count < 10000 ? g_strdup_printf("%" G_GINT64_FORMAT, count)
                         : g_strdup_printf("%" G_GINT64_FORMAT "k", count / 1000);
}

/* Lines at the top, half way where that is a whole number, and at the bottom, with their values. */
static void append_grid(GString *out, gint64 most)
{
    g_autofree char *x = percent(PLOT_LEFT);
    for (gint64 part = 0; part <= 2; part++) {
        g_autofree char *y = percent(PLOT_BOTTOM - (PLOT_BOTTOM - PLOT_TOP) * (double)part / 2);
        g_autofree char *value = short_count(most * part / 2);
        if (most * part % 2 != 0)
            continue;
        g_string_append_printf(out,
                               "<line x1=\"%s\" x2=\"100%%\" y1=\"%s\" y2=\"%s\"/>"
                               "<text x=\"0\" y=\"%s\" dy=\"4\">%s</text>",
                               x, y, y, y, value);
    }
}

static void append_label(GString *out, const GArray *columns, guint number)
{
    double step = PLOT_WIDTH / columns->len;
    gboolean first = number == 0 && columns->len > 1;
    gboolean last = number == columns->len - 1 && columns->len > 1;
    g_autofree char *x = percent(first  ? PLOT_LEFT
                                 : last ? 100
                                        : PLOT_LEFT + step * (number + 0.5));
    g_string_append_printf(out, "<text class=\"%s\" x=\"%s\" y=\"98%%\">%s</text>",
                           first  ? "start"
                           : last ? "end"
                                  : "middle",
                           x, g_array_index(columns, Column, number).label);
}

/* Labels as far apart as each other, the first and the last column among them. */
static void append_labels(GString *out, const GArray *columns)
{
    guint labels = MIN(columns->len, MOST_LABELS);
    for (guint i = 0; i < labels; i++)
        append_label(out, columns,
                     labels == 1 ? 0 : (i * (columns->len - 1) + (labels - 1) / 2) / (labels - 1));
}

static void append_legend(GString *out)
{
    g_string_append(out, "<ul class=\"legend\">");
    for (guint i = 0; i < SEGMENTS; i++)
        g_string_append_printf(out,
                               "<li><svg class=\"key\" aria-hidden=\"true\"><rect class=\"%s\" "
                               "width=\"100%%\" height=\"100%%\"/></svg>%s</li>",
                               segments[i].member, segments[i].name);
    g_string_append(out, "</ul>");
}

void chart_append_months(GString *out, JsonObject *report)
{
    JsonArray *months = json_object_get_array_member(report, "months");
    int first;
    int last;
    if (!find_range(months, &first, &last))
        return;
    g_autoptr(GArray) columns = make_columns(months, first, last);
    const char *unit = last - first >= MOST_MONTHS ? "year" : "month";
    gint64 most = highest(columns);
    double step = PLOT_WIDTH / columns->len;
    double width = MIN(step * 0.76, 12.0);
    g_string_append_printf(
        out,
        "<figure><figcaption>Defects by %s</figcaption>"
        "<svg class=\"columns\" role=\"img\" aria-label=\"Defects by %s, at most "
        "%" G_GINT64_FORMAT "; the table has the figures\">",
        unit, unit, most);
    append_grid(out, most);
    for (guint i = 0; i < columns->len; i++)
        append_column(out, &g_array_index(columns, Column, i), most,
                      PLOT_LEFT + step * i + (step - width) / 2, width);
    append_labels(out, columns);
    g_string_append(out, "</svg>");
    append_legend(out);
    g_string_append(out, "</figure>");
}

/* ---- producers ---- */

static gint64 most_defects(JsonArray *producers)
{
    gint64 most = 1;
    for (guint i = 0; i < json_array_get_length(producers); i++)
        most = MAX(most, report_number_of(json_array_get_object_element(producers, i), "defects"));
    return most;
}

static void append_bar(GString *out, JsonObject *row, gboolean shares, gint64 most)
{
    gint64 broken = report_number_of(row, "broken");
    gint64 defects = report_number_of(row, "defects");
    double length =
        shares ? (double)report_number_of(row, "percent") : 100.0 * (double)defects / (double)most;
    g_autofree char *name = html_escape(report_text_of(row, "producer"));
    g_string_append_printf(out, "<li><span class=\"name\">%s</span><span class=\"value\">", name);
    if (shares)
        g_string_append_printf(
            out,
            "%" G_GINT64_FORMAT " %% <small>%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT "</small>",
            report_number_of(row, "percent"), broken, report_number_of(row, "messages"));
    else
        g_string_append_printf(out, "%" G_GINT64_FORMAT, defects);
    g_string_append(out, "</span><svg class=\"bar\" aria-hidden=\"true\">");
    append_rect(out, "track", 0, 0, 100, 100);
    append_rect(out, "broken", 0, 0, length, 100);
    g_string_append(out, "</svg></li>");
}

void chart_append_producers(GString *out, JsonObject *report)
{
    JsonArray *producers = json_object_get_array_member(report, "producers");
    gboolean shares = strcmp(report_text_of(report, "source"), "mail") == 0;
    guint count = MIN(json_array_get_length(producers), MOST_BARS);
    if (count == 0)
        return;
    g_string_append_printf(out, "<figure><figcaption>%s</figcaption><ol class=\"bars\">",
                           shares ? "Share of broken mail by producer" : "Defects by producer");
    for (guint i = 0; i < count; i++)
        append_bar(out, json_array_get_object_element(producers, i), shares,
                   most_defects(producers));
    g_string_append(out, "</ol></figure>");
}
