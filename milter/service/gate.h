/* SPDX-License-Identifier: BSD-2-Clause
 *
 * gate: which messages are on their way through this process.
 *
 * A process that exits cuts off the messages that it is being handed, and one that was half edited
 * can be lost. So a stop closes the gate first: messages that have not begun are refused for now,
 * and those inside are counted until none is left. A message is inside from its first header field
 * to its end, which an MTA hands over in one run. Safe to call from any thread.
 */
#ifndef CALMEND_GATE_H
#define CALMEND_GATE_H

#include <glib.h>

/* FALSE once the gate is closed: a message that asks now is to come again later. */
gboolean gate_is_open(void);

/* A message comes in, and goes out again. */
void gate_enter(void);
void gate_leave(void);

/* No more messages. There is no way back. */
void gate_close(void);

/* How many messages are inside. */
int gate_inside(void);

#endif
