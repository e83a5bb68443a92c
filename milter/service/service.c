/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/service.h"

#include "common/transit/log.h"
#include "common/transit/spool_block.h"
#include "milter/service/connections.h"
#include "milter/service/daemon.h"
#include "milter/service/gate.h"
#include "milter/service/reload.h"
#include "milter/service/stuck.h"
#include "milter/service/systemd.h"
#include "milter/watch/counts.h"
#include "milter/watch/metrics_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libmilter/mfapi.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define LOOK_MILLISECONDS 5

/* Between two looks for stuck connections, and when the last one has found none that may be. */
#define STUCK_MILLISECONDS 100
#define IDLE_MILLISECONDS  1000

#define STATUS_MICROSECONDS (2 * G_USEC_PER_SEC)

/* Beyond the drain, until the process is gone. */
#define STOP_SECONDS 5

/* What wakes the first thread, one octet each, through a pipe. */
typedef enum {
    NOTE_NONE = 0,
    NOTE_STOP = 'S',
    NOTE_RELOAD = 'R',
    NOTE_ENDED = 'E', /* libmilter's listener has returned */
} Note;

static const struct {
    int number;
    char note;
} signals[] = {
    {SIGTERM, NOTE_STOP},
    {SIGINT, NOTE_STOP},
    {SIGHUP, NOTE_RELOAD},
};

static int notes[2] = {-1, -1};

/* Safe in a signal handler. A note that finds 65,536 others unread is lost. */
static void send_note(char note)
{
    int number = errno;
    if (write(notes[1], &note, 1) < 0)
        errno = number;
}

static void on_signal(int number)
{
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        if (signals[i].number == number)
            send_note(signals[i].note);
    }
}

/* The next note, or NOTE_NONE after `milliseconds`. */
static Note wait_for_note(int milliseconds)
{
    struct pollfd reader = {.fd = notes[0], .events = POLLIN};
    char note = NOTE_NONE;
    if (poll(&reader, 1, milliseconds) <= 0 || read(notes[0], &note, 1) != 1)
        return NOTE_NONE;
    return (Note)note;
}

static void mask_signals(int how)
{
    sigset_t handled;
    sigemptyset(&handled);
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaddset(&handled, signals[i].number);
    pthread_sigmask(how, &handled, NULL);
}

/* A thread inherits what is blocked when it is made, so none but the first one ever gets these
 * signals, and that one only once it waits for them. */
void service_hold_signals(void)
{
    mask_signals(SIG_BLOCK);
}

/* SA_NODEFER: while the handler blocked its signal in this thread, libmilter's thread would get the
 * next one. */
gboolean service_catch_signals(GError **error)
{
    if (pipe2(notes, O_CLOEXEC | O_NONBLOCK) != 0) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                    "no pipe can be made: %s", g_strerror(errno));
        return FALSE;
    }
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER | SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaction(signals[i].number, &action, NULL);
    return TRUE;
}

/* libmilter says that it succeeded only when a signal stopped it. `started` is held until the first
 * thread takes signals again: libmilter is not to get those that wait for it. */
static gpointer run_libmilter(gpointer started)
{
    g_mutex_lock(started);
    g_mutex_unlock(started);
    send_note(smfi_main() == MI_SUCCESS ? NOTE_STOP : NOTE_ENDED);
    return NULL;
}

static void tell_counts(void)
{
    static gint64 told;
    gint64 now = g_get_monotonic_time();
    if (told != 0 && now - told < STATUS_MICROSECONDS)
        return;
    told = now;
    g_autofree char *counts = counts_to_text();
    g_autofree char *text = g_strdup_printf("connections %u, %s", connections_open(), counts);
    systemd_status(text);
}

static void reload(void)
{
    systemd_reloading();
    reload_settings();
    systemd_ready();
}

/* A process whose socket is gone serves nobody, and only a new one can make another. */
static gboolean is_deaf(const Listeners *listeners)
{
    const char *gone = listeners_gone(listeners);
    if (gone == NULL)
        return FALSE;
    g_autoptr(Event) event =
        event_new(EVENT_SOCKET_GONE,
                  "The socket was removed: %s; the milter ends, to be started again", gone);
    log_service_event(event);
    return TRUE;
}

/* What is kept too long goes without a new message, too. */
static void tick_keep(void)
{
    g_autoptr(Daemon) daemon = daemon_take();
    keep_tick(daemon->keep);
}

/* FALSE: libmilter ended by itself, or the socket is gone. */
static gboolean wait_for_stop(const Listeners *listeners)
{
    StuckLook look = {0};
    for (;;) {
        systemd_watchdog();
        tell_counts();
        int interval = look.octets > 0 ? STUCK_MILLISECONDS : IDLE_MILLISECONDS;
        switch (wait_for_note(interval)) {
        case NOTE_NONE:
            if (is_deaf(listeners))
                return FALSE;
            if (stuck_look(&look))
                listeners_nudge(listeners);
            metrics_file_tick();
            tick_keep();
            spool_block_tick(g_get_monotonic_time());
            break;
        case NOTE_RELOAD:
            reload();
            break;
        case NOTE_STOP:
            return TRUE;
        case NOTE_ENDED:
            return FALSE;
        }
    }
}

static void drain(void)
{
    g_autoptr(Daemon) daemon = daemon_take();
    guint seconds = daemon->settings->drain_seconds;
    gint64 end = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
    systemd_stopping(seconds + STOP_SECONDS);
    gate_close();
    while (!gate_shut() && g_get_monotonic_time() < end) {
        if (wait_for_note(LOOK_MILLISECONDS) == NOTE_STOP)
            break;
        systemd_watchdog();
    }
}

gboolean service_run(const Listeners *listeners)
{
    static GMutex started;
    g_mutex_lock(&started);
    GThread *thread = g_thread_try_new("libmilter", run_libmilter, &started, NULL);
    mask_signals(SIG_UNBLOCK);
    g_mutex_unlock(&started);
    if (thread == NULL)
        return FALSE;
    g_thread_unref(thread);
    systemd_ready();

    gboolean asked = wait_for_stop(listeners);
    drain();
    return asked;
}
