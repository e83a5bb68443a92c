/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/html.h"

#include "cli/output.h"

void html_append(GString *out, const char *text)
{
    g_autofree char *escaped = html_escape(text);
    g_string_append(out, escaped);
}

char *html_escape(const char *text)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    output_escape(plain, octets_of(text));
    return g_markup_escape_text(plain->str, (gssize)plain->len);
}
