/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/field_changes.h"

#include "common/mail/splice.h"

#include <string.h>

static void change_clear(gpointer data)
{
    FieldChange *change = data;
    g_free(change->name);
    g_free(change->value);
}

/* Octets of a field as a milter gives them: LF alone for a line end. */
static char *milter_value(Octets value)
{
    GString *text = g_string_sized_new(value.size);
    for (gsize i = 0; i < value.size; i++) {
        if (value.data[i] != '\r')
            g_string_append_c(text, value.data[i]);
    }
    return g_string_free(text, FALSE);
}

/* A field that comes in as a whole: NAME, colon, value, line ending. */
static FieldChange insertion(const Edit *edit)
{
    const char *colon = memchr(edit->text.data, ':', edit->text.size);
    gsize name = (gsize)(colon - edit->text.data);
    gsize end = octets_line_ending(edit->text, edit->text.size);
    return (FieldChange){
        .kind = FIELD_INSERT,
        .name = octets_dup(octets_slice(edit->text, 0, name)),
        .value = milter_value(octets_slice(edit->text, name + 1, end)),
    };
}

/* The edits [from, to), which stand in the field. */
static FieldChange change_of(const Message *message, const HeaderField *field, const GArray *edits,
                             guint from, guint to)
{
    FieldChange change = {
        .kind = FIELD_REMOVE,
        .name = octets_dup(message_field_name(message, field)),
        .index = message_field_index(message, field),
    };
    if (g_array_index(edits, Edit, from).offset == field->start)
        return change;
    g_autoptr(GArray) local = g_array_new(FALSE, FALSE, sizeof(Edit));
    for (guint i = from; i < to; i++) {
        Edit edit = g_array_index(edits, Edit, i);
        edit.offset -= field->value;
        g_array_append_val(local, edit);
    }
    g_autoptr(GString) value = splice_to_string(message_field_value(message, field), local);
    change.kind = FIELD_CHANGE;
    change.value = milter_value((Octets){value->str, value->len});
    return change;
}

guint field_changes_body(const Message *message, const GArray *edits)
{
    guint count = 0;
    while (count < edits->len && g_array_index(edits, Edit, count).offset < message->body)
        count++;
    return count;
}

GArray *field_changes_new(const Message *message, const GArray *edits)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(FieldChange));
    g_array_set_clear_func(changes, change_clear);
    guint to = field_changes_body(message, edits);
    guint first = 0;
    while (first < to && g_array_index(edits, Edit, first).length == 0 &&
           g_array_index(edits, Edit, first).offset == message->head)
        first++;
    for (guint i = message->fields->len; i > 0 && to > first; i--) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i - 1);
        guint from = to;
        while (from > first && g_array_index(edits, Edit, from - 1).offset >= field->start)
            from--;
        if (from == to)
            continue;
        FieldChange change = change_of(message, field, edits, from, to);
        g_array_append_val(changes, change);
        to = from;
    }
    for (guint i = first; i > 0; i--) {
        FieldChange change = insertion(&g_array_index(edits, Edit, i - 1));
        g_array_append_val(changes, change);
    }
    return changes;
}
