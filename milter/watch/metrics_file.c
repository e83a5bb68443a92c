/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/watch/metrics_file.h"

#include "common/transit/log.h"
#include "common/transit/metrics.h"
#include "milter/service/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The collector and whoever else watches may read it, whatever the umask. */
#define FILE_MODE 0644

static gint64 next; /* when it is written again, on the monotonic clock */
static gboolean failing;

static gboolean write_all(int file, const char *text)
{
    gsize size = strlen(text);
    while (size > 0) {
        ssize_t written = write(file, text, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return FALSE;
        text += written;
        size -= (gsize)written;
    }
    return TRUE;
}

/* The folder may be one that others write to: nothing that stands at the name is followed. */
static gboolean write_new(const char *path, const char *text)
{
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (file < 0)
        return FALSE;
    gboolean good = fchmod(file, FILE_MODE) == 0 && write_all(file, text);
    return close(file) == 0 && good;
}

/* FALSE with errno, and no new file is left behind. */
static gboolean replace_file(const char *path, const char *text)
{
    g_autofree char *beside = g_strconcat(path, ".new", NULL);
    if (write_new(beside, text) && rename(beside, path) == 0)
        return TRUE;
    int number = errno;
    unlink(beside);
    errno = number;
    return FALSE;
}

static void report_failure(const Settings *settings, int number)
{
    const EventContext context = {.computer = settings->policy.host};
    g_autoptr(Event) event = event_new(EVENT_METRICS, "The metrics cannot be written to %s: %s",
                                       settings->metrics_textfile, g_strerror(number));
    log_event(event, &context);
}

/* What is not counted, but looked up. */
static void set_gauges(const Daemon *daemon, gboolean running)
{
    guint on = daemon_switches_on(daemon, NULL);
    for (guint which = SWITCH_NONE + 1; which < SWITCHES; which++) {
        g_autofree char *problem = repair_switch_problem(daemon->switches[0].of[which]);
        metrics_set_switch(METRIC_SWITCH_ENABLED, which, (on & 1U << which) != 0);
        metrics_set_switch(METRIC_SWITCH_REFUSED, which, problem != NULL);
    }
    metrics_set(METRIC_MESSAGES_OPEN, gate_inside());
    metrics_set(METRIC_SETTINGS_GENERATION, daemon->generation - 1);
    metrics_set(METRIC_UP, running);
}

static void write_metrics(gboolean running)
{
    g_autoptr(Daemon) daemon = daemon_take();
    const Settings *settings = daemon->settings;
    if (settings->metrics_textfile == NULL)
        return;
    set_gauges(daemon, running);
    g_autofree char *text = metrics_to_text();
    gboolean written = replace_file(settings->metrics_textfile, text);
    if (!written && !failing)
        report_failure(settings, errno);
    failing = !written;
    next = g_get_monotonic_time() + settings->metrics_interval * G_USEC_PER_SEC;
}

void metrics_file_open(void)
{
    metrics_set(METRIC_BUILD_INFO, 1);
    metrics_set(METRIC_START_TIME, g_get_real_time() / G_USEC_PER_SEC);
    write_metrics(TRUE);
}

void metrics_file_tick(void)
{
    if (g_get_monotonic_time() >= next)
        write_metrics(TRUE);
}

void metrics_file_close(void)
{
    write_metrics(FALSE);
}
