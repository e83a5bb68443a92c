/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mend_file: see mend_file.h.
 */
#include "cli/mend/mend_file.h"

#include "cli/mend/file_octets.h"
#include "cli/mend/fresh_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define CHANGED "was changed since it was read; run it again"

MendResult mend_file_open(const MendPlace *place, Octets octets, int *fd, struct stat *status,
                          GError **error)
{
    *fd = mend_place_open_file(place, O_RDONLY, status);
    if (*fd < 0 && errno == ENOENT)
        return MEND_GONE;
    if (*fd < 0) {
        file_octets_fail(error, "cannot open");
        return MEND_FAILED;
    }
    if (file_octets_equal(*fd, octets))
        return MEND_DONE;
    close(*fd);
    file_octets_refuse(error, CHANGED);
    return MEND_FAILED;
}

static gboolean is_unchanged(const MendPlace *place, const struct stat *status)
{
    struct stat now;
    return fstatat(place->folder, place->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
           now.st_dev == status->st_dev && now.st_ino == status->st_ino &&
           now.st_size == status->st_size && now.st_mtim.tv_sec == status->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == status->st_mtim.tv_nsec;
}

static gboolean put_in_place(const MendPlace *place, const char *working, const struct stat *status,
                             GError **error)
{
    if (!is_unchanged(place, status))
        return file_octets_refuse(error, CHANGED);
    if (renameat(place->folder, working, place->folder, place->name) != 0)
        return file_octets_fail(error, "cannot replace");
    return fsync(place->folder) == 0 || file_octets_fail(error, "cannot sync the folder");
}

MendResult mend_file_replace(const MendPlace *place, Octets octets, const GArray *edits,
                             const struct stat *status, GError **error)
{
    g_autofree char *working = mend_place_working_name(place);
    if (!fresh_file_make(place->folder, working, octets, edits, status, error))
        return MEND_FAILED;
    if (put_in_place(place, working, status, error))
        return MEND_DONE;
    unlinkat(place->folder, working, 0);
    return MEND_FAILED;
}

void mend_file_finish(const MendPlace *place)
{
    g_autofree char *working = mend_place_working_name(place);
    unlinkat(place->folder, working, 0);
}
