/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_settings: calmend.conf with any content.
 *
 * It is refused with an error that names the file, or taken; what was taken is inside of the
 * ranges, and written out and read again it is the same. The data is the file.
 */
#include "common/settings_load.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

/* Reads `text` through a file that stands in memory alone. */
static Settings *load_text(const void *text, size_t size, GError **error)
{
    int file = memfd_create("calmend.conf", MFD_CLOEXEC);
    fuzz_require(file >= 0 && write(file, text, size) == (ssize_t)size, "a file can be made");
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", file);
    Settings *settings = settings_load(path, NULL, error);
    fuzz_require((settings == NULL) == (*error != NULL), "settings or an error");
    fuzz_require(*error == NULL || strstr((*error)->message, path) != NULL,
                 "an error names the file");
    close(file);
    return settings;
}

static void require_ranges(const Settings *settings)
{
    const PolicyLimits *limits = &settings->policy.limits;
    fuzz_require(settings->socket_mode <= 0777, "a mode has nine bits");
    fuzz_require(limits->message_bytes > 0 && limits->parts.count > 0 && limits->parts.depth > 0 &&
                     limits->parts.depth <= 1000 && limits->calendar.components > 0 &&
                     limits->calendar.nesting > 0 && limits->calendar.parameters > 0,
                 "limits are in their ranges");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = load_text(data, size, &error);
    if (settings == NULL)
        return 0;
    require_ranges(settings);
    g_autofree char *text = settings_to_text(settings);
    g_autoptr(Settings) again = load_text(text, strlen(text), &error);
    fuzz_require(again != NULL, "what is written can be read");
    g_autofree char *same = settings_to_text(again);
    fuzz_require(g_str_equal(text, same), "written and read, settings are the same");
    return 0;
}
