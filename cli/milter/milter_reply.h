/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_reply: what a milter answers, from a packet into a result.
 *
 * Two tables say what each command letter is: a verdict that ends the wait, or an edit that a
 * milter may ask for at the end of the message, if it negotiated the action. All else is no milter.
 */
#ifndef CALMEND_MILTER_REPLY_H
#define CALMEND_MILTER_REPLY_H

#include "cli/milter/milter_client.h"

/* A verdict in one word, such as "accept". Static. */
const char *milter_verdict_text(MilterVerdict verdict);

/* What an edit does, such as "insert header". Static. */
const char *milter_edit_text(const MilterEdit *edit);

/* TRUE when the index of the edit means something. */
gboolean milter_edit_has_index(const MilterEdit *edit);

/* TRUE when the packet is a verdict, which `result` then holds. */
gboolean milter_reply_verdict(const MilterPacket *packet, MilterResult *result);

/* Takes the packet as an edit into `result`. FALSE and MILTER_CLIENT_ERROR_PROTOCOL when it is
 * none, is malformed, needs an action that is not in `actions`, or makes the edits larger than any
 * mail. */
gboolean milter_reply_edit(const MilterPacket *packet, guint32 actions, MilterResult *result,
                           GError **error);

/* Empties the result for the next message, and keeps its memory. */
void milter_result_reset(MilterResult *result);

#endif
