/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/escape.h"

#include <string.h>

gboolean escape_is_plain(gunichar character)
{
    GUnicodeType type = g_unichar_type(character);
    return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT &&
           type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

char *escape_json(const char *line)
{
    g_autoptr(GString) out = g_string_sized_new(strlen(line));
    for (const char *c = line; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        gboolean printable = character >= ' ' && character < 0x7f;
        if (printable || escape_is_plain(character)) {
            g_string_append_unichar(out, character);
            continue;
        }
        glong units;
        g_autofree gunichar2 *utf16 = g_ucs4_to_utf16(&character, 1, NULL, &units, NULL);
        for (glong i = 0; i < units; i++)
            g_string_append_printf(out, "\\u%04x", utf16[i]);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
