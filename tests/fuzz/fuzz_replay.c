/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_replay: the inputs of one target, once each, without a fuzzer.
 *
 * `make check` runs every input in the tree this way, with whatever compiler and sanitizers the
 * build has. The target is the one in the program's name, replay_TARGET; its inputs are the files
 * of tests/fuzz/regressions/TARGET and tests/fuzz/seeds/TARGET; each folder is one test, and the
 * last name in its output is the input that broke. With file names for arguments it runs those
 * instead: that is how a finding of the fuzzer is looked at.
 */
#include "fuzz_property.h"
#include "fuzz_target.h"

#include <string.h>

static const struct {
    const char *name;
    GTestFileType where; /* in the source, or in the build */
} folders[] = {{"regressions", G_TEST_DIST}, {"seeds", G_TEST_BUILT}};

static void replay_file(const char *path)
{
    g_autofree char *data = NULL;
    g_autoptr(GError) error = NULL;
    gsize size = 0;
    g_file_get_contents(path, &data, &size, &error);
    g_assert_no_error(error);
    /* A copy of just that size, so that AddressSanitizer sees a read past its end. */
    g_autofree guint8 *input = size == 0 ? NULL : g_memdup2(data, size);
    LLVMFuzzerTestOneInput(input, size);
}

static void replay_folder(gconstpointer path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) folder = g_dir_open(path, 0, &error);
    g_assert_no_error(error);
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_test_message("%s", name);
        replay_file(file);
    }
}

static void add_folder(GTestFileType where, const char *folder, const char *target)
{
    char *path = g_test_build_filename(where, "fuzz", folder, target, NULL);
    g_autofree char *test = g_strdup_printf("/fuzz/%s/%s", target, folder);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        g_test_add_data_func_full(test, path, replay_folder, g_free);
    else
        g_free(path);
}

int main(int argc, char **argv)
{
    const char *target = strstr(argv[0], "replay_") + strlen("replay_");
    LLVMFuzzerInitialize(&argc, &argv);
    if (argc > 1 && argv[1][0] != '-') {
        for (int i = 1; i < argc; i++)
            replay_file(argv[i]);
        return 0;
    }
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
        add_folder(folders[i].where, folders[i].name, target);
    return g_test_run();
}
