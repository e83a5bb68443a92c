/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/connections.h"

#include "milter/service/overload.h"
#include "milter/service/process.h"

static int taken;

static guint places(const Settings *settings)
{
    return MIN(settings->max_sessions, process_sessions_max());
}

gboolean connections_enter(const Settings *settings)
{
    guint before = (guint)g_atomic_int_add(&taken, 1);
    if (before < places(settings))
        return TRUE;
    connections_leave();
    return FALSE;
}

void connections_leave(void)
{
    g_atomic_int_add(&taken, -1);
}

guint connections_open(void)
{
    return (guint)g_atomic_int_get(&taken);
}

void connections_check(const Settings *settings)
{
    if (places(settings) < settings->max_sessions)
        overload_report(OVERLOAD_TOO_FEW, NULL);
}
