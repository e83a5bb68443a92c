/* SPDX-License-Identifier: BSD-2-Clause
 *
 * counts: what became of the messages since the start.
 *
 * One table names the counters; whoever shows them reads it. Each message counts at most once in
 * each. Safe to call from any thread.
 */
#ifndef CALMEND_COUNTS_H
#define CALMEND_COUNTS_H

#include <glib.h>

typedef enum {
    COUNT_MESSAGES,     /* handed over up to the end of their header */
    COUNT_EXAMINED,     /* of these, those that may hold a calendar: planned */
    COUNT_REPAIRED,     /* changed */
    COUNT_WOULD_REPAIR, /* not changed, since the switch is off */
    COUNT_LEFT,         /* with a defect that was reported and left */
    COUNT_ERRORS,       /* passed as they came, or were put off, for a failure of ours */
    COUNT_UNREAD,       /* above limits.message-bytes */
    COUNT_EXEMPT,       /* not read, since the settings exempt them */
    COUNT_PUT_OFF,      /* refused for now: a stop, or max-sessions */
    COUNTS
} Count;

void counts_add(Count count);
guint64 counts_get(Count count);

/* "NAME NUMBER" of all counters, separated by commas. Owned by the caller, g_free. */
char *counts_to_text(void);

#endif
