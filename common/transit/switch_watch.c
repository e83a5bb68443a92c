/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/switch_watch.h"

#include "common/transit/log.h"

static Event *event_of(const char *path, RuleSwitch which, RepairSwitch *repair_switch,
                       SwitchState state)
{
    const char *name = rules_switch_name(which);
    switch (state) {
    case SWITCH_ON:
        return event_new(EVENT_SWITCH_ON, "Repairs are on: %s (%s)", path, name);
    case SWITCH_OFF:
        return event_new(EVENT_SWITCH_OFF, "Repairs are off: %s (%s)", path, name);
    case SWITCH_REFUSED: {
        g_autofree char *problem = repair_switch_problem(repair_switch);
        return event_new(EVENT_SWITCH_OFF, "Repairs are off: %s (%s) counts as off: %s", path, name,
                         problem == NULL ? "it has changed again" : problem);
    }
    }
    g_assert_not_reached();
}

static void report(const char *path, RuleSwitch which, RepairSwitch *repair_switch,
                   SwitchState state)
{
    g_autoptr(Event) event = event_of(path, which, repair_switch, state);
    log_service_event(event);
}

static gboolean look(const char *path, RuleSwitch which, RepairSwitch *repair_switch)
{
    gboolean changed = FALSE;
    SwitchState state = repair_switch_look(repair_switch, &changed);
    if (changed)
        report(path, which, repair_switch, state);
    return state == SWITCH_ON;
}

guint switch_watch_look(const Settings *settings, RepairSwitch *const switches[SWITCHES])
{
    guint on = 0;
    for (guint which = SWITCH_NONE + 1; which < SWITCHES; which++)
        on |= look(settings->switch_files[which], which, switches[which]) ? 1U << which : 0;
    return on;
}

guint switch_watch_once(const Settings *settings)
{
    guint on = 0;
    for (guint which = SWITCH_NONE + 1; which < SWITCHES; which++) {
        const char *path = settings->switch_files[which];
        g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
        SwitchState state = repair_switch_look(repair_switch, NULL);
        if (state == SWITCH_REFUSED)
            report(path, which, repair_switch, state);
        on |= state == SWITCH_ON ? 1U << which : 0;
    }
    return on;
}
