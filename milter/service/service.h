/* SPDX-License-Identifier: BSD-2-Clause
 *
 * service: libmilter in a thread of its own, signals in the first one.
 *
 * libmilter would wait for HUP, TERM and INT itself, and stop at each (signal_shield). They are
 * blocked in every thread but the first, which takes them while the service runs; until then they
 * wait. TERM and INT stop: the gate is closed, and the process goes on until no message is inside,
 * for drain-seconds at most, or until the signal comes again. HUP has the settings read again. A
 * service manager is told of each, and once in a while of the counts.
 */
#ifndef CALMEND_SERVICE_H
#define CALMEND_SERVICE_H

#include "milter/service/listeners.h"

/* From now on TERM, INT and HUP wait until the service runs: a process that is asked to stop while
 * it starts ends as one that has started. First of all. */
void service_hold_signals(void);

/* Takes over the signals that are held. FALSE and an error (G_FILE_ERROR) when there are no
 * descriptors. */
gboolean service_catch_signals(GError **error);

/* Runs libmilter, whose sockets are `listeners`, until a stop. From the first thread. TRUE after a
 * stop that was asked for, FALSE when libmilter ended by itself or cannot start, or when the socket
 * is gone. libmilter's threads are still there afterwards: the process is to exit. */
gboolean service_run(const Listeners *listeners);

#endif
