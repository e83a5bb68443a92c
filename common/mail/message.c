/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/message.h"

#include <string.h>

/* Many messages have fewer header fields; they take a KiB, which malloc has at hand. */
#define FIELDS_USUAL 25

/* A field name is printable ASCII without the colon (RFC 5322 2.2); blanks before the colon are
 * obsolete but read (RFC 5322 4.5). */
static inline gboolean read_field(Octets octets, gsize line, HeaderField *field)
{
    gsize name_end = line;
    while (name_end < octets.size && octets.data[name_end] > ' ' && octets.data[name_end] < 0x7f &&
           octets.data[name_end] != ':')
        name_end++;
    gsize colon = name_end;
    while (colon < octets.size && octet_is_blank(octets.data[colon]))
        colon++;
    if (name_end == line || colon == octets.size || octets.data[colon] != ':')
        return FALSE;

    gsize next = octets_next_unfolded(octets, line);
    *field = (HeaderField){
        .start = line,
        .name_end = name_end,
        .value = colon + 1,
        .value_end = octets_line_ending(octets, next),
        .next = next,
    };
    return TRUE;
}

gboolean message_read_field(Octets octets, gsize line, HeaderField *field)
{
    return read_field(octets, line, field);
}

static gboolean is_blank_line(Octets octets, gsize line)
{
    gsize next = octets_next_line(octets, line);
    return next > line && octets_line_ending(octets, next) == line;
}

void message_init(Message *message, Octets octets)
{
    gsize line = 0;
    if (octets.size >= 5 && memcmp(octets.data, "From ", 5) == 0)
        line = octets_next_line(octets, 0);

    *message = (Message){.octets = octets, .head = line};
    message->fields = g_array_sized_new(FALSE, FALSE, sizeof(HeaderField), FIELDS_USUAL);

    HeaderField field;
    while (line < octets.size && read_field(octets, line, &field)) {
        if (message->fields->len < MESSAGE_MAX_FIELDS)
            g_array_append_val(message->fields, field);
        else
            message->over_limit = TRUE;
        line = field.next;
    }
    message->body = is_blank_line(octets, line) ? octets_next_line(octets, line) : line;
}

void message_clear(Message *message)
{
    g_clear_pointer(&message->fields, g_array_unref);
}

Octets message_field_name(const Message *message, const HeaderField *field)
{
    return octets_slice(message->octets, field->start, field->name_end);
}

Octets message_field_value(const Message *message, const HeaderField *field)
{
    return octets_slice(message->octets, field->value, field->value_end);
}

const HeaderField *message_find_field(const Message *message, const char *name)
{
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        if (octets_equal_nocase(message_field_name(message, field), name))
            return field;
    }
    return NULL;
}

guint message_count_fields(const Message *message, const char *name)
{
    guint count = 0;
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        count += octets_equal_nocase(message_field_name(message, field), name) ? 1 : 0;
    }
    return count;
}

char *message_field_text(const Message *message, const HeaderField *field)
{
    Octets value = message_field_value(message, field);
    GString *text = g_string_sized_new(value.size);
    for (gsize i = 0; i < value.size; i++) {
        if (value.data[i] != '\r' && value.data[i] != '\n')
            g_string_append_c(text, value.data[i]);
    }
    g_strstrip(text->str);
    return g_string_free(text, FALSE);
}

guint message_field_index(const Message *message, const HeaderField *field)
{
    g_autofree char *name = octets_dup(message_field_name(message, field));
    guint index = 0;
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *other = &g_array_index(message->fields, HeaderField, i);
        if (octets_equal_nocase(message_field_name(message, other), name))
            index++;
        if (other == field)
            break;
    }
    return index;
}
