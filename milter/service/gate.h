/* SPDX-License-Identifier: BSD-2-Clause
 *
 * gate: which messages are on their way through this process.
 *
 * A process that exits cuts off the messages that it is being handed, and one that was half edited
 * can be lost. So a stop closes the gate first: messages that have not begun are refused for now.
 * Then it shuts the gate, which works only while no message is inside, and after which none comes
 * in. A message is inside from its first header field to its end, which an MTA hands over in one
 * run. libmilter writes the last answer after the callback has returned, so a message that leaves
 * with an answer counts until its connection is heard of again, or for GATE_ANSWER_MILLISECONDS,
 * since a connection may stay silent. Safe to call from any thread.
 */
#ifndef CALMEND_GATE_H
#define CALMEND_GATE_H

#include <glib.h>

/* How long an answer may take that nothing else shows to be written. */
#define GATE_ANSWER_MILLISECONDS 2000

/* FALSE once the gate is closed: a message that asks now is to come again later. */
gboolean gate_is_open(void);

/* A message comes in. FALSE once the gate is shut: it is not inside, and must not be edited. */
gboolean gate_enter(void);

/* A message that is inside goes out, and its MTA waits for no answer. */
void gate_leave(void);

/* A message that is inside goes out, its answer still to be written. gate_answered follows. */
void gate_leave_with_answer(void);

/* The answer was written. */
void gate_answered(void);

/* No more messages begin. There is no way back. */
void gate_close(void);

/* Shuts the gate once no message is inside. TRUE when it is shut and every answer was written; to
 * be asked again otherwise. */
gboolean gate_shut(void);

/* How many messages are inside. */
int gate_inside(void);

#endif
