/* SPDX-License-Identifier: BSD-2-Clause
 *
 * examination: a message that is held is planned, leaves as the plan says, and is reported.
 *
 * In a process of its own (attempt): whatever ends it early, the message is still held.
 */
#ifndef CALMEND_EXAMINATION_H
#define CALMEND_EXAMINATION_H

#include "cli/filter/attempt.h"
#include "cli/filter/passage.h"
#include "common/choice.h"
#include "common/event.h"

/* All borrowed. */
typedef struct {
    const Settings *settings;
    const Choice *choice;  /* of a policy; NULL: [repair] */
    Passage *passage;      /* held */
    GPtrArray *recipients; /* of the envelope; NULL: not known */
    EventContext where;
} Examination;

/* What was written of the message. `why`, with ATTEMPT_NOTHING, is a clause that says what went
 * wrong; owned by the caller, g_free. */
AttemptEnd examination_run(const Examination *examination, char **why);

#endif
