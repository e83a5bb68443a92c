/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/report_page.h"

#include "cli/report/chart.h"
#include "cli/report/html.h"
#include "cli/report/report_table.h"

#include <gio/gio.h>
#include <string.h>

#define RESOURCES "/calmend/report/"

/* ---- the template ---- */

/* A file that was compiled in. Owned by the caller. */
static char *load(const char *name)
{
    g_autofree char *path = g_strconcat(RESOURCES, name, NULL);
    g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    gsize size;
    g_assert(bytes != NULL);
    const char *data = g_bytes_get_data(bytes, &size);
    return g_strndup(data, size);
}

/* The hash of an inline element as a policy names it (CSP 3, 2.3.1). Owned by the caller. */
static char *hash_of(const char *text)
{
    guint8 digest[32];
    gsize size = sizeof digest;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)text, -1);
    g_checksum_get_digest(checksum, digest, &size);
    g_autofree char *encoded = g_base64_encode(digest, size);
    return g_strdup_printf("'sha256-%s'", encoded);
}

/* What stands for a {{name}} of the template. */
typedef struct {
    const char *name;
    const char *text;
} Slot;

static const char *find_slot(const Slot *slots, const char *name, gsize size)
{
    for (; slots->name != NULL; slots++) {
        if (strlen(slots->name) == size && strncmp(slots->name, name, size) == 0)
            return slots->text;
    }
    g_assert_not_reached();
}

/* Fills the template in one pass, so that no text is taken for a slot. */
static char *fill(const char *template, const Slot *slots)
{
    GString *out = g_string_new(NULL);
    for (;;) {
        const char *open = strstr(template, "{{");
        if (open == NULL)
            break;
        const char *close = strstr(open, "}}");
        g_assert(close != NULL);
        g_string_append_len(out, template, open - template);
        g_string_append(out, find_slot(slots, open + 2, (gsize)(close - open - 2)));
        template = close + 2;
    }
    g_string_append(out, template);
    return g_string_free(out, FALSE);
}

/* ---- summary ---- */

static void append_tile(GString *out, JsonObject *report, const char *member, const char *label,
                        gboolean always)
{
    gint64 value = report_number_of(report, member);
    g_autofree char *count = report_count_text(value);
    if (always || value > 0)
        g_string_append_printf(out, "<div class=\"%s\"><dt>%s</dt><dd>%s</dd></div>", member, label,
                               count);
}

static char *make_tiles(JsonObject *report)
{
    gboolean stored = strcmp(report_text_of(report, "source"), "mail") == 0;
    GString *out = g_string_new(NULL);
    append_tile(out, report, "messages", stored ? "messages" : "messages with a defect", TRUE);
    if (stored) {
        append_tile(out, report, "with_calendar", "with a calendar", TRUE);
        append_tile(out, report, "with_winmail", "with a winmail.dat", FALSE);
        append_tile(out, report, "broken", "with a defect", TRUE);
    }
    append_tile(out, report, "defects", "defects", TRUE);
    append_tile(out, report, "earlier", "not counted: earlier", FALSE);
    append_tile(out, report, "unreadable", "files not readable", FALSE);
    return g_string_free(out, FALSE);
}

/* A time of the report behind some words; nothing where it has none. */
static void append_time(GString *out, JsonObject *report, const char *words, const char *member)
{
    g_autofree char *time = report_time_text(report_text_of(report, member));
    if (*time != '\0')
        g_string_append_printf(out, "%s <time>%s</time>", words, time);
}

static char *make_lead(JsonObject *report)
{
    GString *out = g_string_new(NULL);
    g_string_append(out, strcmp(report_text_of(report, "source"), "mail") == 0
                             ? "Stored mail"
                             : "What calmend-milter logged");
    append_time(out, report, " since", "since");
    append_time(out, report, ", from", "first");
    append_time(out, report, " to", "last");
    append_time(out, report, ". Made", "made");
    g_string_append(out, " by ");
    html_append(out, report_text_of(report, "program"));
    g_string_append_c(out, '.');
    return g_string_free(out, FALSE);
}

/* ---- tables ---- */

static void append_head(GString *out, JsonArray *rows, const ReportTable *table)
{
    g_string_append(out, "<thead><tr>");
    for (const ReportColumn *column = table->columns; column->member != NULL; column++) {
        if (report_column_is_used(rows, column))
            g_string_append_printf(
                out, "<th scope=\"col\" class=\"%s\">%s</th>",
                column->kind == CELL_NUMBER || column->kind == CELL_PERCENT ? "number" : "text",
                column->title);
    }
    g_string_append(out, "</tr></thead>");
}

/* Numbers carry their value for the script; the first cell names its row. */
static void append_cell(GString *out, JsonObject *row, const ReportColumn *column, gboolean first)
{
    g_autofree char *text = report_cell(row, column);
    switch (column->kind) {
    case CELL_NUMBER:
    case CELL_PERCENT:
        g_string_append_printf(out,
                               "<td class=\"number\" data-value=\"%" G_GINT64_FORMAT "\">%s</td>",
                               report_number_of(row, column->member), text);
        return;
    case CELL_TIME:
        g_string_append_printf(out, "<td class=\"time\">%s</td>", text);
        return;
    case CELL_TEXT:
        g_string_append(out, first ? "<th scope=\"row\">" : "<td>");
        html_append(out, text);
        g_string_append(out, first ? "</th>" : "</td>");
        return;
    }
}

