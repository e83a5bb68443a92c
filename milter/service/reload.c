/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/reload.h"

#include "common/transit/log.h"
#include "common/transit/spool_block.h"
#include "milter/service/connections.h"
#include "milter/service/daemon.h"
#include "milter/service/overload.h"

static const Options *command_line;
static Daemon *started; /* what was in force at the start */

void reload_prepare(const Options *options)
{
    command_line = options;
    started = daemon_take();
}

static void put_in_force(Settings *settings)
{
    g_autofree char *later = settings_list_restart(started->settings, settings);
    daemon_put_in_force(settings);
    log_follow(settings);
    spool_block_allow(settings->pool_bytes);
    g_autoptr(Event) event = event_new(
        EVENT_RELOADED, "The settings were read again%s%s",
        later == NULL ? "" : "; these hold after a restart: ", later == NULL ? "" : later);
    log_service_event(event);
    connections_check(settings);

    g_autoptr(Daemon) daemon = daemon_take();
    daemon_look_at_switches(daemon);
    overload_check_keep(daemon->keep);
}

void reload_settings(void)
{
    g_autoptr(GError) error = NULL;
    Settings *settings = options_load_settings(command_line, &error);
    if (settings != NULL) {
        put_in_force(settings);
        return;
    }
    g_auto(GStrv) faults = g_strsplit(error->message, "\n", -1);
    g_autofree char *why = g_strjoinv("; ", faults);
    g_autoptr(Event) event =
        event_new(EVENT_NOT_RELOADED, "The settings stay as they were: %s", why);
    log_service_event(event);
}
