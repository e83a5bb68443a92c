/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fresh_file: see fresh_file.h.
 */
#include "cli/mend/fresh_file.h"

#include "cli/mend/file_octets.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static gboolean write_piece(Octets piece, gpointer fd)
{
    return octets_write(piece, *(const int *)fd);
}

/* The owner first: a change of it takes bits of the mode away. */
static gboolean make_like(int fd, const struct stat *like)
{
    const struct timespec times[] = {like->st_atim, like->st_mtim};
    return fchown(fd, like->st_uid, like->st_gid) == 0 && fchmod(fd, like->st_mode & 07777) == 0 &&
           futimens(fd, times) == 0;
}

static gboolean fill(int fd, Octets octets, const GArray *edits, const struct stat *like,
                     GError **error)
{
    if (!splice_apply(octets, edits, write_piece, &fd))
        return file_octets_fail(error, "cannot write the mended mail");
    if (!make_like(fd, like))
        return file_octets_fail(error, "cannot give the mended mail owner, mode and time");
    return fsync(fd) == 0 || file_octets_fail(error, "cannot sync the mended mail");
}

gboolean fresh_file_make(int folder, const char *name, Octets octets, const GArray *edits,
                         const struct stat *like, GError **error)
{
    if (unlinkat(folder, name, 0) != 0 && errno != ENOENT && errno != ENAMETOOLONG)
        return file_octets_fail(error, "cannot remove what a run before left");
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_octets_fail(error, "cannot make the mended mail");
    gboolean filled = fill(fd, octets, edits, like, error);
    close(fd);
    if (!filled)
        unlinkat(folder, name, 0);
    return filled;
}
