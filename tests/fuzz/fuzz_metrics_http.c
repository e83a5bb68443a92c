/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_metrics_http: whatever a client says to the service of [metrics] listen.
 *
 * The service runs in this process as in the milter. A request is sent in pieces, as it is or with
 * a first line that was chosen; the client reads all of the answer, or hangs up. Only GET and HEAD
 * of the two pages get 200, the next client is told at once that all is well, and no descriptor is
 * left open.
 */
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"
#include "milter/service/daemon.h"
#include "milter/watch/metrics_http.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE    20 /* seconds */
#define PIECES_MOST 4
#define READ_OCTETS 65536
#define BACKLOG     16
#define DESCRIPTORS 64
#define OK          200
#define LISTEN      "inet:8895@127.%u.%u.%u" /* of this process alone */
#define HEALTHY     "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

/* A word of a first line, and whether it may get 200. */
typedef struct {
    const char *text;
    gboolean served;
} Word;

/* The first one: the data is sent as it is. */
static const Word methods[] = {
    {NULL, TRUE},       {"GET", TRUE},    {"HEAD", TRUE},   {"POST", FALSE},
    {"PUT", FALSE},     {"get", FALSE},   {"GETS", FALSE},  {"DELETE", FALSE},
    {"OPTIONS", FALSE}, {"TRACE", FALSE}, {"PATCH", FALSE}, {"CONNECT", FALSE},
};

static const Word paths[] = {
    {"/metrics", TRUE},
    {"/healthz", TRUE},
    {"/metrics?a=b&c", TRUE},
    {"/%6detrics", TRUE},
    {"/", FALSE},
    {"/metric", FALSE},
    {"/metrics/", FALSE},
    {"/Metrics", FALSE},
    {"/../metrics", FALSE},
    {"//metrics", FALSE},
    {"*", FALSE},
    {"metrics", FALSE},
    {"/healthz%2f", FALSE},
    {"/etc", FALSE},
    {"/%252fmetrics", FALSE},
    {"/%", FALSE},
    {"/metrics%20x", FALSE},
    {"#/metrics", FALSE},
};

typedef struct {
    Word method, path;
    guint pieces;
    gboolean hangs_up; /* without reading */
} Client;

static MetricsHttp *http;
static struct sockaddr_un server;
static socklen_t server_size = sizeof server;

/* ---- the service ---- */

/* How many of the lowest descriptors are open. */
static guint count_open(void)
{
    struct pollfd asked[DESCRIPTORS] = {0};
    guint count = 0;
    for (int i = 0; i < DESCRIPTORS; i++)
        asked[i].fd = i;
    poll(asked, DESCRIPTORS, 0);
    for (int i = 0; i < DESCRIPTORS; i++)
        count += (asked[i].revents & POLLNVAL) == 0;
    return count;
}

/* Listens at a name that the kernel chooses. */
static int listen_somewhere(void)
{
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    server.sun_family = AF_UNIX;
    bind(descriptor, (struct sockaddr *)&server, sizeof server.sun_family);
    getsockname(descriptor, (struct sockaddr *)&server, &server_size);
    listen(descriptor, BACKLOG);
    return descriptor;
}

/* The service with another socket than one of TCP in its place: each connection of that would keep
 * a port for a minute, and there are thousands in a second. */
static MetricsHttp *open_service(const Settings *settings)
{
    g_autoptr(GError) error = NULL;
    int own = listen_somewhere();
    int place = fcntl(own, F_DUPFD_CLOEXEC, 0);
    close(place);
    MetricsHttp *opened = metrics_http_open(settings, &error);
    fuzz_require(opened != NULL || g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSYS),
                 "the service can be opened");
    if (opened != NULL)
        dup2(own, place);
    close(own);
    return opened;
}

static void stop(void)
{
    metrics_http_close(http);
}

/* Without libmicrohttpd there is no service, and each input holds. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    Settings *settings = settings_new();
    guint process = (guint)getpid();
    settings->metrics_listen =
        g_strdup_printf(LISTEN, process >> 16 & 63, process >> 8 & 255, process & 255);
    http = open_service(settings);
    daemon_put_in_force(settings);
    metrics_http_serve(http);
    atexit(stop);
    return 0;
}

/* ---- a client ---- */

/* libFuzzer's alarm interrupts calls that wait. */
static int open_client(void)
{
    const struct timeval patience = {.tv_sec = PATIENCE};
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    gboolean connected =
        TEMP_FAILURE_RETRY(connect(descriptor, (struct sockaddr *)&server, server_size)) == 0;
    fuzz_require(connected, "the service takes connections");
    return descriptor;
}

/* The service may have closed: then it reads no more of it. */
static void send_pieces(int descriptor, Octets request, guint pieces)
{
    gsize most = request.size / pieces + 1;
    while (request.size > 0) {
        Octets piece = fuzz_take(&request, most);
        gssize sent = TEMP_FAILURE_RETRY(send(descriptor, piece.data, piece.size, MSG_NOSIGNAL));
        if (sent != (gssize)piece.size)
            return;
    }
}

