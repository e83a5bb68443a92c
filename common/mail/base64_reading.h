/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base64_reading: base64 as strictly as an edit needs it (RFC 2045 6.8).
 *
 * Decoders pass over what is foreign to the alphabet and over what is missing at the end. What they
 * pass over cannot be written back, so here it is told.
 */
#ifndef CALMEND_BASE64_READING_H
#define CALMEND_BASE64_READING_H

#include "common/mail/splice.h"

/* A line that is longer is cut on its way. */
#define BASE64_LONGEST_LINE ((gsize)990)

/* TRUE when `encoded` is nothing but the alphabet, line ends, and padding at the end of whole
 * quanta, and decodes to `decoded_size` octets. */
gboolean base64_is_strict(Octets encoded, gsize decoded_size);

/* TRUE when a line has more than BASE64_LONGEST_LINE octets. */
gboolean base64_has_long_line(Octets encoded);

/* TRUE when `encoded` with these edits is strict and decodes to `text`. Holds neither at once. */
gboolean base64_decodes_to(Octets encoded, const GArray *edits, Octets text);

#endif
