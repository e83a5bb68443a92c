/* SPDX-License-Identifier: BSD-2-Clause
 *
 * passage: a message on its way from standard input to standard output.
 *
 * It is held back only while it may hold a calendar: its header first, and then, where that says
 * so, the rest in a spool. One that turns out not to matter, that is too large, or that cannot be
 * kept, goes on at once, and what follows of it while it is read. What leaves here is always what
 * came.
 */
#ifndef CALMEND_PASSAGE_H
#define CALMEND_PASSAGE_H

#include "common/settings.h"
#include "common/transit/metrics.h"

typedef struct Passage Passage;

/* What became of the message. */
typedef enum {
    PASSAGE_GONE,   /* it has left as it came */
    PASSAGE_HELD,   /* it is held whole, since it may hold a calendar part */
    PASSAGE_BROKEN, /* the input or the output failed */
} PassageEnd;

/* The settings are borrowed. Owned by the caller, passage_free. */
Passage *passage_new(const Settings *settings);
void passage_free(Passage *passage);

/* Nothing of the message is looked at: it leaves with that outcome. Before passage_read. */
void passage_open(Passage *passage, Outcome outcome);

/* Reads the message to its end, once. Error (G_FILE_ERROR) with PASSAGE_BROKEN. */
PassageEnd passage_read(Passage *passage, GError **error);

/* Sends a held message on as it came. FALSE and an error (G_FILE_ERROR) when that fails. */
gboolean passage_release(Passage *passage, GError **error);

/* A held message as one run, valid until passage_free. FALSE and an error (G_FILE_ERROR) when it
 * cannot be mapped. */
gboolean passage_view(Passage *passage, Octets *octets, GError **error);

/* Gives the memory of a viewed message back; it is read again when the view is used. */
void passage_rest(Passage *passage);

/* The outcome of a message that is gone. */
Outcome passage_outcome(const Passage *passage);

/* Why the message could not be held, or NULL. Borrowed. */
const char *passage_problem(const Passage *passage);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Passage, passage_free)

#endif
