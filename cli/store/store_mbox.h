/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_mbox: an mbox that is a regular file, as many jobs.
 *
 * It is cut into windows. The job of a window looks for the separators in it, and reads on behind
 * its end for the rest of the last mail that begins there; whether a line is a separator is told by
 * its neighbourhood alone.
 */
#ifndef CALMEND_STORE_MBOX_H
#define CALMEND_STORE_MBOX_H

#include "cli/store/store_batch.h"

typedef struct {
    StoreFile file; /* copied */
    int fd;
    gboolean close; /* the descriptor, once all was told; closing it ends locks of fcntl(2) */
    guint64 start;  /* the mbox: octets of a regular file, the first of which are a separator */
    guint64 end;
} StoreMbox;

void store_mbox_read(StorePass *pass, const StoreMbox *mbox);

#endif
