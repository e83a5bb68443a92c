/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "milter/watch/metrics_http.h"

#include "common/transit/log.h"
#include "common/transit/metrics.h"
#include "milter/service/address.h"
#include "milter/service/daemon.h"
#include "milter/service/gate.h"
#include "milter/watch/gauges.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_MICROHTTPD

#include <microhttpd.h>

#define LOOPBACK "127.0.0.1"
#define BACKLOG  16

/* Of all clients together, and of one. */
#define MAX_CONNECTIONS 16U
#define MAX_SECONDS     10U
#define MAX_OCTETS      ((size_t)16 * 1024)

struct MetricsHttp {
    char *spec;
    int descriptor;
    struct MHD_Daemon *server; /* NULL: it does not serve yet */
};

static Address *read_address(const char *value, GError **error)
{
    gsize digits = strspn(value, G_CSET_DIGITS);
    g_autofree char *spec = digits > 0 && value[digits] == '\0'
                                ? g_strdup_printf("inet:%s@" LOOPBACK, value)
                                : g_strdup(value);
    g_autoptr(Address) address = address_parse(spec, error);
    if (address == NULL)
        return NULL;
    if (address->path == NULL)
        return g_steal_pointer(&address);
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "metrics are served over TCP: a port, inet:PORT@HOST or inet6:PORT@HOST");
    return NULL;
}

gboolean metrics_http_check(const char *value, GError **error)
{
    g_autoptr(Address) address = read_address(value, error);
    return address != NULL;
}

static gboolean open_socket(MetricsHttp *http, const Address *address)
{
    const int on = 1;
    int flags = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
    http->descriptor = socket(address->socket.ss_family, flags, 0);
    if (http->descriptor < 0)
        return FALSE;
    setsockopt(http->descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return bind(http->descriptor, address_socket(address), address->size) == 0 &&
           listen(http->descriptor, BACKLOG) == 0;
}

MetricsHttp *metrics_http_open(const Settings *settings, GError **error)
{
    if (settings->metrics_listen == NULL)
        return NULL;
    g_autoptr(Address) address = read_address(settings->metrics_listen, error);
    if (address == NULL)
        return NULL;
    g_autoptr(MetricsHttp) http = g_new0(MetricsHttp, 1);
    http->spec = g_strdup(address->spec);
    if (open_socket(http, address))
        return g_steal_pointer(&http);
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                "metrics at %s cannot be served (listen in [metrics]): %s", http->spec,
                g_strerror(errno));
    return NULL;
}

/* ---- what is served ---- */

static char *make_metrics(guint *status)
{
    g_autoptr(Daemon) daemon = daemon_take();
    *status = MHD_HTTP_OK;
    gauges_set(daemon, TRUE);
    return metrics_to_text(METRICS_OF_MILTER);
}

static char *make_health(guint *status)
{
    gboolean open = gate_is_open();
    *status = open ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
    return g_strdup(open ? "ok\n" : "stopping\n");
}

static const struct {
    const char *path;
    const char *type;
    char *(*make)(guint *status);
} pages[] = {
    {"/metrics", "text/plain; version=0.0.4; charset=utf-8", make_metrics},
    {"/healthz", "text/plain; charset=utf-8", make_health},
};

static char *make_missing(guint *status)
{
    *status = MHD_HTTP_NOT_FOUND;
    return g_strdup("There are /metrics and /healthz.\n");
}

static char *make_refusal(guint *status)
{
    *status = MHD_HTTP_METHOD_NOT_ALLOWED;
    return g_strdup("GET and HEAD are answered.\n");
}

static char *make_page(const char *method, const char *path, const char **type, guint *status)
{
    *type = pages[1].type;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return make_refusal(status);
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
        if (strcmp(path, pages[i].path) != 0)
            continue;
        *type = pages[i].type;
        return pages[i].make(status);
    }
    return make_missing(status);
}

/* Answered before any body comes, so that none is read. */
static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    (void)data;
    (void)version;
    (void)upload;
    (void)upload_size;
    (void)state;
    guint status = 0;
    const char *type = NULL;
    char *text = make_page(method, path, &type, &status);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        g_free(text);
        return MHD_NO;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

void metrics_http_serve(MetricsHttp *http)
{
    if (http == NULL)
        return;
    http->server =
        MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, NULL,
                         MHD_OPTION_LISTEN_SOCKET, http->descriptor, MHD_OPTION_CONNECTION_LIMIT,
                         MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, MAX_SECONDS,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, MAX_OCTETS, MHD_OPTION_END);
    if (http->server != NULL)
        return;
    g_autoptr(Event) event = event_new(
        EVENT_METRICS, "The metrics cannot be served at %s: no thread can be made", http->spec);
    log_service_event(event);
}

/* What serves closes the socket, too. */
void metrics_http_close(MetricsHttp *http)
{
    if (http == NULL)
        return;
    if (http->server != NULL)
        MHD_stop_daemon(http->server);
    else if (http->descriptor >= 0)
        close(http->descriptor);
    g_free(http->spec);
    g_free(http);
}

#else

#define MISSING                                                                                    \
    "this calmend-milter was built without libmicrohttpd and serves none; leave it out, and "      \
    "use textfile"

gboolean metrics_http_check(const char *value, GError **error)
{
    (void)value;
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSYS, MISSING);
    return FALSE;
}

MetricsHttp *metrics_http_open(const Settings *settings, GError **error)
{
    if (settings->metrics_listen != NULL)
        metrics_http_check(settings->metrics_listen, error);
    return NULL;
}

void metrics_http_serve(MetricsHttp *http)
{
    (void)http;
}

void metrics_http_close(MetricsHttp *http)
{
    (void)http;
}

#endif
