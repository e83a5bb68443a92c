/* SPDX-License-Identifier: BSD-2-Clause
 *
 * engine: the pure engine over one message, so many times, at a fixed time of day.
 *
 * engine COUNT FILE plans the repair of the message COUNT times, as the milter does with each
 * message that it keeps, and prints how many findings and edits the plans had in all: two numbers.
 * What a message costs is the difference of two runs by the difference of their counts.
 * engine --versions prints what the engine was compiled with and runs with, a line "name TAB
 * version" each. Exit 1 when the file cannot be read, and 2 for a wrong call.
 */
#include "common/repair.h"

#include <gmime/gmime.h>
#include <gnu/libc-version.h>
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#define EXIT_USAGE 2
#define NOW        1767657600 /* 2026-01-06 */
#define HOST       "mx.example.org"

static int print_versions(void)
{
    struct utsname system;
    printf("machine\t%s\n", uname(&system) == 0 ? system.machine : "unknown");
    printf("compiler\t%s\n", __VERSION__);
    printf("glibc\t%s\n", gnu_get_libc_version());
    printf("glib\t%u.%u.%u\n", glib_major_version, glib_minor_version, glib_micro_version);
    printf("gmime\t%u.%u.%u\n", gmime_major_version, gmime_minor_version, gmime_micro_version);
    printf("libical\t%d.%d.%d\n", ICAL_MAJOR_VERSION, ICAL_MINOR_VERSION, ICAL_PATCH_VERSION);
    return EXIT_SUCCESS;
}

static int repair_often(gint64 count, Octets octets)
{
    gsize findings = 0;
    gsize edits = 0;
    g_auto(Policy) policy = {0};
    policy_init(&policy);
    g_free(policy.host);
    policy.host = g_strdup(HOST);
    repair_init();
    for (; count > 0; count--) {
        g_auto(Message) message = {0};
        message_init(&message, octets);
        g_autoptr(Plan) plan = repair_message(&message, &policy, NOW);
        findings += plan->findings->len;
        edits += plan->edits->len;
    }
    printf("%" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT "\n", findings, edits);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    gint64 count;
    g_autofree char *data = NULL;
    Octets octets = {0};
    g_autoptr(GError) error = NULL;
    if (argc == 2 && g_str_equal(argv[1], "--versions"))
        return print_versions();
    if (argc != 3 || !g_ascii_string_to_signed(argv[1], 10, 1, G_MAXINT, &count, NULL)) {
        fputs("usage: engine COUNT FILE | engine --versions\n", stderr);
        return EXIT_USAGE;
    }
    if (!g_file_get_contents(argv[2], &data, &octets.size, &error)) {
        fprintf(stderr, "engine: %s\n", error->message);
        return EXIT_FAILURE;
    }
    octets.data = data;
    return repair_often(count, octets);
}
