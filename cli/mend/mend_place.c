/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mend_place: see mend_place.h.
 */
#include "cli/mend/mend_place.h"

#include "cli/mend/file_octets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY)

static gboolean is_folder(int folder, const char *name)
{
    struct stat status;
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

static gboolean is_maildir(const MendPlace *place)
{
    g_autofree char *base = g_path_get_basename(place->folder_path);
    return (strcmp(base, "cur") == 0 || strcmp(base, "new") == 0) &&
           is_folder(place->folder, "../cur") && is_folder(place->folder, "../new");
}

/* A file that the walker met in a folder is there, whatever became of the path since. */
static int open_folder(const MendPlace *place, const StoreFile *file)
{
    return file->folder == AT_FDCWD ? open(place->folder_path, FOLDER_FLAGS)
                                    : openat(file->folder, ".", FOLDER_FLAGS);
}

static gboolean enter(MendPlace *place, const StoreFile *file, char *folder_path, GError **error)
{
    mend_place_close(place);
    place->folder_path = folder_path;
    place->lock = -1;
    place->folder = open_folder(place, file);
    if (place->folder < 0) {
        g_clear_pointer(&place->folder_path, g_free);
        return file_octets_fail(error, "cannot open the folder");
    }
    place->maildir = is_maildir(place);
    return TRUE;
}

static void take_name(MendPlace *place, char *name)
{
    g_free(place->name);
    place->name = name;
}

/* A file that is itself a PATH, and may be a link. */
static gboolean move_to_path(MendPlace *place, const StoreFile *file, gboolean *entered,
                             GError **error)
{
    char *real = realpath(file->path, NULL);
    if (real == NULL)
        return file_octets_fail(error, "cannot find");
    g_autofree char *path = g_strdup(real);
    free(real);
    g_autofree char *folder_path = g_path_get_dirname(path);
    *entered = place->folder_path == NULL || strcmp(place->folder_path, folder_path) != 0;
    if (*entered && !enter(place, file, g_steal_pointer(&folder_path), error))
        return FALSE;
    take_name(place, g_path_get_basename(path));
    return TRUE;
}

static gboolean move_in_folder(MendPlace *place, const StoreFile *file, gboolean *entered,
                               GError **error)
{
    g_autofree char *above = g_path_get_dirname(file->path);
    *entered = place->above == NULL || strcmp(place->above, above) != 0;
    if (*entered) {
        char *real = realpath(above, NULL);
        if (real == NULL)
            return file_octets_fail(error, "cannot find the folder");
        char *folder_path = g_strdup(real);
        free(real);
        if (!enter(place, file, folder_path, error))
            return FALSE;
        place->above = g_steal_pointer(&above);
    }
    take_name(place, g_strdup(file->name));
    return TRUE;
}

gboolean mend_place_move(MendPlace *place, const StoreFile *file, gboolean *entered, GError **error)
{
    if (strcmp(file->path, "-") == 0)
        return file_octets_refuse(error, "standard input lies nowhere; name a file or a folder");
    return file->folder == AT_FDCWD ? move_to_path(place, file, entered, error)
                                    : move_in_folder(place, file, entered, error);
}

void mend_place_close(MendPlace *place)
{
    if (place->maildir)
        fsync(place->folder); /* old mails that went */
    if (place->folder_path != NULL) {
        close(place->folder);
        if (place->lock >= 0)
            close(place->lock);
    }
    g_free(place->folder_path);
    g_free(place->above);
    g_free(place->name);
    *place = (MendPlace){0};
}

gboolean mend_place_is_cyrus(const MendPlace *place)
{
    return faccessat(place->folder, "cyrus.header", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int mend_place_open_file(const MendPlace *place, int access, struct stat *status)
{
    int fd =
        openat(place->folder, place->name, access | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || (fstat(fd, status) == 0 && S_ISREG(status->st_mode)))
        return fd;
    close(fd);
    errno = EINVAL;
    return -1;
}

char *mend_place_path(const MendPlace *place)
{
    return g_build_filename(place->folder_path, place->name, NULL);
}

char *mend_place_working_name(const MendPlace *place)
{
    return g_strconcat(STORE_WORKING_PREFIX, place->name, NULL);
}

gboolean mend_place_lock(MendPlace *place)
{
    place->lock = openat(place->folder, place->maildir ? "../cur" : ".", FOLDER_FLAGS | O_NOFOLLOW);
    int locked = place->lock >= 0 ? place->lock : place->folder;
    return flock(locked, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}
