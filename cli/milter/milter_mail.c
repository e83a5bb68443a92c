/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_mail: see milter_mail.h.
 */
#include "cli/milter/milter_mail.h"

#include <string.h>

/* Appends `octets` without CR and NUL and gives the copy. `text` must have room for it, so that
 * earlier copies stay where they are. */
static Octets copy_clean(GString *text, Octets octets)
{
    gsize start = text->len;
    for (gsize i = 0; i < octets.size; i++) {
        if (octets.data[i] != '\r' && octets.data[i] != '\0')
            g_string_append_c(text, octets.data[i]);
    }
    return (Octets){.data = text->str + start, .size = text->len - start};
}

static void append_crlf(GString *body, Octets octets)
{
    gsize at = 0;
    while (at < octets.size) {
        gsize next = octets_next_line(octets, at);
        gsize ending = octets_line_ending(octets, next);
        Octets line = octets_slice(octets, at, ending);
        g_string_append_len(body, line.data, (gssize)line.size);
        g_string_append(body, "\r\n");
        at = next;
    }
}

void milter_content_init(MilterContent *content, const Message *message)
{
    Octets body = octets_slice(message->octets, message->body, message->octets.size);
    content->headers = g_array_sized_new(FALSE, FALSE, sizeof(MilterHeader), message->fields->len);
    content->text = g_string_sized_new(message->body + 1);
    content->body = g_string_sized_new(body.size + body.size / 32 + 2);
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        MilterHeader header = {
            .name = copy_clean(content->text, message_field_name(message, field)),
            .value = copy_clean(content->text, message_field_value(message, field)),
        };
        g_array_append_val(content->headers, header);
    }
    append_crlf(content->body, body);
}

void milter_content_clear(MilterContent *content)
{
    g_clear_pointer(&content->headers, g_array_unref);
    if (content->text != NULL)
        g_string_free(content->text, TRUE);
    if (content->body != NULL)
        g_string_free(content->body, TRUE);
    *content = (MilterContent){0};
}

void milter_content_put(const MilterContent *content, MilterMail *mail)
{
    mail->headers = (const MilterHeader *)(const void *)content->headers->data;
    mail->headers_count = content->headers->len;
    mail->body = (Octets){.data = content->body->str, .size = content->body->len};
}
