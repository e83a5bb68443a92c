/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_walk: the files that hold mail, in files and folders, in order.
 *
 * Opens nothing but folders. What a file of a plain folder holds is not looked at: that is
 * store_shape's.
 */
#ifndef CALMEND_STORE_WALK_H
#define CALMEND_STORE_WALK_H

#include "cli/store/store.h"

/* How a file was met. */
typedef enum {
    PLACE_NAMED,  /* it is a PATH: a mail or an mbox, whatever it looks like */
    PLACE_FOLDER, /* in a plain folder: a mail or an mbox if it begins as one */
    PLACE_MAIL,   /* a mail, whatever it looks like: in a Maildir */
} StorePlace;

typedef struct {
    void (*file)(const StoreFile *file, StorePlace place, gpointer data);
    void (*trouble)(const char *path, const char *text, gpointer data);
    gpointer data;
} StoreWalk;

void store_walk_path(const char *path, const StoreWalk *walk);

#endif
