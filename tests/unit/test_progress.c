/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_progress: what the line says.
 */
#include "cli/progress.h"

typedef struct {
    const char *name;
    StoreCounts counts;
    guint64 total;
    gint64 milliseconds;
    const char *text;
} ProgressCase;

static const ProgressCase cases[] = {
    {"not-measured", {.mails = 12, .read = 34567}, 0, 1000, "12 messages, 35 kB, 35 kB/s"},
    {"measured",
     {.mails = 1234567, .read = 2500000000},
     7500000000,
     2000,
     "1234567 messages, 2.5 GB of 7.5 GB, 1.2 GB/s, 5 s left"},
    {"minutes",
     {.mails = 1, .read = 1000000},
     600000000,
     1000,
     "1 messages, 1.0 MB of 600 MB, 1.0 MB/s, 10 min left"},
    {"hours",
     {.mails = 1, .read = 1000000},
     10000000000,
     1000,
     "1 messages, 1.0 MB of 10 GB, 1.0 MB/s, 2 h 46 min left"},
    {"grew", {.mails = 1, .read = 5000}, 4000, 1000, "1 messages, 5.0 kB, 5.0 kB/s"},
    {"nothing-read", {0}, 4000, 0, "0 messages, 0.0 kB of 4.0 kB, 0.0 kB/s"},
};

static void test_text(gconstpointer data)
{
    const ProgressCase *row = data;
    g_autofree char *text = progress_text(&row->counts, row->total, row->milliseconds * 1000);
    g_assert_cmpstr(text, ==, row->text);
}

static void test_none(void)
{
    progress_show(NULL, &(StoreCounts){0});
    progress_hide(NULL);
    progress_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/progress/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_text);
    }
    g_test_add_func("/progress/none", test_none);
    return g_test_run();
}
