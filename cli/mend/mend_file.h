/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mend_file: a mail that is a file of its own is replaced by its mended form.
 *
 * The new file is whole and synced before it takes the name (rename), so at every moment one of the
 * two is there, whole. Owner, mode and times stay. A run that was killed leaves at most a file
 * beside it, .calmend-NAME, which the next one removes. A file that is no longer what was examined
 * is left alone. In a folder that is no Maildir: files, and MH.
 */
#ifndef CALMEND_MEND_FILE_H
#define CALMEND_MEND_FILE_H

#include "cli/mend/mend_place.h"
#include "common/mail/splice.h"

/* What became of a mail. */
typedef enum {
    MEND_DONE,
    MEND_GONE,   /* somebody took it away meanwhile; nothing is left of the mended one */
    MEND_FAILED, /* with a G_FILE_ERROR; the mail is as it was */
} MendResult;

/* Opens the mail and compares it with `octets`, those that were examined. MEND_DONE with a
 * descriptor, else why not. */
MendResult mend_file_open(const MendPlace *place, Octets octets, int *fd, struct stat *status,
                          GError **error);

/* Replaces the mail, of which `status` was taken. */
MendResult mend_file_replace(const MendPlace *place, Octets octets, const GArray *edits,
                             const struct stat *status, GError **error);

/* Removes what a run that was killed left beside the file. */
void mend_file_finish(const MendPlace *place);

#endif
