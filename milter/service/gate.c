/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/gate.h"

static int closed;
static int inside;

gboolean gate_is_open(void)
{
    return g_atomic_int_get(&closed) == 0;
}

void gate_enter(void)
{
    g_atomic_int_inc(&inside);
}

void gate_leave(void)
{
    g_atomic_int_add(&inside, -1);
}

void gate_close(void)
{
    g_atomic_int_set(&closed, 1);
}

int gate_inside(void)
{
    return g_atomic_int_get(&inside);
}
