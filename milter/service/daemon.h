/* SPDX-License-Identifier: BSD-2-Clause
 *
 * daemon: what messages in this process share: settings, and the switches that they name, as one.
 *
 * What is in force is put in place as a whole and never changed afterwards. Whoever works with it
 * takes it and drops it, and it lives until the last one has: so a message keeps to its end what
 * was in force when it began, whatever is put in force meanwhile. Safe to call from any thread, but
 * for daemon_put_in_force, which belongs to the first one.
 */
#ifndef CALMEND_DAEMON_H
#define CALMEND_DAEMON_H

#include "common/choice.h"
#include "common/settings.h"
#include "common/transit/repair_switch.h"
#include "milter/mail/keep.h"

/* The switches of [repair], or of a section [policy NAME]; they guard themselves. */
typedef struct {
    RepairSwitch *of[SWITCHES]; /* by RuleSwitch, NULL for SWITCH_NONE */
} SwitchSet;

typedef struct {
    Settings *settings;
    SwitchSet *switches; /* of [repair], then of each section: as Choice numbers them. One path is
                            one switch in all of them */
    guint switch_sets;
    Keep *keep;       /* NULL: no originals are kept */
    guint generation; /* 1 at the start, one more with each reload */
    int holders;      /* atomic; daemon_take and daemon_drop alone touch it */
} Daemon;

/* Puts settings in force, which it takes. A switch file of the same path stays the same switch; one
 * of another path goes on from the state of the former one of [repair], or of the section of that
 * name. */
void daemon_put_in_force(Settings *settings);

/* What is in force now; NULL before there is anything. To be given back, daemon_drop. */
Daemon *daemon_take(void);

/* The switches that are on now in all of the sections of `choice`, as bits 1 << RuleSwitch; NULL:
 * those of [repair]. */
guint daemon_switches_on(const Daemon *daemon, const Choice *choice);

/* Looks at every switch that the settings name, so that a change is told. */
void daemon_look_at_switches(const Daemon *daemon);

/* Takes NULL. */
void daemon_drop(Daemon *daemon);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Daemon, daemon_drop)

#endif
