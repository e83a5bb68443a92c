/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_walk: the files that may hold mail, in files and folders, in order.
 *
 * Opens nothing but folders: what a file of a plain folder holds is not looked at.
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

/* An open folder, for as long as somebody holds it. Of one thread. */
typedef struct StoreFolder StoreFolder;
StoreFolder *store_folder_ref(StoreFolder *folder);
void store_folder_unref(StoreFolder *folder);

typedef struct {
    StoreFile file;
    StorePlace place;
    guint64 size;        /* in octets, when it was met; 0 where it could not be told */
    gboolean regular;    /* else it is a PATH that is a pipe, or the like */
    StoreFolder *folder; /* of file.folder; NULL for a PATH */
} StoreWalkFile;

typedef struct {
    void (*file)(const StoreWalkFile *walked, gpointer data); /* holds the folder if it keeps it */
    void (*trouble)(const char *path, const char *text, gpointer data);
    gpointer data;
    const gint *stop; /* atomic: anything but 0 ends the walk; NULL: nothing does */
} StoreWalk;

void store_walk_path(const char *path, const StoreWalk *walk);

#endif
