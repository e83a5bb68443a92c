/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_gate: who is let through a gate that closes and shuts.
 *
 * A gate does not open again, so each case runs in a process of its own. Beside the steps one by
 * one, threads come and go while it is shut: from then on nobody may be inside.
 */
#include "milter/service/gate.h"

#include <stdlib.h>

#define THREADS      8
#define NEEDED_TURNS 1000

#define OUTSIDE_MICROSECONDS 200

static void test_close(void)
{
    g_assert_true(gate_is_open());
    g_assert_true(gate_enter());
    g_assert_cmpint(gate_inside(), ==, 1);
    gate_close();
    g_assert_false(gate_is_open());
    g_assert_true(gate_enter()); /* it has begun before */
    g_assert_cmpint(gate_inside(), ==, 2);
    gate_leave();
    gate_leave();
    g_assert_cmpint(gate_inside(), ==, 0);
}

static void test_shut(void)
{
    g_assert_true(gate_enter());
    g_assert_false(gate_shut());
    g_assert_true(gate_enter());
    gate_leave();
    gate_leave();
    g_assert_true(gate_shut());
    g_assert_false(gate_enter());
    g_assert_cmpint(gate_inside(), ==, 0);
    g_assert_true(gate_shut());
}

static void test_answer(void)
{
    g_assert_true(gate_enter());
    gate_leave_with_answer();
    g_assert_cmpint(gate_inside(), ==, 0);
    g_assert_false(gate_shut());
    g_assert_false(gate_enter());
    gate_answered();
    g_assert_true(gate_shut());
}

/* A connection that stays silent holds it for a while and no longer. */
static void test_silence(void)
{
    gint64 begin = g_get_monotonic_time();
    g_assert_true(gate_enter());
    gate_leave_with_answer();
    while (!gate_shut())
        g_usleep(1000);
    g_assert_cmpint(g_get_monotonic_time() - begin, >=, GATE_ANSWER_MILLISECONDS * 1000);
}

static int shut;
static int broken; /* somebody was let in although it was shut */
static int turns;

static gpointer come_and_go(gpointer data)
{
    for (;;) {
        gboolean was_shut = g_atomic_int_get(&shut) != 0;
        if (!gate_enter())
            return data;
        if (was_shut)
            g_atomic_int_inc(&broken);
        g_atomic_int_inc(&turns);
        gate_leave_with_answer();
        gate_answered();
        g_usleep(OUTSIDE_MICROSECONDS); /* so that all of them are outside at times */
    }
}

static void test_threads(void)
{
    GThread *threads[THREADS];
    for (guint i = 0; i < THREADS; i++)
        threads[i] = g_thread_new("message", come_and_go, NULL);
    while (g_atomic_int_get(&turns) < NEEDED_TURNS)
        g_thread_yield();
    while (!gate_shut())
        g_thread_yield();
    g_atomic_int_set(&shut, 1);
    g_assert_cmpint(gate_inside(), ==, 0);
    for (guint i = 0; i < THREADS; i++)
        g_thread_join(threads[i]);
    g_assert_cmpint(broken, ==, 0);
    g_assert_false(gate_enter());
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"/gate/close", test_close},     {"/gate/shut", test_shut},       {"/gate/answer", test_answer},
    {"/gate/silence", test_silence}, {"/gate/threads", test_threads},
};

static void test_in_process(gconstpointer data)
{
    if (g_test_subprocess()) {
        cases[GPOINTER_TO_UINT(data)].run();
        return;
    }
    g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        g_test_add_data_func(cases[i].name, GUINT_TO_POINTER(i), test_in_process);
    return g_test_run();
}
