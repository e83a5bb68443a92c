/* SPDX-License-Identifier: BSD-2-Clause
 *
 * log_stamp: the time, host and program that syslog puts before a line.
 *
 * rsyslog files lines with a traditional stamp, "Nov 27 00:41:27", which has neither a year nor a
 * zone, or with one of RFC 3339. A year is taken so that the line is not from the future; the zone
 * is that of this host.
 */
#ifndef CALMEND_LOG_STAMP_H
#define CALMEND_LOG_STAMP_H

#include <glib.h>

/* Reads what stands before the text of a line. Gives the text, and in `time` seconds since
 * 1970-01-01 UTC. NULL where there is no stamp that can be read, or where the program is not
 * calmend's. */
const char *log_stamp_skip(const char *line, gint64 now, gint64 *time);

#endif