static void append_row(GString *out, JsonArray *rows, guint number, const ReportTable *table)
{
    JsonObject *row = json_array_get_object_element(rows, number);
    g_string_append(out, "<tr>");
    for (const ReportColumn *column = table->columns; column->member != NULL; column++) {
        if (report_column_is_used(rows, column))
            append_cell(out, row, column, column == table->columns);
    }
    g_string_append(out, "</tr>\n");
}

/* A wide table scrolls by itself, also by the keyboard. */
static void append_table(GString *out, JsonArray *rows, const ReportTable *table)
{
    g_string_append_printf(out,
                           "<div class=\"scroll\" role=\"region\" aria-labelledby=\"%s-title\" "
                           "tabindex=\"0\"><table>",
                           table->array);
    append_head(out, rows, table);
    g_string_append(out, "<tbody>\n");
    for (guint i = 0; i < json_array_get_length(rows); i++)
        append_row(out, rows, i, table);
    g_string_append(out, "</tbody></table></div>");
}

static void append_chart(GString *out, JsonObject *report, const ReportTable *table)
{
    static const struct {
        const char *array;
        void (*append)(GString *out, JsonObject *report);
    } charts[] = {{"months", chart_append_months}, {"producers", chart_append_producers}};
    for (gsize i = 0; i < G_N_ELEMENTS(charts); i++) {
        if (strcmp(charts[i].array, table->array) == 0)
            charts[i].append(out, report);
    }
}

static void append_section(GString *out, JsonObject *report, const ReportTable *table)
{
    JsonArray *rows = report_table_rows(report, table);
    if (rows == NULL)
        return;
    g_string_append_printf(out, "<section id=\"%s\"><h2 id=\"%s-title\">%s</h2>", table->array,
                           table->array, table->title);
    if (table->note != NULL)
        g_string_append_printf(out, "<p class=\"note\">%s</p>", table->note);
    g_string_append(out, "<div class=\"figures\">");
    append_chart(out, report, table);
    append_table(out, rows, table);
    g_string_append(out, "</div></section>\n");
}

/* ---- partners ---- */

static void append_addresses(GString *out, JsonObject *partner)
{
    if (!json_object_has_member(partner, "addresses"))
        return;
    JsonArray *addresses = json_object_get_array_member(partner, "addresses");
    for (guint i = 0; i < json_array_get_length(addresses); i++) {
        g_string_append(out, i == 0 ? "<p class=\"note\">Sent by " : ", ");
        html_append(out, json_array_get_string_element(addresses, i));
    }
    g_string_append(out, json_array_get_length(addresses) > 0 ? ".</p>" : "");
}

/* Line by line, since a line end is a control character. */
static void append_letter(GString *out, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_string_append(out, "<pre tabindex=\"0\">");
    for (char **line = lines; *line != NULL; line++) {
        html_append(out, *line);
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "</pre>");
}

static void append_partners(GString *out, JsonObject *report)
{
    JsonArray *partners = json_object_get_array_member(report, "partners");
    if (json_array_get_length(partners) == 0)
        return;
    g_string_append(out, "<section id=\"partners\"><h2>To the postmasters</h2><p class=\"note\">A "
                         "text for each domain, ready to be sent.</p>");
    for (guint i = 0; i < json_array_get_length(partners); i++) {
        JsonObject *partner = json_array_get_object_element(partners, i);
        g_string_append(out, "<article><h3>");
        html_append(out, report_text_of(partner, "domain"));
        g_string_append(out, "</h3>");
        append_addresses(out, partner);
        append_letter(out, report_text_of(partner, "text"));
        g_string_append(out, "</article>\n");
    }
    g_string_append(out, "</section>\n");
}

/* Links to the sections that are there. */
static char *make_links(JsonObject *report)
{
    GString *out = g_string_new(NULL);
    gsize count;
    const ReportTable *tables = report_tables(&count);
    for (gsize i = 0; i < count; i++) {
        if (report_table_rows(report, &tables[i]) != NULL)
            g_string_append_printf(out, "<li><a href=\"#%s\">%s</a></li>", tables[i].array,
                                   tables[i].title);
    }
    if (json_array_get_length(json_object_get_array_member(report, "partners")) > 0)
        g_string_append(out, "<li><a href=\"#partners\">To the postmasters</a></li>");
    return g_string_free(out, FALSE);
}

static char *make_sections(JsonObject *report)
{
    GString *out = g_string_new(NULL);
    gsize count;
    const ReportTable *tables = report_tables(&count);
    for (gsize i = 0; i < count; i++)
        append_section(out, report, &tables[i]);
    append_partners(out, report);
    if (report_number_of(report, "defects") == 0)
        g_string_append(out, "<p class=\"good\">No defect was found.</p>");
    return g_string_free(out, FALSE);
}

char *report_page(JsonObject *report)
{
    g_autofree char *template = load("page.html");
    g_autofree char *style = load("page.css");
    g_autofree char *script = load("page.js");
    g_autofree char *style_hash = hash_of(style);
    g_autofree char *script_hash = hash_of(script);
    g_autofree char *lead = make_lead(report);
    g_autofree char *tiles = make_tiles(report);
    g_autofree char *links = make_links(report);
    g_autofree char *sections = make_sections(report);
    const Slot slots[] = {
        {"style", style},
        {"style-hash", style_hash},
        {"script", script},
        {"lead", lead},
        {"script-hash", script_hash},
        {"tiles", tiles},
        {"sections", sections},
        {"links", links},
        {NULL, NULL},
    };
    return fill(template, slots);
}
