/* SPDX-License-Identifier: BSD-2-Clause
 *
 * calendar_date: the written forms of DATE and DATE-TIME (RFC 5545 3.3.4, 3.3.5).
 *
 * Values are compared as written. No time_t, no time zone: 1601 is out of reach of both.
 */
#ifndef CALMEND_CALENDAR_DATE_H
#define CALMEND_CALENDAR_DATE_H

#include "common/mail/octets.h"

/* The octets of a DATE, YYYYMMDD. */
#define CALENDAR_DATE_SIZE 8

/* YYYYMMDDTHHMMSSZ and its NUL. */
#define CALENDAR_TIME_SIZE 17

/* TRUE when `value` has the form of a date: YYYYMMDD, or that with THHMMSS, or with THHMMSSZ. The
 * digits may be any. */
gboolean calendar_date_is(Octets value);

/* TRUE for YYYYMMDD that is a day of the calendar. */
gboolean calendar_date_is_day(Octets value);

/* TRUE for a date in the form YYYYMMDD or YYYYMMDDTHHMMSS, without a Z. */
gboolean calendar_date_is_local(Octets value);

/* The written year of such a date. */
int calendar_date_year(Octets value);

/* TRUE for an epoch date: a date whose day is written 16010101 or 16001231. */
gboolean calendar_date_is_epoch(Octets value);

/* TRUE when one of the dates in `value`, a list or a period (RFC 5545 3.3.9), is an epoch date. */
gboolean calendar_date_has_epoch(Octets value);

/* Reads YYYYMMDDTHHMMSSZ into seconds since 1970-01-01 UTC. FALSE when it has another form or is no
 * real time. */
gboolean calendar_date_read_utc(Octets value, gint64 *seconds);

/* Writes `seconds` since 1970-01-01 UTC as YYYYMMDDTHHMMSSZ; the year must be one of four digits.
 */
void calendar_date_write_utc(gint64 seconds, char out[static CALENDAR_TIME_SIZE]);

#endif
