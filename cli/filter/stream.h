/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stream: standard input and output of a filter, as octets.
 *
 * Whether whoever is at the other end made them non-blocking or not. Nothing is buffered here.
 */
#ifndef CALMEND_STREAM_H
#define CALMEND_STREAM_H

#include "common/mail/octets.h"

/* Reads what is there, at most `size` octets, once there is something: how many, 0 at the end. -1
 * and an error (G_FILE_ERROR) when standard input cannot be read. */
gssize stream_read(char *buffer, gsize size, GError **error);

/* Writes all of them. FALSE and an error (G_FILE_ERROR) when standard output does not take them. */
gboolean stream_write(Octets octets, GError **error);

#endif
