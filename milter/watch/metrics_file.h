/* SPDX-License-Identifier: BSD-2-Clause
 *
 * metrics_file: the metrics as a file for the textfile collector of node_exporter.
 *
 * The collector finds the file of before or the new one (replaced_file). The first thread writes
 * it, so that mail never waits for a disk. A file that cannot be written is event 347, once until
 * it can be written again. Without metrics.textfile in the settings nothing happens here.
 */
#ifndef CALMEND_METRICS_FILE_H
#define CALMEND_METRICS_FILE_H

#include "milter/service/daemon.h"

/* Begins to write the metrics, by the settings in force at each time, and writes them. Once, after
 * log_open. */
void metrics_file_open(void);

/* Writes them again when metrics.interval has passed. Often, by the first thread. */
void metrics_file_tick(void);

/* Writes them for the last time: calmend_up is 0. */
void metrics_file_close(void);

#endif
