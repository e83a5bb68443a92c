/* SPDX-License-Identifier: BSD-2-Clause
 *
 * substitute: the time that takes the place of one that was never set.
 *
 * The sender's own time comes first, so that every copy of a message and every second pass gets the
 * same value: the component's DTSTAMP, which in a response is the attendee's critical change
 * ([MS-OXCICAL] 2.1.3.1.1.20.9), then the Date field, then the clock.
 */
#ifndef CALMEND_SUBSTITUTE_H
#define CALMEND_SUBSTITUTE_H

#include "common/mail/message.h"

/* The times of a message that do not depend on a component. */
typedef struct {
    gint64 now;      /* the clock, seconds since 1970-01-01 UTC */
    gint64 fallback; /* the Date field where it is usable, else the clock */
} MessageTimes;

/* The time of the Date field. FALSE where it is absent or not usable. */
gboolean substitute_find_date(const Message *message, gint64 now, gint64 *date);

MessageTimes substitute_message_times(const Message *message, gint64 now);

/* TRUE when a time may be written: 1971 or later, at most 24 hours after the clock. */
gboolean substitute_is_usable(gint64 seconds, gint64 now);

/* TRUE when the value of a Date-like field is 1601-01-01 or 1600-12-31 in its own zone. */
gboolean substitute_field_is_epoch(const char *value);

#endif
