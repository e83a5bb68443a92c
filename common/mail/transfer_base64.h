/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transfer_base64: edits in base64 (RFC 2045 6.8).
 *
 * Four characters stand for three octets, a quantum. Where an edit keeps the length, just the
 * quanta that it covers change, and line breaks stay where they are. From the first edit that
 * changes the length on, the rest of the data is encoded anew, with the length of the part's first
 * line and its line ending; what stands before the first changed quantum and after the last
 * character stays.
 */
#ifndef CALMEND_TRANSFER_BASE64_H
#define CALMEND_TRANSFER_BASE64_H

#include "common/mail/splice.h"

/* TRUE when `encoded` is nothing but the alphabet, line ends, and padding at the end of whole
 * quanta, and decodes to `decoded_size` octets. */
gboolean base64_is_strict(Octets encoded, gsize decoded_size);

/* As transfer_place_edits, with offsets in `encoded`, which must be strict. `line_ending` is used
 * where `encoded` has none. */
void base64_place_edits(Octets encoded, Octets decoded, Octets line_ending, const GArray *edits,
                        GStringChunk *strings, GArray *out);

/* TRUE when a line has more than 990 octets. */
gboolean base64_has_long_line(Octets encoded);

/* Edits that break each line of more than 990 octets of `encoded` after every 76, by the first line
 * ending of `original`, the encoded octets as they came, else `fallback`. The caller's,
 * g_array_unref; texts live in `strings`. */
GArray *base64_break_lines(Octets encoded, Octets original, Octets fallback, GStringChunk *strings);

#endif
