/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mbox_copy: the end of an mbox as it is to become, beside it, until it is in place.
 *
 * An mbox is written in place and never replaced: whoever has it open and waits for its lock, as
 * local(8) does, would write into a file without a name. So that a kill costs nothing, all octets
 * from the first change on are first written to .calmend-NAME and synced. The copy then knows how
 * far things are, and the same steps from there on end in the same mbox, however often they are
 * begun:
 *
 *   GROW     the mbox gets its new size, the new octets NUL; left out where it does not grow
 *   WRITE    the new end is written over the old one; where it is shorter, NULs behind it
 *   CUT      the mbox gets its new size; then the copy goes
 *
 * What another program appended after a kill begins with a From_ line or a blank line, never with a
 * NUL; so the size and one octet tell where it begins, and it is kept.
 */
#ifndef CALMEND_MBOX_COPY_H
#define CALMEND_MBOX_COPY_H

#include "cli/mend/mend_place.h"
#include "common/mail/octets.h"

typedef struct {
    int fd;          /* of the copy */
    char step;       /* its letter; see mbox_copy.c */
    gint64 start;    /* the first octet of the mbox that changes */
    gint64 old_size; /* of the mbox */
    gint64 new_size;
    struct stat like; /* inode and times of the mbox are those before the change */
    char prefix[65];  /* SHA-256 of what stands before `start`, in hexadecimal digits */
} MboxCopy;

/* Begins a copy for the mbox `mbox` that changes from `start` on; then its new end is appended,
 * piece by piece, and mbox_copy_seal makes it count. FALSE and a G_FILE_ERROR after trouble.
 * mbox_copy_close in any case; a copy without a seal is worth nothing and is removed there. */
gboolean mbox_copy_begin(MboxCopy *copy, const MendPlace *place, int mbox,
                         const struct stat *status, gint64 start, GError **error);
gboolean mbox_copy_append(MboxCopy *copy, Octets octets);
gboolean mbox_copy_append_from(MboxCopy *copy, int mbox, gint64 at, gint64 size);
gboolean mbox_copy_seal(MboxCopy *copy, const MendPlace *place, GError **error);
void mbox_copy_close(MboxCopy *copy, const MendPlace *place);

/* Makes the mbox what the copy says. Locks are held. FALSE and a G_FILE_ERROR after trouble; then
 * the copy stays, but where nothing was changed yet. */
gboolean mbox_copy_settle(MboxCopy *copy, const MendPlace *place, int mbox, GError **error);

/* TRUE when a run that was killed left a copy beside the file. */
gboolean mbox_copy_is_there(const MendPlace *place);

/* Finishes what that run began; nothing when there is no copy. Locks are held. FALSE and a
 * G_FILE_ERROR when the mbox is not the one that the copy was made for, or is not as a killed run
 * leaves it: then nothing is changed. */
gboolean mbox_copy_finish(const MendPlace *place, int mbox, GError **error);

#endif
