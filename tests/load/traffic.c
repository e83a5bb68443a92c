/* SPDX-License-Identifier: BSD-2-Clause
 *
 * traffic: the mails of a folder through a milter in random order, as fast as it answers.
 *
 * Each connection has a thread of its own, which closes it now and then and opens another. What
 * was done since the last line is one JSON object on stdout every so many seconds. Times are from
 * the first octet of a message to the milter's last word on it. The same seed gives each connection
 * the same order.
 *
 * traffic [--connections N] [--seconds S] [--interval S] [--seed N] SOCKET FOLDER. Exit 0, 1 when
 * the milter fails or refuses a message, and 2 for a wrong call.
 */
#include "cli/milter/milter_mail.h"
#include "tests/load/tally.h"

#include <stdio.h>
#include <stdlib.h>

#define EXIT_USAGE 2
#define TIMEOUT    60.0

/* Of so many messages one is the last on its connection. */
#define MESSAGES_PER_CONNECTION 200

typedef struct {
    int connections;
    double seconds;
    double interval;
    int seed;
    const char *socket;
    const char *folder;
} TrafficOptions;

/* A mail in the form in which it is sent. */
typedef struct {
    MilterContent content;
    MilterMail mail;
} Item;

typedef struct {
    const TrafficOptions *options;
    const GPtrArray *items; /* Item; read only */
    guint number;
    GMutex mutex; /* of the tally */
    Tally tally;  /* since the last line */
    gint done;    /* atomic: the thread is at its end */
    GError *error;
} Worker;

static const char *const RECIPIENTS[] = {"olga@example.org", NULL};
static gint64 end_time; /* monotonic; set before the threads begin */

static void item_free(gpointer data)
{
    Item *item = data;
    milter_content_clear(&item->content);
    g_free(item);
}

static Item *item_new(Octets octets)
{
    g_auto(Message) message;
    Item *item = g_new0(Item, 1);
    item->mail = (MilterMail){.helo = "client.example.com",
                              .sender = "ben@example.com",
                              .recipients = RECIPIENTS,
                              .mta_name = "mx.example.org"};
    message_init(&message, octets);
    milter_content_init(&item->content, &message);
    milter_content_put(&item->content, &item->mail);
    return item;
}

static GPtrArray *read_items(const char *path, GError **error)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(item_free);
    g_autoptr(GDir) folder = g_dir_open(path, 0, error);
    const char *name;
    if (folder == NULL)
        return NULL;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *data = NULL;
        Octets octets = {0};
        if (!g_file_get_contents(file, &data, &octets.size, error))
            return NULL;
        octets.data = data;
        g_ptr_array_add(items, item_new(octets));
    }
    if (items->len > 0)
        return g_steal_pointer(&items);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s: no file", path);
    return NULL;
}

static gboolean send_one(Worker *worker, MilterClient *client, const Item *item, guint sent,
                         MilterResult *result)
{
    MilterMail mail = item->mail;
    g_autofree char *queue_id = g_strdup_printf("%u.%u", worker->number, sent);
    mail.queue_id = queue_id;
    g_mutex_lock(&worker->mutex);
    gboolean taken = tally_send(&worker->tally, client, &mail, result, &worker->error);
    g_mutex_unlock(&worker->mutex);
    return taken;
}

static gpointer worker_run(gpointer data)
{
    Worker *worker = data;
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)worker->options->seed + worker->number);
    g_autoptr(MilterClient) client = NULL;
    g_auto(MilterResult) result = {0};
    for (guint sent = 0; g_get_monotonic_time() < end_time; sent++) {
        if (client == NULL)
            client = milter_client_open(worker->options->socket, TIMEOUT, &worker->error);
        guint choice = (guint)g_rand_int_range(random, 0, (gint32)worker->items->len);
        const Item *item = g_ptr_array_index(worker->items, choice);
        if (client == NULL || !send_one(worker, client, item, sent, &result))
            break;
        if (g_rand_int_range(random, 0, MESSAGES_PER_CONNECTION) == 0)
            g_clear_pointer(&client, milter_client_close);
    }
    g_atomic_int_set(&worker->done, TRUE);
    return NULL;
}

