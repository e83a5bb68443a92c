/* SPDX-License-Identifier: BSD-2-Clause
 *
 * json_output: see json_output.h.
 */
#include "cli/json_output.h"

#include "common/escape.h"

#include <stdio.h>

void json_output_text(JsonBuilder *builder, const char *name, const char *text)
{
    json_builder_set_member_name(builder, name);
    if (text == NULL) {
        json_builder_add_null_value(builder);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_builder_add_string_value(builder, valid);
}

void json_output_flag(JsonBuilder *builder, const char *name, gboolean flag)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, flag);
}

void json_output_number(JsonBuilder *builder, const char *name, guint64 number)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, (gint64)number);
}

void json_output_node(JsonNode *node)
{
    g_autofree char *text = json_to_string(node, FALSE);
    g_autofree char *line = escape_json(text);
    puts(line);
}

void json_output_line(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    json_output_node(root);
}