/* All until the service closes. Owned by the caller. */
static GString *read_answer(int descriptor)
{
    GString *answer = g_string_new(NULL);
    g_autofree char *buffer = g_malloc(READ_OCTETS);
    gssize size;
    while ((size = TEMP_FAILURE_RETRY(recv(descriptor, buffer, READ_OCTETS, 0))) > 0)
        g_string_append_len(answer, buffer, size);
    fuzz_require(size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK), "each client is answered");
    return answer;
}

/* What the service answers; nothing where the client hangs up. Owned by the caller. */
static GString *ask(Octets request, guint pieces, gboolean hangs_up)
{
    int descriptor = open_client();
    send_pieces(descriptor, request, pieces);
    if (!hangs_up)
        shutdown(descriptor, SHUT_WR);
    GString *answer = hangs_up ? g_string_new(NULL) : read_answer(descriptor);
    close(descriptor);
    return answer;
}

/* ---- properties ---- */

static guint count_in(Octets octets, const char *word)
{
    guint count = 0;
    gsize size = strlen(word);
    for (gsize at = 0; at + size <= octets.size; at++)
        count += memcmp(octets.data + at, word, size) == 0;
    return count;
}

/* Every %XX as the octet that it stands for. Owned by the caller. */
static GString *decode(Octets octets)
{
    GString *text = g_string_sized_new(octets.size);
    for (gsize at = 0; at < octets.size; at++) {
        gboolean is_coded = octets.data[at] == '%' && at + 2 < octets.size &&
                            g_ascii_isxdigit(octets.data[at + 1]) &&
                            g_ascii_isxdigit(octets.data[at + 2]);
        char octet = is_coded ? (char)(g_ascii_xdigit_value(octets.data[at + 1]) << 4 |
                                       g_ascii_xdigit_value(octets.data[at + 2]))
                              : octets.data[at];
        g_string_append_c(text, octet);
        at += is_coded ? 2 : 0;
    }
    return text;
}

/* The status of the first answer; 0: there is none. */
static guint status_of(Octets answer)
{
    guint status = 0;
    fuzz_require(answer.size == 0 || sscanf(answer.data, "HTTP/1.%*1[01] %3u ", &status) == 1,
                 "an answer is one of HTTP");
    return status;
}

/* However many requests there are in it: each page that is given was named. */
static void require_named(Octets request, Octets answer)
{
    g_autoptr(GString) text = decode(request);
    Octets decoded = {text->str, text->len};
    guint given = count_in(answer, "HTTP/1.1 200 ") + count_in(answer, "HTTP/1.0 200 ");
    guint named = count_in(decoded, "/metrics") + count_in(decoded, "/healthz");
    guint asked = count_in(request, "GET") + count_in(request, "HEAD");
    fuzz_require(given <= MIN(named, asked), "only GET and HEAD of the pages give 200");
}

/* libmicrohttpd itself refuses what is no HTTP, or too long. */
static void require_status(const Client *client, guint status)
{
    guint wanted = !client->method.served ? 405 : !client->path.served ? 404 : OK;
    gboolean is_refused = status >= 400 && status != 404 && status != 405;
    fuzz_require(status == 0 || status == wanted || is_refused,
                 "a first line has the status that it should have");
}

static void require_health(void)
{
    g_autoptr(GString) answer = ask(octets_of(HEALTHY), 1, FALSE);
    fuzz_require(g_str_has_prefix(answer->str, "HTTP/1.1 200 ") &&
                     g_str_has_suffix(answer->str, "\r\n\r\nok\n"),
                 "the next client is told that all is well");
}

/* The service closes its end in a thread of its own. */
static void require_closed(guint before)
{
    gint64 end = g_get_monotonic_time() + PATIENCE * G_USEC_PER_SEC;
    while (count_open() != before) {
        fuzz_require(g_get_monotonic_time() < end, "no descriptor is left open");
        g_usleep(50);
    }
}

/* ---- an input ---- */

static Client choose_client(Octets *input)
{
    return (Client){
        .method = methods[fuzz_choose(input, G_N_ELEMENTS(methods))],
        .path = paths[fuzz_choose(input, G_N_ELEMENTS(paths))],
        .pieces = 1 + fuzz_choose(input, PIECES_MOST),
        .hangs_up = fuzz_choose(input, 8) == 7,
    };
}

/* What it sends. Owned by the caller. */
static GString *make_request(const Client *client, Octets data)
{
    GString *request = g_string_new(NULL);
    if (client->method.text != NULL)
        g_string_printf(request, "%s %s HTTP/1.1\r\nHost: a\r\n", client->method.text,
                        client->path.text);
    g_string_append_len(request, data.data, (gssize)data.size);
    if (client->method.text != NULL)
        g_string_append(request, "\r\n\r\n");
    return request;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (http == NULL)
        return 0;
    guint before = count_open();
    Octets input = fuzz_input(data, size);
    Client client = choose_client(&input);
    g_autoptr(GString) sent = make_request(&client, input);
    Octets request = {sent->str, sent->len};
    g_autoptr(GString) got = ask(request, client.pieces, client.hangs_up);
    Octets answer = {got->str, got->len};
    guint status = status_of(answer);
    require_named(request, answer);
    if (client.method.text != NULL)
        require_status(&client, status);
    require_health();
    require_closed(before);
    return 0;
}
