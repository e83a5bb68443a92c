/* SPDX-License-Identifier: BSD-2-Clause
 *
 * counts_file: a file of counters to which one short process after the other adds its own.
 *
 * The text is that of Prometheus, counters and histograms alone: a line is a series, a blank and a
 * number, and what the file has of the same series is added to it. Processes take turns by a lock
 * on the folder, for which none waits long; the file is replaced as a whole (replaced_file). One
 * that cannot be read is left alone.
 */
#ifndef CALMEND_COUNTS_FILE_H
#define CALMEND_COUNTS_FILE_H

#include <glib.h>

/* Adds the counters of `text`. FALSE and an error (G_FILE_ERROR) when that fails: the file is as it
 * was. */
gboolean counts_file_add(const char *path, const char *text, GError **error);

#endif
