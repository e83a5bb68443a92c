/* SPDX-License-Identifier: BSD-2-Clause
 *
 * systemd: what a service manager is told, and the socket that it may have opened.
 *
 * All of it does nothing where there is no service manager of that kind (sd_notify(3)), or where
 * the program was built without libsystemd. From the first thread only.
 */
#ifndef CALMEND_SYSTEMD_H
#define CALMEND_SYSTEMD_H

#include <glib.h>

/* The process serves, again after a reload. */
void systemd_ready(void);

/* The settings are being read again. */
void systemd_reloading(void);

/* The process stops, and may take that many seconds to. */
void systemd_stopping(guint seconds);

/* What to show in the status of the service. Told only when it has changed. */
void systemd_status(const char *text);

/* The process is alive. Told as often as the watchdog of the service needs it; to be called once a
 * second. */
void systemd_watchdog(void);

/* The socket that was opened for this process, once; -1 when there is none. An error (G_FILE_ERROR)
 * is set when there are several. */
int systemd_take_socket(GError **error);

#endif
