/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/daemon.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Daemon *in_force;

Daemon *daemon_take(void)
{
    pthread_mutex_lock(&mutex);
    Daemon *daemon = in_force;
    if (daemon != NULL)
        g_atomic_int_inc(&daemon->holders);
    pthread_mutex_unlock(&mutex);
    return daemon;
}

void daemon_drop(Daemon *daemon)
{
    if (daemon == NULL || !g_atomic_int_dec_and_test(&daemon->holders))
        return;
    settings_free(daemon->settings);
    for (guint which = 0; which < SWITCHES; which++)
        repair_switch_free(daemon->switches[which]);
    g_free(daemon);
}

static Daemon *follow(const Daemon *former, Settings *settings)
{
    Daemon *daemon = g_new0(Daemon, 1);
    daemon->holders = 1;
    daemon->settings = settings;
    for (guint which = SWITCH_NONE + 1; which < SWITCHES; which++) {
        const char *path = settings->switch_files[which];
        daemon->switches[which] = former == NULL
                                      ? repair_switch_new(path)
                                      : repair_switch_follow(former->switches[which], path);
    }
    daemon->generation = former == NULL ? 1 : former->generation + 1;
    return daemon;
}

void daemon_put_in_force(Settings *settings)
{
    Daemon *daemon = follow(in_force, settings);
    pthread_mutex_lock(&mutex);
    Daemon *former = in_force;
    in_force = daemon;
    pthread_mutex_unlock(&mutex);
    daemon_drop(former);
}
