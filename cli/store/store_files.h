/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_files: whole files as one job: many small ones, or a large one.
 *
 * The job opens them, reads them, and looks at what they are.
 */
#ifndef CALMEND_STORE_FILES_H
#define CALMEND_STORE_FILES_H

#include "cli/store/store_batch.h"
#include "cli/store/store_walk.h"

typedef struct StoreFiles StoreFiles;

StoreFiles *store_files_new(StorePass *pass);

/* TRUE when a file of that size does not fit in beside those that are there. */
gboolean store_files_is_full(const StoreFiles *files, guint64 size);

/* One more. Its description is copied; `fd`, where it was opened already, is owned, else -1. */
void store_files_add(StoreFiles *files, const StoreWalkFile *walked, int fd);

/* Trouble with a path that the walker met, at this place in the order. */
void store_files_add_trouble(StoreFiles *files, const char *path, const char *text);

/* A file that was found to begin as no mail does. */
void store_files_add_other(StoreFiles *files, const char *path);

/* Hands them to the queue, which owns them from then on. */
void store_files_push(StoreFiles *files);

#endif
