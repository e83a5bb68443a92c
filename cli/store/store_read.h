/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_read: the octets of files, into buffers.
 *
 * A file is read and not mapped: one that becomes shorter meanwhile ends early, and kills nobody.
 */
#ifndef CALMEND_STORE_READ_H
#define CALMEND_STORE_READ_H

#include "cli/store/store.h"

/* Opens the file for reading, without a mark that it was read where the system allows that. With
 * `follow` a link, too, and what is no regular file; else a link is an error (ELOOP). The
 * descriptor, or -1 with errno. */
int store_read_open(const StoreFile *file, gboolean follow);

/* Appends octets of `fd` to the buffer until it holds `size` of them or the file ends. The first
 * octet of the buffer is the one at `start` of the file; with a negative `start` it is read on from
 * where it stands. FALSE with errno. */
gboolean store_read_until(int fd, gint64 start, GByteArray *buffer, gsize size);

/* Appends a file that is said to have `size` octets, from where it stands: one octet more when it
 * has more, all when it has fewer. One call of the system does where it is as it is said to be.
 * FALSE with errno. */
gboolean store_read_file(int fd, GByteArray *buffer, gsize size);

/* As store_read_until, from where it stands to the end of the file, or until the buffer holds
 * `limit` octets. */
gboolean store_read_rest(int fd, GByteArray *buffer, gsize limit);

/* What the buffer holds. */
Octets store_read_octets(const GByteArray *buffer);

#endif
