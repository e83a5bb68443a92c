/* SPDX-License-Identifier: BSD-2-Clause
 *
 * repair_switch: a file that turns repairs on, such as FixRecipientTrackStatusTime.
 *
 * Absent: off. Present: on, unless its first non-blank character is 0. It is looked at for every
 * message with one stat and read only when it changed, so a change holds from the next message on.
 * A file that others than its owner or root may write, or that is no regular file, counts as off.
 * Safe to call from any thread.
 */
#ifndef CALMEND_REPAIR_SWITCH_H
#define CALMEND_REPAIR_SWITCH_H

#include <glib.h>

typedef struct RepairSwitch RepairSwitch;

typedef enum {
    SWITCH_OFF,
    SWITCH_ON,
    SWITCH_REFUSED, /* off, because of how the file is: repair_switch_problem says why */
} SwitchState;

/* Watches `path`; nothing is read yet. Owned by the caller, repair_switch_free. */
RepairSwitch *repair_switch_new(const char *path);

/* Watches `path` in the place of `former`: `former` itself when that is its path, else a switch
 * whose first look gives a change when its state is not the last one of `former`. Owned by the
 * caller, repair_switch_free, as is `former` still. */
RepairSwitch *repair_switch_follow(RepairSwitch *former, const char *path);

/* The last of its owners takes it away. Takes NULL. */
void repair_switch_free(RepairSwitch *repair_switch);

/* The state now. `changed`, when not NULL, is set to TRUE once for each change since the call
 * before, and on the first call when the state is not SWITCH_OFF. */
SwitchState repair_switch_look(RepairSwitch *repair_switch, gboolean *changed);

/* Why the last look gave SWITCH_REFUSED, for the event. Owned by the caller, g_free; NULL where it
 * did not. */
char *repair_switch_problem(RepairSwitch *repair_switch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RepairSwitch, repair_switch_free)

#endif
