/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/switch_watch.h"

#include "milter/watch/log.h"

static Event *event_of(const Daemon *daemon, RuleSwitch which, SwitchState state)
{
    const char *path = daemon->settings->switch_files[which];
    const char *name = rules_switch_name(which);
    switch (state) {
    case SWITCH_ON:
        return event_new(EVENT_SWITCH_ON, "Repairs are on: %s (%s)", path, name);
    case SWITCH_OFF:
        return event_new(EVENT_SWITCH_OFF, "Repairs are off: %s (%s)", path, name);
    case SWITCH_REFUSED: {
        g_autofree char *problem = repair_switch_problem(daemon->switches[which]);
        return event_new(EVENT_SWITCH_OFF, "Repairs are off: %s (%s) counts as off: %s", path, name,
                         problem == NULL ? "it has changed again" : problem);
    }
    }
    g_assert_not_reached();
}

static gboolean look(const Daemon *daemon, RuleSwitch which)
{
    gboolean changed = FALSE;
    SwitchState state = repair_switch_look(daemon->switches[which], &changed);
    if (changed) {
        g_autoptr(Event) event = event_of(daemon, which, state);
        log_service_event(event);
    }
    return state == SWITCH_ON;
}

guint switch_watch_look(const Daemon *daemon)
{
    guint on = 0;
    for (guint which = SWITCH_NONE + 1; which < SWITCHES; which++)
        on |= look(daemon, which) ? 1U << which : 0;
    return on;
}
