/* SPDX-License-Identifier: BSD-2-Clause
 *
 * quoted_reading: quoted-printable as it will be once it is edited (RFC 2045 6.7).
 *
 * The edited octets come in pieces, and are never held as a whole.
 */
#ifndef CALMEND_QUOTED_READING_H
#define CALMEND_QUOTED_READING_H

#include "common/mail/splice.h"

/* TRUE when `encoded` with these edits has no = but in escapes and soft breaks, and decodes to
 * `text`. */
gboolean quoted_decodes_to(Octets encoded, const GArray *edits, Octets text);

/* TRUE when every line end that is then in it is that of a soft break. */
gboolean quoted_escapes_line_ends(Octets encoded, const GArray *edits);

#endif
