/* SPDX-License-Identifier: BSD-2-Clause
 *
 * attempt: work in a process of its own, whose end, however early, costs no mail.
 *
 * The work says when it begins to write to standard output and when all is written. One that ends
 * before the first, for whatever reason, has changed nothing, and the caller goes on without it. It
 * ends with its caller, and when it writes nothing for too long.
 */
#ifndef CALMEND_ATTEMPT_H
#define CALMEND_ATTEMPT_H

#include <glib.h>

typedef enum {
    ATTEMPT_WRITTEN, /* all was written */
    ATTEMPT_NOTHING, /* nothing was written */
    ATTEMPT_PART,    /* some was */
} AttemptEnd;

typedef struct Attempt Attempt;

/* The two marks, from within the work. */
void attempt_begin_writing(Attempt *attempt);
void attempt_has_written(Attempt *attempt);

/* Runs the work, while the process has one thread. `why`, with ATTEMPT_NOTHING, is a clause; owned
 * by the caller, g_free. */
AttemptEnd attempt_run(void (*work)(Attempt *attempt, gpointer data), gpointer data, char **why);

#endif
