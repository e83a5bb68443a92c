/* SPDX-License-Identifier: BSD-2-Clause
 *
 * progress: see progress.h.
 */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIRST_SHOWN (1 * G_USEC_PER_SEC)
#define SHOWN_EVERY (G_USEC_PER_SEC / 5)

struct Progress {
    char *const *paths;
    GThread *measuring; /* NULL: no thread could be made, the total is not known */
    gint stop;          /* atomic */
    gint measured;      /* atomic: total is there */
    guint64 total;
    gint64 begun;
    gint64 next;
    gsize width; /* of what stands on the line */
};

static gpointer measure(gpointer data)
{
    Progress *progress = data;
    progress->total = store_measure(progress->paths, &progress->stop);
    g_atomic_int_set(&progress->measured, TRUE);
    return NULL;
}

Progress *progress_new(char *const *paths)
{
    if (isatty(STDERR_FILENO) != 1)
        return NULL;
    Progress *progress = g_new0(Progress, 1);
    progress->paths = paths;
    progress->begun = g_get_monotonic_time();
    progress->next = progress->begun + FIRST_SHOWN;
    progress->measuring = g_thread_try_new("measure", measure, progress, NULL);
    return progress;
}

static void append_time(GString *text, guint64 seconds)
{
    if (seconds >= 3600)
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " h ", seconds / 3600);
    if (seconds >= 60)
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " min", seconds / 60 % 60);
    else
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " s", seconds);
}

/* In three digits or so: 950 kB, 1.2 GB. */
static void append_octets(GString *text, gdouble octets)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
    gsize unit = 0;
    octets /= 1000;
    while (octets >= 1000 && unit + 1 < G_N_ELEMENTS(units)) {
        octets /= 1000;
        unit++;
    }
    g_string_append_printf(text, octets < 10 ? "%.1f %s" : "%.0f %s", octets, units[unit]);
}

char *progress_text(const StoreCounts *counts, guint64 total, gint64 microseconds)
{
    gdouble rate = (gdouble)counts->read / MAX((gdouble)microseconds / G_USEC_PER_SEC, 1e-6);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%" G_GUINT64_FORMAT " messages, ", counts->mails);
    append_octets(text, (gdouble)counts->read);
    if (total > counts->read) {
        g_string_append(text, " of ");
        append_octets(text, (gdouble)total);
    }
    g_string_append(text, ", ");
    append_octets(text, rate);
    g_string_append(text, "/s");
    if (total > counts->read && rate >= 1) {
        g_string_append(text, ", ");
        append_time(text, (guint64)((gdouble)(total - counts->read) / rate) + 1);
        g_string_append(text, " left");
    }
    return g_string_free(text, FALSE);
}

/* Writes over what stands on the line. */
static void write_line(Progress *progress, const char *text)
{
    gsize width = strlen(text);
    fprintf(stderr, "\r%s%*s\r", text, (int)(progress->width - MIN(progress->width, width)), "");
    fflush(stderr);
    progress->width = width;
}

void progress_show(Progress *progress, const StoreCounts *counts)
{
    if (progress == NULL)
        return;
    gint64 now = g_get_monotonic_time();
    if (now < progress->next)
        return;
    guint64 total = g_atomic_int_get(&progress->measured) ? progress->total : 0;
    g_autofree char *text = progress_text(counts, total, now - progress->begun);
    write_line(progress, text);
    progress->next = now + SHOWN_EVERY;
}

void progress_hide(Progress *progress)
{
    if (progress != NULL && progress->width > 0)
        write_line(progress, "");
}

void progress_free(Progress *progress)
{
    if (progress == NULL)
        return;
    progress_hide(progress);
    g_atomic_int_set(&progress->stop, TRUE);
    if (progress->measuring != NULL)
        g_thread_join(progress->measuring);
    g_free(progress);
}
