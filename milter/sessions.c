/* SPDX-License-Identifier: BSD-2-Clause */
#include "sessions.h"

#include "overload.h"
#include "process.h"

static int taken;

static guint places(const Settings *settings)
{
    return MIN(settings->max_sessions, process_sessions_max());
}

gboolean sessions_enter(const Settings *settings)
{
    guint before = (guint)g_atomic_int_add(&taken, 1);
    if (before < places(settings))
        return TRUE;
    sessions_leave();
    return FALSE;
}

void sessions_leave(void)
{
    g_atomic_int_add(&taken, -1);
}

guint sessions_open(void)
{
    return (guint)g_atomic_int_get(&taken);
}

void sessions_check(const Settings *settings)
{
    if (places(settings) < settings->max_sessions)
        overload_report(OVERLOAD_TOO_FEW);
}
