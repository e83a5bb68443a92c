/* SPDX-License-Identifier: BSD-2-Clause
 *
 * report_table: the arrays of a report as tables, the same in text and on the page.
 *
 * Each is a row of one list: which array, its title, what is said above it, its columns. A table
 * without a row and a column without a value are not shown.
 */
#ifndef CALMEND_REPORT_TABLE_H
#define CALMEND_REPORT_TABLE_H

#include <json-glib/json-glib.h>

#define REPORT_MAX_COLUMNS 9

typedef enum {
    CELL_TEXT,
    CELL_NUMBER,
    CELL_PERCENT,
    CELL_TIME,
} CellKind;

typedef struct {
    const char *member; /* NULL: no further column */
    const char *title;
    CellKind kind;
    gboolean page_only; /* too wide for a terminal */
} ReportColumn;

typedef struct {
    const char *array; /* the member of the report */
    const char *title;
    const char *note;
    ReportColumn columns[REPORT_MAX_COLUMNS + 1];
    gboolean page_only; /* the text says it otherwise */
} ReportTable;

/* All tables in the order in which they are shown. Static. */
const ReportTable *report_tables(gsize *count);

/* The rows of a table, objects; NULL where there is none. Borrowed. */
JsonArray *report_table_rows(JsonObject *report, const ReportTable *table);

/* FALSE where no row has a value there. */
gboolean report_column_is_used(JsonArray *rows, const ReportColumn *column);

/* A cell as text for people, not escaped; "" for none. Owned by the caller, g_free. */
char *report_cell(JsonObject *row, const ReportColumn *column);

/* A member of an object; NULL and 0 for null. Borrowed. */
const char *report_text_of(JsonObject *object, const char *member);
gint64 report_number_of(JsonObject *object, const char *member);

/* A time of the report as people write it, "2024-03-05 10:15 UTC"; "" for NULL. Owned by the
 * caller. */
char *report_time_text(const char *time);

/* A number with a comma before every three digits. Owned by the caller. */
char *report_count_text(gint64 count);

#endif
