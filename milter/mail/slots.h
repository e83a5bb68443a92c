/* SPDX-License-Identifier: BSD-2-Clause
 *
 * slots: as many large messages are planned at once as there are processors.
 *
 * A message that was spooled to a file is mapped while it is read, so that each one planned counts
 * with its whole size as resident memory. More of them than processors would cost memory and be no
 * faster. A slot is held for the plan only, never while an MTA is waited for. Safe to call from any
 * thread.
 */
#ifndef CALMEND_SLOTS_H
#define CALMEND_SLOTS_H

#include <glib.h>

/* Waits for a slot, for so many seconds at most. FALSE: there was none. Each take that succeeds is
 * followed by one give. */
gboolean slots_take(guint seconds);
void slots_give(void);

#endif
