/* SPDX-License-Identifier: BSD-2-Clause
 *
 * escape: which characters of a message may be shown as they are.
 *
 * A control character, C1 included, a format character such as those that turn the writing
 * direction, and a separator of lines or paragraphs may change how a terminal or a log shows
 * others. Log, command and JSON ask here, so that none of them shows what another hides.
 */
#ifndef CALMEND_ESCAPE_H
#define CALMEND_ESCAPE_H

#include <glib.h>

/* FALSE for a character that may change how others are shown. The tab is one. */
gboolean escape_is_plain(gunichar character);

/* A line of JSON with the characters that are not plain as \uXXXX (RFC 8259 7), which JSON lets
 * stand as they are but for those of ASCII. They occur in its strings only. `line` is UTF-8. Owned
 * by the caller, g_free. */
char *escape_json(const char *line);

#endif
