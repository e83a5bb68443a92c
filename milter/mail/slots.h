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

/* Waits for a slot, and gives it back. Each take is followed by one give. */
void slots_take(void);
void slots_give(void);

#endif
