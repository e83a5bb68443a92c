/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/log.h"

#include "common/event_json.h"
#include "common/event_text.h"
#include "common/transit/journal.h"
#include "common/transit/metrics.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

/* Lines that may wait to be written. */
#define QUEUE_LINES 1000

/* Who says what is no event, in JSON. */
#define LIBMILTER "libmilter"

#define FLUSH_MICROSECONDS G_USEC_PER_SEC
#define LOOK_MICROSECONDS  2000

/* How long lines gather while more of them come. To wake the writer for each would cost a message
 * more than the line itself. */
#define GATHER_MICROSECONDS 5000

typedef struct {
    int priority;
    char *text;          /* NULL where there is an entry */
    JournalEntry *entry; /* NULL where it goes to syslog */
} Line;

static const char *program;
static int format;         /* LogFormat; atomic */
static int facility;       /* of syslog(3); atomic */
static gboolean to_stdout; /* in place of syslog, journal and stderr */
static gboolean to_stderr;
static gboolean to_journal;

/* Lines on their way to syslog or standard output. `unwritten` counts those that are being written,
 * too. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t added = PTHREAD_COND_INITIALIZER;
static GQueue queue = G_QUEUE_INIT; /* Line */
static guint unwritten;
static gboolean asleep; /* the writer waits to be woken */
static gboolean alone;  /* there is no writer: no thread could be made */

/* All lines that are there: one at least. */
static GQueue wait_for_lines(void)
{
    pthread_mutex_lock(&mutex);
    while (g_queue_is_empty(&queue)) {
        asleep = TRUE;
        pthread_cond_wait(&added, &mutex);
    }
    asleep = FALSE;
    GQueue lines = queue;
    g_queue_init(&queue);
    pthread_mutex_unlock(&mutex);
    return lines;
}

/* vsyslog, since the process has a syslog of its own (syslog_shield), which only queues. */
G_GNUC_PRINTF(2, 3) static void send_to_syslog(int priority, const char *layout, ...)
{
    va_list arguments;
    va_start(arguments, layout);
    vsyslog(priority, layout, arguments);
    va_end(arguments);
}

/* Not dprintf, which asks the system twice what kind of file it is before it writes. */
static gboolean write_whole(int file, const char *text)
{
    gsize size = strlen(text);
    const struct iovec line[] = {{.iov_base = (char *)text, .iov_len = size},
                                 {.iov_base = (char *)"\n", .iov_len = 1}};
    return writev(file, line, G_N_ELEMENTS(line)) == (ssize_t)size + 1;
}

static void send_to_stdout(const char *text)
{
    if (!write_whole(STDOUT_FILENO, text))
        metrics_add(METRIC_LOG_LINES_LOST, 1);
}

/* Takes the line. */
static void write_line(Line *line)
{
    if (to_stdout)
        send_to_stdout(line->text);
    else if (line->entry != NULL)
        journal_send(line->entry);
    else
        send_to_syslog(line->priority | g_atomic_int_get(&facility), "%s", line->text);
    g_free(line->text);
    journal_entry_free(line->entry);
    g_free(line);

    pthread_mutex_lock(&mutex);
    unwritten--;
    pthread_mutex_unlock(&mutex);
}

static gpointer write_lines(gpointer data)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    for (;;) {
        GQueue lines = wait_for_lines();
        while (!g_queue_is_empty(&lines))
            write_line(g_queue_pop_head(&lines));
        g_usleep(GATHER_MICROSECONDS);
    }
    return data;
}

/* Takes the text or the entry. */
static void add_line(int priority, char *text, JournalEntry *entry)
{
    if (unwritten >= QUEUE_LINES) {
        metrics_add(METRIC_LOG_LINES_LOST, 1);
        g_free(text);
        journal_entry_free(entry);
        return;
    }
    Line *line = g_new(Line, 1);
    *line = (Line){.priority = priority, .text = text, .entry = entry};
    unwritten++;
    g_queue_push_tail(&queue, line);
    if (asleep)
        pthread_cond_signal(&added);
}

void log_follow(const Settings *settings)
{
    g_atomic_int_set(&format, (int)settings->log_format);
    g_atomic_int_set(&facility, settings->facility);
}

void log_open(const char *name, const Settings *settings, LogStreams streams)
{
    program = name;
    log_follow(settings);
    to_stdout = settings->log_to_stdout && streams != LOG_STREAMS_NONE;
    if (to_stdout)
        return;
    to_journal = journal_is_log();
    to_stderr = streams == LOG_STREAMS_BOTH && !(to_journal && journal_is_stderr());
    openlog(name, LOG_PID | LOG_NDELAY, settings->facility);
}

void log_begin(void)
{
    GThread *writer = g_thread_try_new("log", write_lines, NULL, NULL);
    alone = writer == NULL;
    g_clear_pointer(&writer, g_thread_unref);
}

/* A pipe that poll(2) says may be written to takes a line as a whole (POSIX, PIPE_BUF), as long as
 * one thread at a time asks. */
static void write_stderr(const char *text)
{
    struct pollfd writer = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&writer, 1, 0) == 1 && (writer.revents & POLLOUT) != 0)
        write_whole(STDERR_FILENO, text);
}

static char *line_of(const Event *event, const EventContext *context)
{
    switch ((LogFormat)g_atomic_int_get(&format)) {
    case LOG_FORMAT_TEXT:
        return event_to_text(event, context);
    case LOG_FORMAT_JSON:
        return event_to_json(event, context);
    }
    g_assert_not_reached();
}

void log_event(const Event *event, const EventContext *context)
{
    g_autofree char *text = line_of(event, context);
    g_autoptr(JournalEntry) entry =
        to_journal ? journal_entry_new(event, context, program, g_atomic_int_get(&facility), text)
                   : NULL;
    metrics_count_event(event->kind);
    pthread_mutex_lock(&mutex);
    if (to_stderr)
        write_stderr(text);
    if (entry != NULL)
        add_line(event->kind->priority, NULL, g_steal_pointer(&entry));
    else
        add_line(event->kind->priority, g_steal_pointer(&text), NULL);
    pthread_mutex_unlock(&mutex);
}

void log_line(int priority, const char *text)
{
    gboolean json = to_stdout && g_atomic_int_get(&format) == LOG_FORMAT_JSON;
    char *line = json ? event_json_of_line(LIBMILTER, text) : g_strdup(text);
    pthread_mutex_lock(&mutex);
    add_line(priority, line, NULL);
    pthread_mutex_unlock(&mutex);
}

void log_service_event(const Event *event)
{
    const EventContext context = {.computer = g_get_host_name()};
    log_event(event, &context);
}

static gboolean is_written(void)
{
    pthread_mutex_lock(&mutex);
    gboolean written = unwritten == 0;
    pthread_mutex_unlock(&mutex);
    return written;
}

void log_flush(void)
{
    while (alone && !g_queue_is_empty(&queue))
        write_line(g_queue_pop_head(&queue));
    gint64 end = g_get_monotonic_time() + FLUSH_MICROSECONDS;
    while (!is_written() && g_get_monotonic_time() < end)
        g_usleep(LOOK_MICROSECONDS);
}
