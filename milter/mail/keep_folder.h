/* SPDX-License-Identifier: BSD-2-Clause
 *
 * keep_folder: originals on the disk: in a folder, a Maildir for each day.
 *
 * FOLDER/2026-11-27/{tmp,new,cur}, of the day in UTC. Folders have mode 0700, files 0600. A file is
 * written in tmp, synced, and renamed to new, so that what stands there is whole, whatever happens.
 * Whoever reads the Maildir may move it to cur, where it is found, too. Everything is named
 * relative to the open folder. Nothing is known here of bounds.
 */
#ifndef CALMEND_KEEP_FOLDER_H
#define CALMEND_KEEP_FOLDER_H

#include <glib.h>

#define KEEP_DAY_SIZE sizeof "2026-11-27"

/* An original. */
typedef struct {
    char day[KEEP_DAY_SIZE];
    char *name; /* of its file, as in new */
    gsize size;
    gboolean writing; /* its file is not there yet */
} Kept;

/* Takes NULL. */
void kept_free(Kept *kept);

/* Opens the folder. -1 and an error (G_FILE_ERROR) when it is none, or cannot be written in. */
int keep_folder_open(const char *path, GError **error);

/* Whether the open folder is the one of that name. */
gboolean keep_folder_is(int folder, const char *path);

/* Writes an original to an open file. FALSE and an error when it cannot. */
typedef gboolean (*KeepWriter)(gpointer message, int file, GError **error);

/* Has `write` write the file of `kept`, whose folders are made where they are not there. When it
 * returns TRUE the file is on the disk, in new. FALSE and an error (G_FILE_ERROR): there is no
 * file. */
gboolean keep_folder_write(int folder, const Kept *kept, KeepWriter write, gpointer message,
                           GError **error);

/* Removes the file of `kept`, where it is still there. */
void keep_folder_remove(int folder, const Kept *kept);

/* Removes the folders of a day, where they are empty. */
void keep_folder_remove_day(int folder, const char *day);

/* All originals, the oldest first; what a process that was killed has left in tmp is removed. Owned
 * by the caller, g_queue_free_full with kept_free. */
GQueue *keep_folder_list(int folder);

#endif
