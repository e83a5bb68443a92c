/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fresh_file: a mended mail as a file of its own, whole and on the disk before anybody sees it.
 */
#ifndef CALMEND_FRESH_FILE_H
#define CALMEND_FRESH_FILE_H

#include "common/mail/splice.h"

#include <sys/stat.h>

/* Makes the file `name` in `folder` of `octets` with `edits`, with the owner, mode and times of
 * `like`, and syncs it. What a killed run left under that name goes first. FALSE and a
 * G_FILE_ERROR after trouble; then nothing is there. */
gboolean fresh_file_make(int folder, const char *name, Octets octets, const GArray *edits,
                         const struct stat *like, GError **error);

#endif
