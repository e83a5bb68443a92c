/* SPDX-License-Identifier: BSD-2-Clause
 *
 * load: one mail through a milter over and over, as fast as the milter answers.
 *
 * Each connection has a thread of its own and sends the next message when the last one is done. All
 * of them are open and warm, one message each, before the clocks start. It ends after so many
 * messages per connection or so many seconds, whichever is first, but not before one message per
 * connection. What was measured is one JSON object on stdout; times are from the first octet of a
 * message to the milter's last word on it, and the processor time is that of the milter, whose
 * process id is PID.
 *
 * load [--connections N] [--messages N] [--seconds S] [--pid PID] SOCKET FILE. Exit 0, 1 when the
 * milter fails or refuses a message, and 2 for a wrong call.
 */
#include "cli/milter/milter_mail.h"
#include "tests/load/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define EXIT_USAGE 2
#define TIMEOUT    20.0

typedef struct {
    int connections;
    gint64 messages; /* per connection; 0: until the time is over */
    double seconds;
    int pid; /* of the milter; 0: unknown */
    const char *socket;
    const char *file;
} LoadOptions;

/* One connection. The client and all that is below it are its thread's alone while that runs. */
typedef struct {
    const LoadOptions *options;
    const MilterMail *mail;
    gint64 end; /* monotonic time at which it stops */
    MilterClient *client;
    MilterResult result;
    Tally tally;
    GError *error;
} Worker;

static const char *const RECIPIENTS[] = {"olga@example.org", NULL};

static gboolean send_one(Worker *worker)
{
    return tally_send(&worker->tally, worker->client, worker->mail, &worker->result,
                      &worker->error);
}

static gpointer worker_run(gpointer data)
{
    Worker *worker = data;
    const GArray *sent = worker->tally.latencies;
    gint64 limit = worker->options->messages;
    gint64 now = g_get_monotonic_time();
    while ((now < worker->end || sent->len == 0) && (limit == 0 || sent->len < limit) &&
           send_one(worker))
        now = g_get_monotonic_time();
    worker->end = now;
    return NULL;
}

/* Opens the connection and warms it up. FALSE when the milter fails, and error is set. */
static gboolean worker_init(Worker *worker, const LoadOptions *options, const MilterMail *mail)
{
    worker->options = options;
    worker->mail = mail;
    tally_init(&worker->tally);
    worker->client = milter_client_open(options->socket, TIMEOUT, &worker->error);
    if (worker->client == NULL || !send_one(worker))
        return FALSE;
    tally_clear(&worker->tally);
    tally_init(&worker->tally);
    return TRUE;
}

static void worker_clear(gpointer data)
{
    Worker *worker = data;
    milter_client_close(worker->client);
    milter_result_clear(&worker->result);
    tally_clear(&worker->tally);
    g_clear_error(&worker->error);
}

/* Processor time that a process has used so far, in seconds; 0 where it cannot be told. */
static double process_seconds(int pid)
{
    clockid_t clock;
    struct timespec now;
    if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &now) != 0)
        return 0;
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Runs all workers at once and gives the time that they took, in microseconds. */
static gint64 run_workers(GArray *workers, double seconds)
{
    g_autoptr(GPtrArray) threads = g_ptr_array_new();
    gint64 begun = g_get_monotonic_time();
    gint64 ended = begun;
    for (guint i = 0; i < workers->len; i++) {
        Worker *worker = &g_array_index(workers, Worker, i);
        worker->end = begun + (gint64)(seconds * G_USEC_PER_SEC);
        g_ptr_array_add(threads, g_thread_new("load", worker_run, worker));
    }
    for (guint i = 0; i < workers->len; i++) {
        g_thread_join(g_ptr_array_index(threads, i));
        ended = MAX(ended, g_array_index(workers, Worker, i).end);
    }
    return ended - begun;
}

static void print_report(GArray *workers, gint64 took, double cpu, gsize octets)
{
    Tally sum;
    tally_init(&sum);
    for (guint i = 0; i < workers->len; i++)
        tally_move(&g_array_index(workers, Worker, i).tally, &sum);
    g_autofree char *counted = tally_to_json(&sum);
    printf("{\"connections\": %u, \"octets\": %" G_GSIZE_FORMAT
           ", \"seconds\": %.6f, \"cpu_seconds\": %.6f, %s}\n",
           workers->len, octets, (double)took / G_USEC_PER_SEC, cpu, counted);
    tally_clear(&sum);
}

/* The first error among the workers, or NULL. Borrowed. */
static const GError *first_error(const GArray *workers)
{
    for (guint i = 0; i < workers->len; i++) {
        if (g_array_index(workers, Worker, i).error != NULL)
            return g_array_index(workers, Worker, i).error;
    }
    return NULL;
}

static int run_load(const LoadOptions *options, const MilterMail *mail, gsize octets)
{
    g_autoptr(GArray) workers = g_array_new(FALSE, TRUE, sizeof(Worker));
    g_array_set_clear_func(workers, worker_clear);
    g_array_set_size(workers, (guint)options->connections);
    gboolean ready = TRUE;
    for (guint i = 0; ready && i < workers->len; i++)
        ready = worker_init(&g_array_index(workers, Worker, i), options, mail);

    double cpu = process_seconds(options->pid);
    gint64 took = ready ? run_workers(workers, options->seconds) : 0;
    cpu = process_seconds(options->pid) - cpu;
    const GError *error = first_error(workers);
    if (error != NULL) {
        fprintf(stderr, "load: %s: %s\n", options->socket, error->message);
        return EXIT_FAILURE;
    }
    print_report(workers, took, cpu, octets);
    return EXIT_SUCCESS;
}

/* FALSE, said on stderr, when the call is wrong. */
static gboolean read_options(LoadOptions *options, int *argc, char ***argv)
{
    const GOptionEntry entries[] = {
        {"connections", 'c', 0, G_OPTION_ARG_INT, &options->connections, "at once (1)", "N"},
        {"messages", 'm', 0, G_OPTION_ARG_INT64, &options->messages, "per connection", "N"},
        {"seconds", 's', 0, G_OPTION_ARG_DOUBLE, &options->seconds, "at most (1)", "S"},
        {"pid", 'p', 0, G_OPTION_ARG_INT, &options->pid, "of the milter, for its time", "PID"},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("SOCKET FILE");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    gboolean read = g_option_context_parse(context, argc, argv, &error);
    if (!read || *argc != 3 || options->connections < 1 || options->messages < 0) {
        g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
        fprintf(stderr, "load: %s\n%s", read ? "wrong call" : error->message, help);
        return FALSE;
    }
    options->socket = (*argv)[1];
    options->file = (*argv)[2];
    return TRUE;
}

int main(int argc, char **argv)
{
    LoadOptions options = {.connections = 1, .seconds = 1.0};
    g_autoptr(GError) error = NULL;
    g_autofree char *data = NULL;
    Octets octets = {0};
    if (!read_options(&options, &argc, &argv))
        return EXIT_USAGE;
    if (!g_file_get_contents(options.file, &data, &octets.size, &error)) {
        fprintf(stderr, "load: %s\n", error->message);
        return EXIT_USAGE;
    }

    octets.data = data;
    g_auto(Message) message = {0};
    g_auto(MilterContent) content = {0};
    MilterMail mail = {.helo = "client.example.com",
                       .sender = "ben@example.com",
                       .recipients = RECIPIENTS,
                       .queue_id = "4F2A1C0B7",
                       .mta_name = "mx.example.org"};
    message_init(&message, octets);
    milter_content_init(&content, &message);
    milter_content_put(&content, &mail);
    return run_load(&options, &mail, octets.size);
}
