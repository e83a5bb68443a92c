/* SPDX-License-Identifier: BSD-2-Clause
 *
 * html: text that a message brought, made safe for a page.
 *
 * Escaped for a terminal first (output_escape), so that nothing turns the writing direction or
 * hides; then for HTML, as text and as an attribute in quotes.
 */
#ifndef CALMEND_HTML_H
#define CALMEND_HTML_H

#include <glib.h>

/* Appends the text; nothing for NULL. */
void html_append(GString *out, const char *text);

/* The text, to be put into a format. Owned by the caller, g_free. */
char *html_escape(const char *text);

#endif
