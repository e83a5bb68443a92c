/* SPDX-License-Identifier: BSD-2-Clause
 *
 * uuencode: the encoding that mail had before MIME (POSIX, uuencode).
 *
 * Read, never written: MIME has no such encoding, so a part in it is only looked at. What cannot be
 * decoded is left out of the result.
 */
#ifndef CALMEND_UUENCODE_H
#define CALMEND_UUENCODE_H

#include "common/mail/octets.h"

/* Decodes what follows a first line that begins with "begin ". Owned by the caller, g_free; NULL
 * where there is no such line. `size` gets its size. */
char *uuencode_decode(Octets encoded, gsize *size);

#endif
