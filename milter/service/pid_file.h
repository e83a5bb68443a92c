/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pid_file: a file that holds the number of the process while it runs.
 *
 * It is written before root's rights are dropped, once the socket is open, and taken away at the
 * end; where the process may not do that any more, it is left empty. No link is followed, and
 * nothing but a file is written to.
 */
#ifndef CALMEND_PID_FILE_H
#define CALMEND_PID_FILE_H

#include <glib.h>

typedef struct PidFile PidFile;

/* Writes the file. NULL and an error (G_FILE_ERROR) that names it when it cannot be written. Owned
 * by the caller, pid_file_close. */
PidFile *pid_file_open(const char *path, GError **error);

/* Takes the file away, if it is still this one. Takes NULL. */
void pid_file_close(PidFile *pid_file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PidFile, pid_file_close)

#endif
