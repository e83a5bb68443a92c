/* SPDX-License-Identifier: BSD-2-Clause
 *
 * file_octets: octets to and from descriptors, all of them or a failure.
 *
 * A call that was interrupted goes on. Failure: FALSE with errno; a file that ends too early is
 * ENODATA.
 */
#ifndef CALMEND_FILE_OCTETS_H
#define CALMEND_FILE_OCTETS_H

#include "common/mail/octets.h"

#include <sys/stat.h>

/* Writes at `at`; the descriptor stays where it stands. */
gboolean file_octets_write_at(int fd, Octets octets, gint64 at);

/* Reads exactly `size` octets at `at` into `buffer`. */
gboolean file_octets_read_at(int fd, char *buffer, gsize size, gint64 at);

/* Copies `size` octets. The ranges must not overlap within one file. */
gboolean file_octets_copy(int from, gint64 from_at, int to, gint64 to_at, gint64 size);

/* Writes `size` NUL octets at `at`. */
gboolean file_octets_wipe(int fd, gint64 at, gint64 size);

/* TRUE when the file holds exactly `octets`; FALSE also where it cannot be read. */
gboolean file_octets_equal(int fd, Octets octets);

/* TRUE when two files hold the same, `size` octets each by their status. */
gboolean file_octets_same(int one, int other);

/* Sets a GError of G_FILE_ERROR with "what: reason" from errno. FALSE, always. */
gboolean file_octets_fail(GError **error, const char *what);

/* The same without errno: `text` alone. */
gboolean file_octets_refuse(GError **error, const char *text);

#endif
