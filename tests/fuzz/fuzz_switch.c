/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_switch: the switch file, changed in any way between two looks.
 *
 * After each change the state must be the one that the manual gives for what stands there, and
 * `changed` must say just when it became another. The input is a list of changes: what becomes of
 * the file, how many octets it gets, and these.
 */
#include "common/transit/repair_switch.h"
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/calmend-fuzz-XXXXXX";
static char *path;

static void remove_folder(void)
{
    g_remove(path);
    g_rmdir(folder);
    g_free(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_require(g_mkdtemp(folder) != NULL, "a folder can be made");
    path = g_build_filename(folder, "FixRecipientTrackStatusTime", NULL);
    atexit(remove_folder);
    return 0;
}

static SwitchState state_of_content(Octets content)
{
    for (gsize i = 0; i < content.size; i++) {
        if (!g_ascii_isspace(content.data[i]))
            return content.data[i] == '0' ? SWITCH_OFF : SWITCH_ON;
    }
    return SWITCH_ON;
}

static SwitchState write_file(Octets *input, mode_t mode)
{
    Octets content = fuzz_take(input, fuzz_choose(input, 256) * 2);
    g_remove(path);
    fuzz_require(g_file_set_contents(path, content.data, (gssize)content.size, NULL) &&
                     g_chmod(path, mode) == 0,
                 "the file can be written");
    return (mode & 0022) != 0 ? SWITCH_REFUSED : state_of_content(content);
}

enum { MAKE_FILE, MAKE_NOTHING, MAKE_FOLDER, MAKE_LOOP, MAKE_SHARED_FILE, MAKE_KINDS };

/* What stands there afterwards, and what that means. */
static SwitchState change_file(Octets *input)
{
    guint kind = fuzz_choose(input, MAKE_KINDS);
    if (kind == MAKE_FILE)
        return write_file(input, 0644);
    if (kind == MAKE_SHARED_FILE)
        return write_file(input, 0600 | fuzz_choose(input, 0100));
    g_remove(path);
    if (kind == MAKE_NOTHING)
        return SWITCH_OFF;
    int made = kind == MAKE_FOLDER ? g_mkdir(path, 0755) : symlink(path, path);
    fuzz_require(made == 0, "the folder or link can be made");
    return SWITCH_REFUSED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    g_autoptr(RepairSwitch) repair_switch = repair_switch_new(path);
    SwitchState before = SWITCH_OFF;
    g_remove(path);
    while (input.size > 0) {
        gboolean changed;
        SwitchState wanted = change_file(&input);
        SwitchState state = repair_switch_look(repair_switch, &changed);
        fuzz_require(state == wanted, "the state is that of the file");
        fuzz_require(changed == (state != before), "a change is reported once");
        g_autofree char *problem = repair_switch_problem(repair_switch);
        fuzz_require((problem != NULL) == (state == SWITCH_REFUSED),
                     "what is refused has a reason");
        before = state;
    }
    return 0;
}
