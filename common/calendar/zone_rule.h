/* SPDX-License-Identifier: BSD-2-Clause
 *
 * zone_rule: a time zone's rule as POSIX writes it in TZ (IEEE Std 1003.1, 8.3).
 *
 * Read are the rules that a VTIMEZONE of one or two yearly onsets can say: offsets in whole minutes
 * and onsets of the form Mm.w.d at a time of that day. Others are refused.
 */
#ifndef CALMEND_ZONE_RULE_H
#define CALMEND_ZONE_RULE_H

#include "common/mail/octets.h"

/* One of the offsets, and when it begins each year. */
typedef struct {
    Octets name; /* the abbreviation, letters; empty where it is none but an offset */
    int offset;  /* minutes east of UTC */
    int month;   /* 1 to 12; 0 in a rule of one part, as the rest */
    int week;    /* 1 to 4; 5 is the last one of the month */
    int weekday; /* 0 is Sunday */
    int minute;  /* of the day, in the local time before the onset */
} ZonePart;

typedef struct {
    guint count; /* of parts, 1 or 2; the part with the lesser offset comes first */
    ZonePart parts[2];
} ZoneRule;

/* Reads `text` into `rule`, whose names borrow from it. FALSE when it is no such rule. */
gboolean zone_rule_read(const char *text, ZoneRule *rule);

/* The day of the month on which `part` of a rule of two begins in 1970. */
int zone_rule_first_day(const ZonePart *part);

#endif
