/* SPDX-License-Identifier: BSD-2-Clause
 *
 * process: what is set once for the process, and differs between systems.
 */
#ifndef CALMEND_PROCESS_H
#define CALMEND_PROCESS_H

#include <glib.h>

/* Raises the number of descriptors to the hard limit, since accept(2) failing for want of one makes
 * libmilter spin; lets writes to closed connections fail with EPIPE; and has the memory of large
 * buffers go back to the system when they are freed. What GLib says goes to stderr without any
 * memory, so that a process that has none left ends instead of hanging. What a system refuses stays
 * as it was. Before any thread. */
void process_prepare(void);

/* How many connections this process has descriptors for, when each may need a second one for a
 * spool file. */
guint process_sessions_max(void);

#endif
