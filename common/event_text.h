/* SPDX-License-Identifier: BSD-2-Clause
 *
 * event_text: an event as a line of text, in the order of fields of a Windows event.
 *
 * Whatever comes from a message is escaped octet by octet as \xHH, controls and what separates
 * fields alike, so that no message can forge a line or a field, and shortened, so that none can
 * push the rest out.
 */
#ifndef CALMEND_EVENT_TEXT_H
#define CALMEND_EVENT_TEXT_H

#include "common/event.h"

/* One line of at most EVENT_LINE_MAX octets without its line end. Owned by the caller, g_free. */
char *event_to_text(const Event *event, const EventContext *context);

#endif
