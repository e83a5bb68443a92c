/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_maildir_name: which name a mended mail has, and of which mail a name says it is the mended
 * form.
 */
#include "cli/mend/maildir_name.h"

enum { SIZE = 100, WIRE_SIZE = 110 };

typedef struct {
    const char *path;
    const char *name;
    const char *mended;
    const char *unique;
    const char *source; /* of the name; NULL: none */
} NameCase;

static const NameCase cases[] = {
    {"new", "1.M1P1.host", "1.M1P1.host.calmend", "1.M1P1.host", NULL},
    {"no-flags", "1.M1P1.host:2,", "1.M1P1.host.calmend:2,", "1.M1P1.host", NULL},
    {"flags", "1.M1P1.host:2,FSa", "1.M1P1.host.calmend:2,FSa", "1.M1P1.host", NULL},
    {"sizes", "1.h,S=5,W=6:2,S", "1.h.calmend,S=100,W=110:2,S", "1.h", NULL},
    {"sizes-other-order", "1.h,W=6,S=5", "1.h.calmend,W=110,S=100", "1.h", NULL},
    {"number-of-isync", "1.h,U=7,S=5:2,S", "1.h.calmend,S=100:2,S", "1.h", NULL},
    {"experimental-info", "1.h:1,x", "1.h.calmend:1,x", "1.h", NULL},
    {"again", "1.h.calmend:2,S", "1.h.calmend2:2,S", "1.h.calmend", "1.h"},
    {"and-again", "1.h.calmend2,S=9", "1.h.calmend3,S=100", "1.h.calmend2", "1.h.calmend"},
    {"tenth", "1.h.calmend9", "1.h.calmend10", "1.h.calmend9", "1.h.calmend8"},
    {"not-a-count", "1.h.calmend1", "1.h.calmend1.calmend", "1.h.calmend1", NULL},
    {"zero-in-front", "1.h.calmend02", "1.h.calmend02.calmend", "1.h.calmend02", NULL},
    {"more-behind", "1.h.calmend.example.org", "1.h.calmend.example.org.calmend",
     "1.h.calmend.example.org", NULL},
    {"huge-count", "1.h.calmend99999999999", "1.h.calmend99999999999.calmend",
     "1.h.calmend99999999999", NULL},
    {"mark-alone", ".calmend", ".calmend.calmend", ".calmend", NULL},
    {"mark-in-info", "1.h:2,.calmend", "1.h.calmend:2,.calmend", "1.h", NULL},
};

static void test_name(gconstpointer data)
{
    const NameCase *name = data;
    g_autofree char *mended = maildir_name_mended(name->name, SIZE, WIRE_SIZE);
    g_autofree char *unique = maildir_name_unique(name->name);
    g_autofree char *source = maildir_name_source(name->name);
    g_autofree char *back = maildir_name_source(mended);
    g_assert_cmpstr(mended, ==, name->mended);
    g_assert_cmpstr(unique, ==, name->unique);
    g_assert_cmpstr(source, ==, name->source);
    g_assert_cmpstr(back, ==, unique);
}

static void test_info(void)
{
    g_autofree char *flagged = maildir_name_with_info("1.h.calmend,S=1:2,S", "1.h:2,RS");
    g_autofree char *bare = maildir_name_with_info("1.h.calmend:2,S", "1.h");
    g_assert_cmpstr(flagged, ==, "1.h.calmend,S=1:2,RS");
    g_assert_cmpstr(bare, ==, "1.h.calmend");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/maildir-name/", cases[i].path, NULL);
        g_test_add_data_func(path, &cases[i], test_name);
    }
    g_test_add_func("/maildir-name/info", test_info);
    return g_test_run();
}
