/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mend_maildir: a mail of a Maildir is replaced by its mended form, which is a new mail.
 *
 * An IMAP server holds a mail for immutable. So the mended one is made in tmp/, synced, moved into
 * the folder under a name of its own (maildir_name), the folder is synced, and then the old one
 * goes. At no moment is the mail missing. After a kill both may be there; their names tell, and the
 * next run lets the old one go. Where a server renames the old one meanwhile, since its flags
 * changed, the new one gets these flags; where it is gone, somebody deleted it, and the new one
 * goes, too, as it does where the old one cannot be removed. Owner, mode and times stay.
 */
#ifndef CALMEND_MEND_MAILDIR_H
#define CALMEND_MEND_MAILDIR_H

#include "cli/mend/mend_file.h"

/* As mend_file_open; the place gets the name that the mail has by now. One that was moved from new
 * to cur, or back, is MEND_FAILED. */
MendResult mend_maildir_open(MendPlace *place, Octets octets, int *fd, struct stat *status,
                             GError **error);

/* Replaces the mail, of which `status` was taken. */
MendResult mend_maildir_replace(const MendPlace *place, Octets octets, const GArray *edits,
                                const struct stat *status, GError **error);

/* Finishes what a run that was killed left in the Maildir of the place: each mail whose mended form
 * is there, in cur or new, goes. FALSE and a G_FILE_ERROR where it cannot be. */
gboolean mend_maildir_finish(const MendPlace *place, GError **error);

#endif
