/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_origin: the listener of the connection that this thread has read from last.
 *
 * Whichever of the functions that stand for read(2) was called.
 */
#include "milter/service/origin.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Numbers that are given to no descriptor here; a read from one fails, and counts. */
enum { SOCKET = 100, OTHER_SOCKET, CONNECTION, OTHER_CONNECTION };

#ifdef __GLIBC__
ssize_t __read_chk(int descriptor, void *octets, size_t size, size_t room);
#else
static ssize_t __read_chk(int descriptor, void *octets, size_t size, size_t room)
{
    (void)room;
    return read(descriptor, octets, size);
}
#endif

static void accept_two(void)
{
    origin_add(SOCKET, "one");
    origin_add(OTHER_SOCKET, NULL);
    origin_accepted(SOCKET, CONNECTION);
    origin_accepted(OTHER_SOCKET, OTHER_CONNECTION);
}

static void test_read(void)
{
    char octet;
    accept_two();
    g_assert_cmpint(read(CONNECTION, &octet, 1), ==, -1);
    g_assert_cmpstr(origin_of_callback(), ==, "one");
    g_assert_cmpint(read(OTHER_CONNECTION, &octet, 1), ==, -1);
    g_assert_null(origin_of_callback());
}

/* What a libmilter calls that was built with _FORTIFY_SOURCE=3. */
static void test_read_checked(void)
{
    char octet;
    accept_two();
    g_assert_cmpint(__read_chk(CONNECTION, &octet, 1, 1), ==, -1);
    g_assert_cmpstr(origin_of_callback(), ==, "one");
    g_assert_cmpint(__read_chk(OTHER_CONNECTION, &octet, 1, 1), ==, -1);
    g_assert_null(origin_of_callback());
}

static void test_octets(void)
{
    char octets[5] = "";
    int ends[2];
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
    g_assert_cmpint(write(ends[1], "abcd", 4), ==, 4);
    g_assert_cmpint(read(ends[0], octets, 2), ==, 2);
    g_assert_cmpint(__read_chk(ends[0], octets + 2, 2, 3), ==, 2);
    g_assert_cmpstr(octets, ==, "abcd");
    close(ends[0]);
    close(ends[1]);
}

static void *ask(void *data)
{
    (void)data;
    return (void *)origin_of_callback();
}

static void test_other_thread(void)
{
    char octet;
    pthread_t thread;
    void *name = NULL;
    accept_two();
    g_assert_cmpint(read(CONNECTION, &octet, 1), ==, -1);
    g_assert_cmpint(pthread_create(&thread, NULL, ask, NULL), ==, 0);
    g_assert_cmpint(pthread_join(thread, &name), ==, 0);
    g_assert_null(name);
}

static void test_number_given_anew(void)
{
    char octet;
    accept_two();
    origin_accepted(OTHER_SOCKET, CONNECTION);
    g_assert_cmpint(read(CONNECTION, &octet, 1), ==, -1);
    g_assert_null(origin_of_callback());
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/origin/read", test_read);
    g_test_add_func("/origin/read-checked", test_read_checked);
    g_test_add_func("/origin/octets", test_octets);
    g_test_add_func("/origin/other-thread", test_other_thread);
    g_test_add_func("/origin/number-given-anew", test_number_given_anew);
    return g_test_run();
}
