/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mend_place: the file of a mail, as who writes there needs it.
 *
 * A PATH may be a link, and may name a single mail of a Maildir; here it is the folder, open, and
 * the name in it. A place is kept from file to file, so that a folder is entered once for all of
 * its files; one run at a time works in a folder, or in a whole Maildir, which is locked (flock)
 * until the next one is entered.
 */
#ifndef CALMEND_MEND_PLACE_H
#define CALMEND_MEND_PLACE_H

#include "cli/store/store.h"

#include <sys/stat.h>

typedef struct {
    char *folder_path; /* absolute, without links; NULL: no folder was entered yet */
    char *above;       /* as the walker had it; NULL for a file that is itself a PATH */
    int folder;        /* open, where there is a path */
    int lock;          /* open and locked, or -1, where there is a path */
    char *name;        /* in the folder */
    gboolean maildir;  /* the folder is cur or new of a Maildir */
} MendPlace;

/* Goes to the place of a file; `*entered` when its folder is another one than before. FALSE and a
 * G_FILE_ERROR when the file has no place, such as standard input. `place` begins as zeros;
 * mend_place_close frees what it holds. */
gboolean mend_place_move(MendPlace *place, const StoreFile *file, gboolean *entered,
                         GError **error);
void mend_place_close(MendPlace *place);

/* Locks the folder until another one is entered; for cur and new of a Maildir it is one lock, since
 * what is in one of them tells what is done in the other. FALSE when another run has it; where a
 * file system has no such locks, TRUE. */
gboolean mend_place_lock(MendPlace *place);

/* TRUE when the folder is a mailbox of Cyrus, whose index holds sizes and sums of the files. */
gboolean mend_place_is_cyrus(const MendPlace *place);

/* Opens the file to read, or to read and write. A descriptor, or -1 with errno; what is no regular
 * file is EINVAL. */
int mend_place_open_file(const MendPlace *place, int access, struct stat *status);

/* The path of the file, absolute. Owned by the caller, g_free. */
char *mend_place_path(const MendPlace *place);

/* The name of what a run makes beside the file while it works. Owned by the caller, g_free. */
char *mend_place_working_name(const MendPlace *place);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MendPlace, mend_place_close)

#endif
