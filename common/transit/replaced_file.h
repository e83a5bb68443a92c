/* SPDX-License-Identifier: BSD-2-Clause
 *
 * replaced_file: a file that others read, replaced as a whole.
 *
 * A reader finds the file of before or the new one, never a part of it: the new one is written
 * beside, under the name with .new behind it, and renamed. Nothing that stands at either name is
 * followed. Everybody may read it. One writer at a time.
 */
#ifndef CALMEND_REPLACED_FILE_H
#define CALMEND_REPLACED_FILE_H

#include <glib.h>

/* FALSE with errno, and the file is as it was. */
gboolean replaced_file_write(const char *path, const char *text);

#endif
