/* SPDX-License-Identifier: BSD-2-Clause
 *
 * json_output: one JSON object per line on standard output.
 *
 * Members are added in the order in which they are read. JSON is UTF-8 (RFC 8259 8.1): octets that
 * are none become U+FFFD. What might change how a terminal shows others is escaped (escape_json).
 */
#ifndef CALMEND_JSON_OUTPUT_H
#define CALMEND_JSON_OUTPUT_H

#include <json-glib/json-glib.h>

/* Adds a member with a text, null for NULL. */
void json_output_text(JsonBuilder *builder, const char *name, const char *text);

/* Adds a member with true or false. */
void json_output_flag(JsonBuilder *builder, const char *name, gboolean flag);

/* Adds a member with a number. */
void json_output_number(JsonBuilder *builder, const char *name, guint64 number);

/* Writes a node as one line to standard output. */
void json_output_node(JsonNode *node);

/* Writes what was built as one line to standard output. */
void json_output_line(JsonBuilder *builder);

#endif
