/* SPDX-License-Identifier: BSD-2-Clause
 *
 * progress: a line on a terminal that says how far work on stored mail is.
 *
 * It is on standard error, shown only where that is a terminal, from the second on and a few times
 * each second, and gone when the work is over. What is still to be read is measured on a thread of
 * its own; until that is known no time is told. Every function takes NULL, for no line.
 */
#ifndef CALMEND_PROGRESS_H
#define CALMEND_PROGRESS_H

#include "cli/store/store.h"

typedef struct Progress Progress;

/* For work on `paths`, which must outlive it. NULL where standard error is no terminal. */
Progress *progress_new(char *const *paths);

/* Shows how far it is, where enough time has passed. */
void progress_show(Progress *progress, const StoreCounts *counts);

/* Takes the line away: before anything else is written to what may be the same terminal. */
void progress_hide(Progress *progress);

/* Takes the line away for good. */
void progress_free(Progress *progress);

/* The line, without an end: messages, octets, rate, and the time left where `total`, the octets in
 * all, is not 0. Owned by the caller, g_free. */
char *progress_text(const StoreCounts *counts, guint64 total, gint64 microseconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Progress, progress_free)

#endif
