/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/gate.h"

#include <stdatomic.h>

/* In the place of the number of messages inside. */
#define SHUT (-1)

static int closed;
static int inside;
static int unanswered;
static atomic_int_fast64_t last_left; /* with an answer; monotonic time */

gboolean gate_is_open(void)
{
    return g_atomic_int_get(&closed) == 0;
}

gboolean gate_enter(void)
{
    int messages = g_atomic_int_get(&inside);
    while (messages != SHUT && !g_atomic_int_compare_and_exchange(&inside, messages, messages + 1))
        messages = g_atomic_int_get(&inside);
    return messages != SHUT;
}

void gate_leave(void)
{
    g_atomic_int_add(&inside, -1);
}

/* It goes out last, so that whoever finds nobody inside finds the answer. */
void gate_leave_with_answer(void)
{
    atomic_store(&last_left, g_get_monotonic_time());
    g_atomic_int_inc(&unanswered);
    gate_leave();
}

void gate_answered(void)
{
    g_atomic_int_add(&unanswered, -1);
}

void gate_close(void)
{
    g_atomic_int_set(&closed, 1);
}

static gboolean is_answered(void)
{
    return g_atomic_int_get(&unanswered) == 0 ||
           g_get_monotonic_time() - atomic_load(&last_left) > GATE_ANSWER_MILLISECONDS * 1000;
}

gboolean gate_shut(void)
{
    if (g_atomic_int_get(&inside) != SHUT && !g_atomic_int_compare_and_exchange(&inside, 0, SHUT))
        return FALSE;
    return is_answered();
}

int gate_inside(void)
{
    return MAX(0, g_atomic_int_get(&inside));
}
