/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_slots: as many at once as there are processors, and no wait without an end.
 */
#include "milter/mail/slots.h"

#define LONG_SECONDS 600

static void take_all(guint but)
{
    for (guint i = but; i < g_get_num_processors(); i++)
        g_assert_true(slots_take(0));
}

static void give_all(guint but)
{
    for (guint i = but; i < g_get_num_processors(); i++)
        slots_give();
}

static void test_count(void)
{
    take_all(0);
    g_assert_false(slots_take(0));
    slots_give();
    g_assert_true(slots_take(0));
    give_all(0);
}

static void test_wait_ends(void)
{
    take_all(0);
    gint64 begin = g_get_monotonic_time();
    g_assert_false(slots_take(1));
    g_assert_cmpint(g_get_monotonic_time() - begin, >=, G_USEC_PER_SEC);
    give_all(0);
}

static gpointer take_one(gpointer data)
{
    gboolean got = slots_take(LONG_SECONDS);
    if (got)
        slots_give();
    return got ? data : NULL;
}

static void test_wait_for_one(void)
{
    int mark;
    take_all(0);
    GThread *thread = g_thread_new("waits", take_one, &mark);
    slots_give();
    g_assert_true(g_thread_join(thread) == &mark);
    give_all(1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/slots/count", test_count);
    g_test_add_func("/slots/wait-ends", test_wait_ends);
    g_test_add_func("/slots/wait-for-one", test_wait_for_one);
    return g_test_run();
}
