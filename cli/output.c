/* SPDX-License-Identifier: BSD-2-Clause
 *
 * output: see output.h.
 */
#include "cli/output.h"

#include "common/escape.h"

#include <string.h>
#include <unistd.h>

#define UTF8_MAX     6
#define COLOR_END    "\033[0m"
#define INVALID_CHAR ((gunichar)-1)
#define PARTIAL_CHAR ((gunichar)-2)

static const char *const COLORS[] = {
    [COLOR_REMOVED] = "\033[31m",
    [COLOR_ADDED] = "\033[32m",
    [COLOR_PLACE] = "\033[36m",
    [COLOR_WARNING] = "\033[33m",
};

gboolean output_has_color(FILE *file)
{
    const char *refused = g_getenv("NO_COLOR");
    const char *terminal = g_getenv("TERM");
    if (refused != NULL && refused[0] != '\0')
        return FALSE;
    return terminal != NULL && strcmp(terminal, "dumb") != 0 && isatty(fileno(file)) == 1;
}

void output_paint(GString *out, gboolean color, OutputColor which, const char *text)
{
    if (color)
        g_string_append(out, COLORS[which]);
    g_string_append(out, text);
    if (color)
        g_string_append(out, COLOR_END);
}

static gboolean is_safe(gunichar character)
{
    return character == '\t' || escape_is_plain(character);
}

void output_escape(GString *out, Octets text)
{
    gsize at = 0;
    while (at < text.size) {
        const char *here = text.data + at;
        gunichar character = (guchar)*here;
        gsize size = 1;
        if (character >= 0x80) {
            character = g_utf8_get_char_validated(here, (gssize)MIN(text.size - at, UTF8_MAX));
            if (character != INVALID_CHAR && character != PARTIAL_CHAR)
                size = (gsize)(g_utf8_next_char(here) - here);
        }
        if (character == INVALID_CHAR || character == PARTIAL_CHAR || !is_safe(character)) {
            for (gsize i = 0; i < size; i++)
                g_string_append_printf(out, "\\x%02x", (guchar)here[i]);
        } else {
            g_string_append_len(out, here, (gssize)size);
        }
        at += size;
    }
}

void output_escape_short(GString *out, const char *text, gsize limit)
{
    Octets octets = octets_of(text);
    output_escape(out, octets_slice(octets, 0, MIN(octets.size, limit)));
    if (octets.size > limit)
        g_string_append(out, "...");
}
