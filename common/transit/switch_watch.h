/* SPDX-License-Identifier: BSD-2-Clause
 *
 * switch_watch: the switch files, and the events when one changes.
 *
 * A change is reported by the first look that sees it: 342 when repairs are on from now on, 343
 * when they are off, with the reason where the file is there and counts as off. Safe to call from
 * any thread.
 */
#ifndef CALMEND_SWITCH_WATCH_H
#define CALMEND_SWITCH_WATCH_H

#include "common/settings.h"
#include "common/transit/repair_switch.h"

/* The switches that are on now, as bits 1 << RuleSwitch. `switches` are by RuleSwitch, those of the
 * files that the settings name. */
guint switch_watch_look(const Settings *settings, RepairSwitch *const switches[SWITCHES]);

/* The same for a process that looks once: it knows no change, and only a file that counts as off
 * because of what it is is reported. */
guint switch_watch_once(const Settings *settings);

#endif
