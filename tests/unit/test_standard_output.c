/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_standard_output: an output that takes everything, and one that is full.
 *
 * Standard output, on which the results of this test go, is /dev/full for a moment.
 */
#include "common/standard_output.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

static void test_takes(void)
{
    g_autoptr(GError) error = NULL;
    printf("# something\n");
    g_assert_true(standard_output_finish(&error));
    g_assert_no_error(error);
}

static void test_full(void)
{
    g_autoptr(GError) error = NULL;
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    g_assert_true(kept >= 0 && full >= 0 && dup2(full, STDOUT_FILENO) >= 0);
    printf("something\n");
    gboolean good = standard_output_finish(&error);

    __fpurge(stdout);
    clearerr(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(full);
    g_assert_false(good);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
    g_assert_cmpstr(error->message, ==, "cannot write to standard output: No space left on device");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/standard-output/takes", test_takes);
    g_test_add_func("/standard-output/full", test_full);
    return g_test_run();
}
