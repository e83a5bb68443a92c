/* SPDX-License-Identifier: BSD-2-Clause
 *
 * trace: what a filter leaves behind of a message: events in syslog, counts in a file.
 *
 * Neither keeps a mail: syslog is waited for a second, the file two. The process has a thread more
 * once the trace is open.
 */
#ifndef CALMEND_TRACE_H
#define CALMEND_TRACE_H

#include "common/settings.h"
#include "common/transit/metrics.h"

/* Opens syslog as the settings say. Again: nothing happens. */
void trace_open(const Settings *settings);

/* Counts the message with its outcome, adds all that was counted to the file of the settings, and
 * waits until syslog has all lines. Once, after what else there is to report. */
void trace_finish(const Settings *settings, Outcome outcome);

#endif
