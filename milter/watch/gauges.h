/* SPDX-License-Identifier: BSD-2-Clause
 *
 * gauges: the metrics that are not counted, but looked up when somebody reads them.
 */
#ifndef CALMEND_GAUGES_H
#define CALMEND_GAUGES_H

#include "milter/service/daemon.h"

/* Looks at switches, messages and settings, and sets their metrics. `running`: what calmend_up
 * says. Safe to call from any thread. */
void gauges_set(const Daemon *daemon, gboolean running);

#endif
