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

/* As transfer_place_edits, with offsets in `encoded`, which must be strict. `line_ending` is used
 * where `encoded` has none. Where `breaks_lines`, each line that has more than 990 octets then is
 * broken after every 76, by the first line ending of `encoded`. */
void base64_place_edits(Octets encoded, Octets decoded, Octets line_ending, const GArray *edits,
                        gboolean breaks_lines, GStringChunk *strings, GArray *out);

#endif
