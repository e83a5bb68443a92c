/* SPDX-License-Identifier: BSD-2-Clause
 *
 * backup: see backup.h.
 */
#include "cli/mend/backup.h"

#include "cli/mend/file_octets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAME_NAME_MAX 10000

/* A path without links, absolute; NULL when there is nothing. Owned by the caller. */
static char *real_path(const char *path)
{
    char *real = realpath(path, NULL);
    char *copy = g_strdup(real);
    free(real);
    return copy;
}

static gboolean lies_in(const char *folder, const char *path)
{
    g_autofree char *real = real_path(path);
    gsize size = real == NULL ? 0 : strlen(real);
    return real != NULL && strncmp(folder, real, size) == 0 &&
           (folder[size] == '\0' || folder[size] == '/' || size == 1);
}

gboolean backup_open(const char *name, char *const *paths, char **folder, GError **error)
{
    *folder = NULL;
    if (g_mkdir_with_parents(name, 0700) != 0)
        return file_octets_fail(error, "cannot make the folder");
    *folder = real_path(name);
    if (*folder == NULL)
        return file_octets_fail(error, "cannot find the folder");
    for (; *paths != NULL; paths++) {
        if (lies_in(*folder, *paths))
            return file_octets_refuse(error, "lies in a PATH, and would be mended; name a folder "
                                             "outside of it");
    }
    return TRUE;
}

/* The owner is kept for who is allowed to give files away; root alone. */
static gboolean fill(int from, int to, const struct stat *status)
{
    const struct timespec times[] = {status->st_atim, status->st_mtim};
    if (!file_octets_copy(from, 0, to, 0, status->st_size))
        return FALSE;
    if (fchown(to, status->st_uid, status->st_gid) != 0 && errno != EPERM)
        return FALSE;
    return fchmod(to, 0600) == 0 && futimens(to, times) == 0 && fsync(to) == 0;
}

static gboolean sync_above(const char *path)
{
    g_autofree char *above = g_path_get_dirname(path);
    int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return synced;
}

/* Under a name that nobody looks for until it is whole. */
static gboolean write_new(const char *path, int from, const struct stat *status)
{
    g_autofree char *working = g_strconcat(path, "~new", NULL);
    if (unlink(working) != 0 && errno != ENOENT)
        return FALSE;
    int to = open(working, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (to < 0)
        return FALSE;
    gboolean kept = fill(from, to, status) && rename(working, path) == 0 && sync_above(path);
    int problem = errno;
    close(to);
    if (!kept)
        unlink(working);
    errno = problem;
    return kept;
}

/* Does `path` hold what `fd` holds? `*taken`: something else is there. */
static gboolean holds(const char *path, int fd, gboolean *taken)
{
    int other = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    *taken = other >= 0 || errno != ENOENT;
    gboolean same = other >= 0 && file_octets_same(other, fd);
    if (other >= 0)
        close(other);
    return same;
}

static gboolean is_itself(const char *path, const struct stat *status)
{
    struct stat there;
    return lstat(path, &there) == 0 && there.st_dev == status->st_dev &&
           there.st_ino == status->st_ino;
}

gboolean backup_keep(const char *folder, const char *path, int fd, const struct stat *status,
                     GError **error)
{
    g_autofree char *target = g_build_filename(folder, path, NULL);
    g_autofree char *above = g_path_get_dirname(target);
    g_autofree char *name = g_strdup(target);
    gboolean taken = FALSE;
    if (g_mkdir_with_parents(above, 0700) != 0)
        return file_octets_fail(error, "cannot make the folder of its backup");
    if (is_itself(target, status))
        return file_octets_refuse(error, "what lies where its backup would is the mail itself, or "
                                         "a link to it; name another folder");
    for (guint number = 1; !holds(name, fd, &taken); number++) {
        if (!taken || number > SAME_NAME_MAX)
            return (!taken && write_new(name, fd, status)) ||
                   file_octets_fail(error, "cannot write its backup");
        g_free(name);
        name = g_strdup_printf("%s~%u", target, number);
    }
    return TRUE;
}
