/* SPDX-License-Identifier: BSD-2-Clause
 *
 * spool_file: temporary files that nobody else can open.
 *
 * A file has no name, and mode 0600. The system hands out the pages of a new one for most of what
 * it costs to write a large body, so a few files stay open for the next body that needs one, with a
 * bounded size, and what they held is overwritten. Safe to call from any thread.
 */
#ifndef CALMEND_SPOOL_FILE_H
#define CALMEND_SPOOL_FILE_H

#include <glib.h>

/* A file to write from its first octet on; what is behind the last octet written is of no meaning.
 * Owned by the caller, spool_file_give. -1 and error when none can be made in the folder for
 * temporary files (TMPDIR). */
int spool_file_take(GError **error);

/* Takes the file back. */
void spool_file_give(int file);

#endif
