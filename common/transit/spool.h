/* SPDX-License-Identifier: BSD-2-Clause
 *
 * spool: the octets of one message, until its end.
 *
 * They stay in memory up to a limit. With the first octet above it all of them go to a file without
 * a name in the folder for temporary files (TMPDIR, else /tmp), and their memory is given back; the
 * file is mapped when the message is read. Where there is a block for them (spool_block), they are
 * in that, limit or not, as long as they fit. When memory or space runs out, spool_add says so, and
 * what was there before still is. One thread at a time.
 */
#ifndef CALMEND_SPOOL_H
#define CALMEND_SPOOL_H

#include "common/mail/splice.h"

typedef struct {
    gsize limit;       /* octets that stay in memory */
    gsize size;        /* octets so far */
    gsize expected;    /* octets in the end, as somebody has announced; 0: unknown */
    char *memory;      /* NULL once there is a file */
    gsize capacity;    /* of memory that is no block */
    gboolean in_block; /* memory is a block */
    int file;          /* -1 while there is none */
    char *map;         /* of the file, once it was viewed */
} Spool;

/* An empty spool that holds nothing. */
void spool_init(Spool *spool, gsize limit);

/* Appends octets. FALSE and an error (G_FILE_ERROR) when they cannot be kept: nothing more can be
 * added then. Not after spool_view. */
gboolean spool_add(Spool *spool, Octets octets, GError **error);

/* All octets as one run, valid until spool_clear. FALSE and an error (G_FILE_ERROR) when the file
 * cannot be mapped. */
gboolean spool_view(Spool *spool, Octets *octets, GError **error);

/* Hands all octets to `piece`, front to back, without a map of them. FALSE when it stops, or, with
 * an error (G_FILE_ERROR), when the file cannot be read. */
gboolean spool_pour(const Spool *spool, SplicePiece piece, gpointer data, GError **error);

/* Copies `octets` to `to`, which has room for them. Where they are of the view of a file they are
 * read from it anew, so that no page of it becomes resident. FALSE with errno when that cannot be
 * read. */
gboolean spool_copy(const Spool *spool, Octets octets, char *to);

/* TRUE when there are more octets than the limit: they are in a file or in a block. */
gboolean spool_is_large(const Spool *spool);

/* Gives the memory of a viewed file back; it is read again when the view is used. */
void spool_rest(Spool *spool);

/* Gives everything back; the spool is empty, with its limit. */
void spool_clear(Spool *spool);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Spool, spool_clear)

#endif
