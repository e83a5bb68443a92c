/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_names: the names in a folder, in order, a slice at a time.
 *
 * A folder may hold millions of names. They are read once where they are few; else again for each
 * slice, so that memory is bounded. Names that come or go meanwhile may be missed, or met if their
 * place is behind the slice.
 */
#ifndef CALMEND_STORE_NAMES_H
#define CALMEND_STORE_NAMES_H

#include <glib.h>

/* A name of the slice. */
typedef struct {
    const char *text;
    unsigned char type; /* DT_REG, DT_DIR or another d_type of readdir(3), never DT_UNKNOWN */
} StoreName;

typedef struct StoreNames StoreNames;

/* The names in the folder with the open descriptor `fd`, which is borrowed. `slice_max` names are
 * held at a time, twice as many while they are read. NULL with errno when it cannot be read. */
StoreNames *store_names_open(int fd, guint slice_max);
void store_names_free(StoreNames *names);

/* Goes on to the next slice. FALSE behind the last one. `*problem` is 0, or an errno when the
 * folder could not be read on. */
gboolean store_names_next(StoreNames *names, int *problem);

/* How many names the slice has, and one of them. Until store_names_next. */
guint store_names_count(const StoreNames *names);
StoreName store_names_get(const StoreNames *names, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreNames, store_names_free)

#endif
