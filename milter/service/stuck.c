/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/stuck.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* Octets that wait to be read from a socket; 0 for anything else. */
static int unread_octets(int descriptor)
{
    struct stat file;
    int octets = 0;
    if (fstat(descriptor, &file) != 0 || !S_ISSOCK(file.st_mode))
        return 0;
    return ioctl(descriptor, FIONREAD, &octets) == 0 ? octets : 0;
}

static StuckLook find_unread(void)
{
    StuckLook look = {0};
    const char *name;
    g_autoptr(GDir) folder = g_dir_open("/proc/self/fd", 0, NULL);
    while (folder != NULL && look.octets == 0 && (name = g_dir_read_name(folder)) != NULL) {
        look.descriptor = atoi(name);
        look.octets = unread_octets(look.descriptor);
    }
    return look;
}

gboolean stuck_look(StuckLook *look)
{
    if (look->octets > 0 && unread_octets(look->descriptor) == look->octets)
        return TRUE;
    *look = find_unread();
    return FALSE;
}
