/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_stuck: which connections count as forgotten.
 *
 * Octets that nobody reads from one look to the next, on a descriptor that was remembered. One that
 * was there before, such as standard input, is none of ours, whatever waits there.
 */
#include "milter/service/stuck.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    int ends[2];
    StuckLook look;
} Pair;

static void open_pair(Pair *pair, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, pair->ends), ==, 0);
}

static void close_pair(Pair *pair, gconstpointer data)
{
    (void)data;
    close(pair->ends[0]);
    close(pair->ends[1]);
    g_assert_false(stuck_look(&pair->look)); /* so that the next test begins with none */
}

static void put(const Pair *pair)
{
    g_assert_cmpint(write(pair->ends[1], "half", 4), ==, 4);
}

static void test_unread(Pair *pair, gconstpointer data)
{
    (void)data;
    stuck_remember(pair->ends[0]);
    g_assert_false(stuck_look(&pair->look));
    g_assert_false(stuck_look(&pair->look));
    put(pair);
    g_assert_false(stuck_look(&pair->look));
    g_assert_cmpint(pair->look.octets, ==, 4);
    g_assert_true(stuck_look(&pair->look));
    g_assert_true(stuck_look(&pair->look));
}

static void test_more_comes(Pair *pair, gconstpointer data)
{
    (void)data;
    stuck_remember(pair->ends[0]);
    put(pair);
    g_assert_false(stuck_look(&pair->look));
    put(pair);
    g_assert_false(stuck_look(&pair->look));
    g_assert_true(stuck_look(&pair->look));
}

static void test_read(Pair *pair, gconstpointer data)
{
    char octets[8];
    (void)data;
    stuck_remember(pair->ends[0]);
    put(pair);
    g_assert_false(stuck_look(&pair->look));
    g_assert_cmpint(read(pair->ends[0], octets, sizeof octets), ==, 4);
    g_assert_false(stuck_look(&pair->look));
    g_assert_cmpint(pair->look.octets, ==, 0);
}

static void test_not_remembered(Pair *pair, gconstpointer data)
{
    (void)data;
    put(pair);
    for (guint i = 0; i < 3; i++) {
        g_assert_false(stuck_look(&pair->look));
        g_assert_cmpint(pair->look.octets, ==, 0);
    }
}

/* A number that goes to something else is not asked again, until it is remembered anew. */
static void test_number_given_away(Pair *pair, gconstpointer data)
{
    (void)data;
    stuck_remember(pair->ends[0]);
    int file = open("/dev/null", O_RDONLY);
    int kept = dup(pair->ends[0]);
    g_assert_cmpint(dup2(file, pair->ends[0]), ==, pair->ends[0]);
    put(pair);
    g_assert_false(stuck_look(&pair->look));
    g_assert_cmpint(dup2(kept, pair->ends[0]), ==, pair->ends[0]);
    g_assert_false(stuck_look(&pair->look));
    g_assert_cmpint(pair->look.octets, ==, 0);
    stuck_remember(pair->ends[0]);
    g_assert_false(stuck_look(&pair->look));
    g_assert_true(stuck_look(&pair->look));
    close(file);
    close(kept);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/stuck/unread", Pair, NULL, open_pair, test_unread, close_pair);
    g_test_add("/stuck/more-comes", Pair, NULL, open_pair, test_more_comes, close_pair);
    g_test_add("/stuck/read", Pair, NULL, open_pair, test_read, close_pair);
    g_test_add("/stuck/not-remembered", Pair, NULL, open_pair, test_not_remembered, close_pair);
    g_test_add("/stuck/number-given-away", Pair, NULL, open_pair, test_number_given_away,
               close_pair);
    return g_test_run();
}
