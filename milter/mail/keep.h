/* SPDX-License-Identifier: BSD-2-Clause
 *
 * keep: the originals of repaired messages, in a folder that is bounded.
 *
 * One is written and synced before the first edit goes out (keep_folder), so that there is a way
 * back whatever happens then. Their number, octets and age are bounded; the oldest go first. An
 * original that cannot be kept costs no mail and no repair. A folder belongs to one process, which
 * counts what is in it when it opens it. Safe to call from any thread.
 */
#ifndef CALMEND_KEEP_H
#define CALMEND_KEEP_H

#include "common/settings.h"
#include "milter/mail/keep_folder.h"

typedef struct Keep Keep;

/* What keeps originals as the settings say: `former`, with the bounds of the settings from now on,
 * where that is its folder. NULL when the settings keep none. Nothing is opened yet. Owned by the
 * caller, keep_free, as is `former` still. */
Keep *keep_follow(Keep *former, const Settings *settings);

/* Opens the folder, and removes what is over the bounds. FALSE and an error (G_FILE_ERROR) when it
 * cannot be opened; it is tried again with each original. */
gboolean keep_open(Keep *keep, GError **error);

/* The last of its owners takes it away. Takes NULL. */
void keep_free(Keep *keep);

/* Keeps an original of `size` octets, which `write` writes. The name of its file, which has the
 * queue id (NULL: none) in it; NULL and an error (G_FILE_ERROR) when it cannot be kept. Owned by
 * the caller, g_free. */
char *keep_store(Keep *keep, const char *queue_id, gsize size, KeepWriter write, gpointer message,
                 GError **error);

/* The message of that original was not repaired after all. */
void keep_withdraw(Keep *keep, const char *name);

/* Removes what is too old by now. Once in a while. Takes NULL. */
void keep_tick(Keep *keep);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keep, keep_free)

#endif
