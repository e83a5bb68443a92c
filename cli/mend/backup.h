/* SPDX-License-Identifier: BSD-2-Clause
 *
 * backup: the originals of what is mended, under a folder of their own.
 *
 * An original lies there under its own absolute path, so whoever wants it back copies it. Folders
 * that are made have mode 0700, files 0600, with the time of the original and, where that is
 * allowed, its owner. What lies there is never written over: an original of the same name that
 * holds other octets gets ~1, ~2, ... behind it. Each is synced before the original is touched.
 * An original that lies there by a hard link is none, since it may be mended with the mail.
 */
#ifndef CALMEND_BACKUP_H
#define CALMEND_BACKUP_H

#include <glib.h>
#include <sys/stat.h>

/* Makes the folder. FALSE and a G_FILE_ERROR when it cannot be, or when it lies in one of `paths`,
 * which end in NULL: then it would be mended, too. `*folder` is its absolute path, the caller's to
 * free. */
gboolean backup_open(const char *name, char *const *paths, char **folder, GError **error);

/* Keeps what `fd` holds as the original of `path`, an absolute one. FALSE and a G_FILE_ERROR after
 * trouble. */
gboolean backup_keep(const char *folder, const char *path, int fd, const struct stat *status,
                     GError **error);

#endif
