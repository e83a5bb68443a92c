/* SPDX-License-Identifier: BSD-2-Clause
 *
 * main: calmend-milter from its command line to its end.
 *
 * Options, settings, socket, rights, then the service. Up to the moment the rights are dropped,
 * what fails is said on stderr, whoever started the process; from then on events tell, in syslog.
 * The process never leaves the foreground of its own accord. It exits with 0 after a stop that was
 * asked for and after the options that only print, and with 2 for everything else.
 */
#include "config.h"

#include "common/repair.h"
#include "common/standard_output.h"
#include "common/standard_streams.h"
#include "common/transit/log.h"
#include "common/transit/spool_block.h"
#include "milter/mail/filter.h"
#include "milter/service/connections.h"
#include "milter/service/daemon.h"
#include "milter/service/listeners.h"
#include "milter/service/options.h"
#include "milter/service/overload.h"
#include "milter/service/pid_file.h"
#include "milter/service/privileges.h"
#include "milter/service/process.h"
#include "milter/service/reload.h"
#include "milter/service/service.h"
#include "milter/service/systemd.h"
#include "milter/watch/counts.h"
#include "milter/watch/metrics_file.h"
#include "milter/watch/metrics_http.h"

#include <stdio.h>
#include <stdlib.h>

#define EXIT_TROUBLE 2

/* `why` may have several lines, one for each thing that is wrong. */
static int fail(const char *why)
{
    g_auto(GStrv) lines = g_strsplit(why, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        fprintf(stderr, "calmend-milter: %s\n", *line);
    return EXIT_TROUBLE;
}

static int print(const char *text)
{
    g_autoptr(GError) error = NULL;
    fputs(text, stdout);
    return standard_output_finish(&error) ? EXIT_SUCCESS : fail(error->message);
}

static int print_settings(const Settings *settings)
{
    g_autofree char *text = settings_to_text(settings);
    return print(text);
}

static void log_start(const Listeners *listeners)
{
    g_autoptr(Daemon) daemon = daemon_take();
    g_autofree char *list = listeners_list(listeners);
    g_autoptr(Event) event =
        event_new(EVENT_STARTED, "calmend-milter %s listens at %s", PACKAGE_VERSION, list);
    log_service_event(event);
    connections_check(daemon->settings);
    daemon_look_at_switches(daemon);
    overload_check_keep(daemon->keep);
}

static void log_stop(gboolean asked)
{
    g_autofree char *counts = counts_to_text();
    g_autoptr(Event) event =
        event_new(EVENT_STOPPED, "calmend-milter stopped%s: %s", asked ? "" : " of itself", counts);
    log_service_event(event);
}

static Listeners *open_listeners(const Settings *settings, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    int passed = systemd_take_socket(&trouble);
    if (passed >= 0)
        return listeners_take(passed, settings, error);
    if (trouble == NULL)
        return listeners_open(settings, error);
    g_propagate_error(error, g_steal_pointer(&trouble));
    return NULL;
}

/* From the settings to a process that may serve: with its sockets, its pid file and no rights that
 * it does not need. NULL and an error otherwise. */
static Listeners *prepare(const Settings *settings, PidFile **pid_file, MetricsHttp **http,
                          GError **error)
{
    g_autoptr(Privileges) privileges = privileges_find(settings->user, error);
    if (privileges == NULL || !service_catch_signals(error))
        return NULL;
    g_autoptr(Listeners) listeners = open_listeners(settings, error);
    if (listeners == NULL)
        return NULL;
    if (settings->metrics_listen != NULL && (*http = metrics_http_open(settings, error)) == NULL)
        return NULL;
    if (settings->pid_file != NULL &&
        (*pid_file = pid_file_open(settings->pid_file, error)) == NULL)
        return NULL;
    return privileges_drop(privileges, error) ? g_steal_pointer(&listeners) : NULL;
}

/* Takes the settings. */
static int run(Settings *settings, const Options *options)
{
    daemon_put_in_force(settings);
    reload_prepare(options);
    process_prepare();
    spool_block_allow(settings->pool_bytes);
    log_open("calmend-milter", settings,
             options->foreground ? LOG_STREAMS_BOTH : LOG_STREAMS_OUTPUT);
    repair_init();
    if (!filter_register())
        return fail("libmilter is of another version than this program was built with");

    g_autoptr(GError) error = NULL;
    g_autoptr(PidFile) pid_file = NULL;
    MetricsHttp *http = NULL;
    g_autoptr(Listeners) listeners = prepare(settings, &pid_file, &http, &error);
    log_begin();
    if (listeners == NULL) {
        log_flush(); /* what libmilter had to say */
        return fail(error->message);
    }
    log_start(listeners);
    metrics_file_open();
    metrics_http_serve(http);
    gboolean asked = service_run(listeners);
    log_stop(asked);
    metrics_file_close();
    metrics_http_close(http);
    log_flush();
    return asked ? EXIT_SUCCESS : EXIT_TROUBLE;
}

int main(int argc, char **argv)
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;
    standard_streams_hold();
    service_hold_signals();
    if (!options_parse(&options, &argc, &argv, &error))
        return fail(error->message);
    if (options.help != NULL)
        return print(options.help);
    if (options.version)
        return print("calmend-milter " PACKAGE_VERSION "\n");

    g_autoptr(Settings) settings = options_load_settings(&options, &error);
    if (settings == NULL)
        return fail(error->message);
    if (options.print_config)
        return print_settings(settings);
    if (options.check_config)
        return print("The settings are good.\n");
    return run(g_steal_pointer(&settings), &options);
}
