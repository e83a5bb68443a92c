/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "milter/service/systemd.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#else
#define SD_LISTEN_FDS_START 3

static int sd_notify(int unset, const char *state)
{
    (void)unset;
    (void)state;
    return 0;
}

static int sd_watchdog_enabled(int unset, guint64 *microseconds)
{
    (void)unset;
    *microseconds = 0;
    return 0;
}

static int sd_listen_fds(int unset)
{
    (void)unset;
    return 0;
}
#endif

/* So that no interval of one second ends behind the time-out. */
#define WATCHDOG_PARTS 4

void systemd_ready(void)
{
    sd_notify(FALSE, "READY=1");
}

void systemd_reloading(void)
{
    g_autofree char *state =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
    sd_notify(FALSE, state);
}

void systemd_stopping(guint seconds)
{
    g_autofree char *state = g_strdup_printf("STOPPING=1\nEXTEND_TIMEOUT_USEC=%" G_GINT64_FORMAT,
                                             (gint64)seconds * G_USEC_PER_SEC);
    sd_notify(FALSE, state);
}

void systemd_status(const char *text)
{
    static char *last;
    if (g_strcmp0(text, last) == 0)
        return;
    g_free(last);
    last = g_strdup(text);
    g_autofree char *state = g_strconcat("STATUS=", text, NULL);
    sd_notify(FALSE, state);
}

void systemd_watchdog(void)
{
    static gint64 told;
    guint64 interval = 0;
    if (sd_watchdog_enabled(FALSE, &interval) <= 0)
        return;
    gint64 now = g_get_monotonic_time();
    if (now - told < (gint64)(interval / WATCHDOG_PARTS))
        return;
    told = now;
    sd_notify(FALSE, "WATCHDOG=1");
}

int systemd_take_socket(GError **error)
{
    int sockets = sd_listen_fds(TRUE);
    if (sockets == 1)
        return SD_LISTEN_FDS_START;
    if (sockets > 1)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "the service manager passes %d sockets: one is enough", sockets);
    return -1;
}
