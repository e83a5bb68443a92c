/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/daemon.h"

#include "common/transit/switch_watch.h"

#include <pthread.h>
#include <string.h>

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
    for (guint set = 0; set < daemon->switch_sets; set++) {
        for (guint which = 0; which < SWITCHES; which++)
            repair_switch_free(daemon->switches[set].of[which]);
    }
    g_free(daemon->switches);
    keep_free(daemon->keep);
    g_free(daemon);
}

/* Whose switches a set has. */
static const Settings *owner_of(const Daemon *daemon, guint set)
{
    return set == 0 ? daemon->settings : g_ptr_array_index(daemon->settings->sections, set - 1);
}

/* The switch of that path, or NULL. */
static RepairSwitch *find_switch(const Daemon *daemon, RuleSwitch which, const char *path)
{
    for (guint set = 0; daemon != NULL && set < daemon->switch_sets; set++) {
        if (strcmp(owner_of(daemon, set)->switch_files[which], path) == 0)
            return daemon->switches[set].of[which];
    }
    return NULL;
}

/* The switch of [repair] (NULL), or of the section of that name; NULL where there was none. */
static RepairSwitch *find_former(const Daemon *former, RuleSwitch which, const char *name)
{
    for (guint set = 0; former != NULL && set < former->switch_sets; set++) {
        if (g_strcmp0(owner_of(former, set)->name, name) == 0)
            return former->switches[set].of[which];
    }
    return NULL;
}

static RepairSwitch *make_switch(const Daemon *daemon, const Daemon *former, const Settings *owner,
                                 RuleSwitch which)
{
    const char *path = owner->switch_files[which];
    RepairSwitch *same = find_switch(daemon, which, path);
    if (same == NULL)
        same = find_switch(former, which, path);
    if (same == NULL)
        same = find_former(former, which, owner->name);
    return same == NULL ? repair_switch_new(path) : repair_switch_follow(same, path);
}

/* A set is counted once it is whole, so that its successors find what it has. */
static void make_switches(Daemon *daemon, const Daemon *former)
{
    guint sets = daemon->settings->sections->len + 1;
    daemon->switches = g_new0(SwitchSet, sets);
    for (guint set = 0; set < sets; set++) {
        const Settings *owner = owner_of(daemon, set);
        for (guint which = SWITCH_NONE + 1; which < SWITCHES; which++)
            daemon->switches[set].of[which] = make_switch(daemon, former, owner, which);
        daemon->switch_sets++;
    }
}

static guint look_at_set(const Daemon *daemon, guint set)
{
    return switch_watch_look(owner_of(daemon, set), daemon->switches[set].of);
}

guint daemon_switches_on(const Daemon *daemon, const Choice *choice)
{
    guint on = choice == NULL ? look_at_set(daemon, 0) : ~0U;
    for (guint i = 0; choice != NULL && i < choice->sections->len; i++)
        on &= look_at_set(daemon, g_array_index(choice->sections, guint, i));
    return on;
}

void daemon_look_at_switches(const Daemon *daemon)
{
    for (guint set = 0; set < daemon->switch_sets; set++)
        look_at_set(daemon, set);
}

static Daemon *follow(const Daemon *former, Settings *settings)
{
    Daemon *daemon = g_new0(Daemon, 1);
    daemon->holders = 1;
    daemon->settings = settings;
    make_switches(daemon, former);
    daemon->keep = keep_follow(former == NULL ? NULL : former->keep, settings);
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
