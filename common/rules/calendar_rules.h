/* SPDX-License-Identifier: BSD-2-Clause
 *
 * calendar_rules: the rows of the table that look at calendar properties.
 *
 * Each component that stands directly in a VCALENDAR is held against each row that fits its METHOD
 * and name. What a row finds becomes a finding; what it repairs becomes an edit on the calendar's
 * octets and an intent, the same said in the words of RFC 5545, for calendar_guard to hold libical
 * to.
 */
#ifndef CALMEND_CALENDAR_RULES_H
#define CALMEND_CALENDAR_RULES_H

#include "common/calendar/calendar_change.h"
#include "common/mail/parts.h"
#include "common/repair.h"
#include "common/substitute.h"

/* What the rules need to know, and where they put what they find. */
typedef struct {
    const Policy *policy;
    const MessageTimes *times;
    const Part *part;
    Reason seal;           /* why nothing of this calendar may be edited; REASON_NONE: it may */
    GStringChunk *strings; /* owns the strings of all that follows */
    GArray *findings;      /* Finding */
    GArray *changes;       /* ComponentChange, made by calendar_changes_new */
} CalendarContext;

/* Applies every row to `calendar`. With a seal there are findings only, with that reason. */
void calendar_rules_apply(const Calendar *calendar, const CalendarContext *context);

/* How many METHOD properties the VCALENDARs of `calendar` have, and the value of the last one,
 * blanks around it gone. Owned by the caller, g_free; NULL where there is none. */
char *calendar_rules_method(const Calendar *calendar, guint *count);

#endif
