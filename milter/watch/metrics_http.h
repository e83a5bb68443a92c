/* SPDX-License-Identifier: BSD-2-Clause
 *
 * metrics_http: the metrics by HTTP, for Prometheus itself, and whether the milter takes mail.
 *
 * GET and HEAD of /metrics and /healthz, nothing else: the latter is 200 while messages are taken
 * and 503 from the begin of a stop on. libmicrohttpd speaks HTTP, in one thread of its own with few
 * connections, bounded in time and memory, so that mail never waits for a reader. Nobody is asked
 * for a password. Without metrics.listen in the settings nothing happens here; without the library
 * that setting is refused.
 */
#ifndef CALMEND_METRICS_HTTP_H
#define CALMEND_METRICS_HTTP_H

#include "common/settings.h"

typedef struct MetricsHttp MetricsHttp;

/* FALSE and an error (G_FILE_ERROR) when `value` is nowhere to listen at: a port of 127.0.0.1,
 * inet:PORT@HOST, inet6:PORT@HOST. */
gboolean metrics_http_check(const char *value, GError **error);

/* Opens the socket of the settings, which do not serve yet. NULL when they name none; NULL and an
 * error (G_FILE_ERROR) when it cannot be opened. Owned by the caller, metrics_http_close. */
MetricsHttp *metrics_http_open(const Settings *settings, GError **error);

/* Begins to serve. Once, after the rights are dropped; takes NULL. What fails is event 347. */
void metrics_http_serve(MetricsHttp *http);

/* Ends it. Takes NULL. */
void metrics_http_close(MetricsHttp *http);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MetricsHttp, metrics_http_close)

#endif
