/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transfer_quoted: positions in quoted-printable (RFC 2045 6.7).
 *
 * Decoding here keeps the position of each octet, which no decoder tells. Only the encoded octets
 * of an edit change, and soft line breaks around them stay. The soft break that follows a line
 * ending written as =0D=0A belongs to that line ending: a line that goes takes it along, a line
 * that comes in gets one of its own. Text that comes in is escaped where it must be. In binary
 * data, which is what holds a NUL, an edit keeps the length, and of its octets only letters and
 * digits stand for themselves.
 */
#ifndef CALMEND_TRANSFER_QUOTED_H
#define CALMEND_TRANSFER_QUOTED_H

#include "common/mail/splice.h"

/* Decodes `encoded` into `decoded`, which has room for as many octets, and gives their number. A =
 * that is neither an escape nor a soft break stands for itself, and `strict` is FALSE then. A soft
 * break may have blanks before its line end, and lack that at the very end: the MIME boundary took
 * it. */
gsize quoted_decode(Octets encoded, char *decoded, gboolean *strict);

/* As transfer_place_edits, with offsets in `encoded`, which must be strict. `line_ending` is used
 * where `encoded` has none. */
void quoted_place_edits(Octets encoded, Octets decoded, Octets line_ending, const GArray *edits,
                        GStringChunk *strings, GArray *out);

/* TRUE when the last thing in it is a soft line break: something was cut off. */
gboolean quoted_ends_in_soft_break(Octets encoded);

#endif
