/* SPDX-License-Identifier: BSD-2-Clause
 *
 * message_diff: what became of a message, as a person wants to see it.
 *
 * Calendars are compared decoded, part by part, and TNEF streams by the lines that tnef_text makes
 * of them. All around them, header fields included, is compared as it stands. Both messages are
 * read afresh, so what is shown is what is there, not what somebody meant to do.
 */
#ifndef CALMEND_MESSAGE_DIFF_H
#define CALMEND_MESSAGE_DIFF_H

#include "common/mail/message.h"
#include "common/mail/parts.h"

/* Appends the differences; nothing when the messages are equal. Where they do not have the same
 * such parts, they are compared as they stand. */
void message_diff_append(GString *out, const Message *before, const Message *after,
                         const PartsLimits *limits, gboolean color);

#endif
