/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mend_mbox: the mails of an mbox are mended in it.
 *
 * Under the locks of mbox_lock, by the steps of mbox_copy. Octets that are no edit stay as they
 * are, and so do owner, mode and times. A mail whose edit touches a line that the mbox quoted
 * (>From), or after which readers would see other mails, since a line begins with From and a blank
 * or the last line has no end, is left. An mbox to which somebody wrote without a lock, up to the
 * moment when it is written, stays as it is.
 */
#ifndef CALMEND_MEND_MBOX_H
#define CALMEND_MEND_MBOX_H

#include "cli/mend/mend_place.h"
#include "common/mail/splice.h"

typedef struct {
    gpointer (*examine)(const StoredMail *mail, gpointer data); /* as in StoreVisitor */
    /* The edits of a mail, or NULL; on the caller's thread, in order. Borrowed from the result. */
    const GArray *(*edits)(gpointer result);
    /* What becomes of the mail, once for each: `left` says why its edits are not made, NULL: they
     * are, when it has any. Owns the result. */
    void (*decided)(const StoredMail *mail, gpointer result, const char *left, gpointer data);
    void (*progress)(const StoreCounts *counts, gpointer data); /* as in StoreVisitor */
    /* Before the first octet of the mbox is written. FALSE and a GError: it is not. */
    gboolean (*before)(int mbox, const struct stat *status, gpointer data, GError **error);
    gpointer data;
} MendMboxJob;

/* Why a mail cannot be mended in an mbox, as a clause; NULL: it can be. Static. */
const char *mend_mbox_reason_to_leave(Octets octets, const GArray *edits);

/* Mends the mbox `file` at `place`, and finishes first what a killed run left. FALSE and a
 * G_FILE_ERROR after trouble. */
gboolean mend_mbox(const StoreFile *file, const MendPlace *place, const MendMboxJob *job,
                   GError **error);

#endif
