/* SPDX-License-Identifier: BSD-2-Clause
 *
 * input: one message from a file or from standard input, read whole.
 *
 * A file is read, not mapped, so that one that shrinks meanwhile does no harm. The buffer is the
 * caller's and is used again for the next file.
 */
#ifndef CALMEND_INPUT_H
#define CALMEND_INPUT_H

#include "common/mail/octets.h"

/* Reads the file `name`, - for standard input, into `buffer`, in place of what it held. FALSE and a
 * G_FILE_ERROR, its text without the name, when the file cannot be read, is a directory, is larger
 * than any mail (1 GiB), or is no single message by mail_shape_fault. */
gboolean input_read(const char *name, GByteArray *buffer, GError **error);

/* What the buffer holds. */
Octets input_octets(const GByteArray *buffer);

#endif
