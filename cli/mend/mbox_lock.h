/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mbox_lock: an mbox for one program alone, as Debian's mail programs agree on it.
 *
 * Both locks of Debian Policy 11.6: MBOX.lock by liblockfile, and fcntl on the file. Neither is
 * waited for while the other is held, so that nobody who takes them in the other order waits for
 * ever. The lock of fcntl belongs to the open file (F_OFD_SETLK): closing the mbox elsewhere in
 * this process does not drop it. After a kill the kernel drops the one, and whoever comes next
 * finds the number of a dead process in the other.
 */
#ifndef CALMEND_MBOX_LOCK_H
#define CALMEND_MBOX_LOCK_H

#include "cli/mend/mend_place.h"

typedef struct {
    int fd;           /* the mbox, open to read and write */
    char *file;       /* the dot lock */
    gint64 refreshed; /* when it was last touched, monotonic microseconds */
} MboxLock;

/* Opens and locks the mbox; `*status` is taken under the locks. Tries for half a minute. FALSE and
 * a G_FILE_ERROR when it cannot be locked. mbox_lock_release closes it. */
gboolean mbox_lock_take(MboxLock *lock, const MendPlace *place, struct stat *status,
                        GError **error);
void mbox_lock_release(MboxLock *lock);

/* To call every now and then: others take a dot lock that is some minutes old for forgotten. */
void mbox_lock_refresh(MboxLock *lock);

/* TRUE when the dot lock of the file was left by a program that is no more. */
gboolean mbox_lock_is_stale(const MendPlace *place);

#endif
