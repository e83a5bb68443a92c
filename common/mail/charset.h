/* SPDX-License-Identifier: BSD-2-Clause
 *
 * charset: which calendars may be edited as ASCII.
 *
 * The rules write ASCII between ASCII. In a charset where those octets mean something else (UTF-16,
 * UTF-32, UTF-7, EBCDIC) nothing is written; the text is converted only to be looked at.
 */
#ifndef CALMEND_CHARSET_H
#define CALMEND_CHARSET_H

#include "common/mail/octets.h"

/* TRUE when text labelled so (NULL: no label) and made of these octets can be edited as ASCII. */
gboolean charset_is_ascii_compatible(const char *label, Octets text);

/* The text in UTF-8, by its label or, where that is compatible with ASCII, by the looks of its
 * first octets. Owned by the caller, g_free; NULL where it cannot be converted, or need not be: a
 * calendar that is ASCII whatever its label says. `size` gets its size. */
char *charset_to_utf8(const char *label, Octets text, gsize *size);

#endif