static void print_line(GPtrArray *workers, gint64 took)
{
    Tally sum;
    tally_init(&sum);
    for (guint i = 0; i < workers->len; i++) {
        Worker *worker = g_ptr_array_index(workers, i);
        g_mutex_lock(&worker->mutex);
        tally_move(&worker->tally, &sum);
        g_mutex_unlock(&worker->mutex);
    }
    g_autofree char *counted = tally_to_json(&sum);
    printf("{\"seconds\": %.6f, %s}\n", (double)took / G_USEC_PER_SEC, counted);
    fflush(stdout);
    tally_clear(&sum);
}

static gboolean all_done(GPtrArray *workers)
{
    for (guint i = 0; i < workers->len; i++) {
        Worker *worker = g_ptr_array_index(workers, i);
        if (!g_atomic_int_get(&worker->done))
            return FALSE;
    }
    return TRUE;
}

static void report(GPtrArray *workers, double interval)
{
    gint64 last = g_get_monotonic_time();
    for (gboolean done = FALSE; !done;) {
        g_usleep(G_USEC_PER_SEC / 20);
        done = all_done(workers);
        gint64 now = g_get_monotonic_time();
        if (!done && (double)(now - last) < interval * G_USEC_PER_SEC)
            continue;
        print_line(workers, now - last);
        last = now;
    }
}

static void worker_free(gpointer data)
{
    Worker *worker = data;
    tally_clear(&worker->tally);
    g_mutex_clear(&worker->mutex);
    g_clear_error(&worker->error);
    g_free(worker);
}

static Worker *worker_new(const TrafficOptions *options, const GPtrArray *items, guint number)
{
    Worker *worker = g_new0(Worker, 1);
    worker->options = options;
    worker->items = items;
    worker->number = number;
    tally_init(&worker->tally);
    g_mutex_init(&worker->mutex);
    return worker;
}

static int run_traffic(const TrafficOptions *options, const GPtrArray *items)
{
    g_autoptr(GPtrArray) workers = g_ptr_array_new_with_free_func(worker_free);
    g_autoptr(GPtrArray) threads = g_ptr_array_new();
    int code = EXIT_SUCCESS;
    end_time = g_get_monotonic_time() + (gint64)(options->seconds * G_USEC_PER_SEC);
    for (guint i = 0; i < (guint)options->connections; i++)
        g_ptr_array_add(workers, worker_new(options, items, i));
    for (guint i = 0; i < workers->len; i++)
        g_ptr_array_add(threads,
                        g_thread_new("traffic", worker_run, g_ptr_array_index(workers, i)));
    report(workers, options->interval);
    for (guint i = 0; i < workers->len; i++) {
        const Worker *worker = g_ptr_array_index(workers, i);
        g_thread_join(g_ptr_array_index(threads, i));
        if (worker->error == NULL)
            continue;
        fprintf(stderr, "traffic: %s: %s\n", options->socket, worker->error->message);
        code = EXIT_FAILURE;
    }
    return code;
}

/* FALSE, said on stderr, when the call is wrong. */
static gboolean read_options(TrafficOptions *options, int *argc, char ***argv)
{
    const GOptionEntry entries[] = {
        {"connections", 'c', 0, G_OPTION_ARG_INT, &options->connections, "at once (4)", "N"},
        {"seconds", 's', 0, G_OPTION_ARG_DOUBLE, &options->seconds, "in all (10)", "S"},
        {"interval", 'i', 0, G_OPTION_ARG_DOUBLE, &options->interval, "between lines (1)", "S"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "of the order (1)", "N"},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("SOCKET FOLDER");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    gboolean read = g_option_context_parse(context, argc, argv, &error);
    if (!read || *argc != 3 || options->connections < 1 || options->interval <= 0) {
        g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
        fprintf(stderr, "traffic: %s\n%s", read ? "wrong call" : error->message, help);
        return FALSE;
    }
    options->socket = (*argv)[1];
    options->folder = (*argv)[2];
    return TRUE;
}

int main(int argc, char **argv)
{
    TrafficOptions options = {.connections = 4, .seconds = 10.0, .interval = 1.0, .seed = 1};
    g_autoptr(GError) error = NULL;
    if (!read_options(&options, &argc, &argv))
        return EXIT_USAGE;
    g_autoptr(GPtrArray) items = read_items(options.folder, &error);
    if (items == NULL) {
        fprintf(stderr, "traffic: %s\n", error->message);
        return EXIT_USAGE;
    }
    return run_traffic(&options, items);
}
