/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/switch_watch.h"

#include "milter/watch/log.h"

static Event *event_of(const Daemon *daemon, SwitchState state)
{
    const char *path = daemon->settings->switch_file;
    switch (state) {
    case SWITCH_ON:
        return event_new(EVENT_SWITCH_ON, "Repairs are on: %s", path);
    case SWITCH_OFF:
        return event_new(EVENT_SWITCH_OFF, "Repairs are off: %s", path);
    case SWITCH_REFUSED: {
        g_autofree char *problem = repair_switch_problem(daemon->repair_switch);
        return event_new(EVENT_SWITCH_OFF, "Repairs are off: %s counts as off: %s", path,
                         problem == NULL ? "it has changed again" : problem);
    }
    }
    g_assert_not_reached();
}

gboolean switch_watch_look(const Daemon *daemon)
{
    gboolean changed = FALSE;
    SwitchState state = repair_switch_look(daemon->repair_switch, &changed);
    if (changed) {
        g_autoptr(Event) event = event_of(daemon, state);
        log_service_event(event);
    }
    return state == SWITCH_ON;
}
