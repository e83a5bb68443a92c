/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mbox_lock: see mbox_lock.h.
 */
#include "cli/mend/mbox_lock.h"

#include "cli/mend/file_octets.h"

#include <errno.h>
#include <fcntl.h>
#include <lockfile.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_US      (30 * G_USEC_PER_SEC)
#define PAUSE_US         (100 * 1000)
#define REFRESH_AFTER_US (30 * G_USEC_PER_SEC)

typedef enum { LOCK_TAKEN, LOCK_BUSY, LOCK_FAILED } LockState;

static LockState lock_dot(const char *file, GError **error)
{
    switch (lockfile_create(file, 0, L_PID)) {
    case L_SUCCESS:
        return LOCK_TAKEN;
    case L_MAXTRYS:
        return LOCK_BUSY;
    default:
        file_octets_fail(error, "cannot make its lock file");
        return LOCK_FAILED;
    }
}

static LockState lock_kernel(int fd, GError **error)
{
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_SETLK, &range) == 0)
        return LOCK_TAKEN;
    if (errno == EAGAIN || errno == EACCES)
        return LOCK_BUSY;
    file_octets_fail(error, "cannot lock");
    return LOCK_FAILED;
}

/* Is the open file still the one of that name? */
static gboolean is_there(const MendPlace *place, const struct stat *status)
{
    struct stat now;
    return fstatat(place->folder, place->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
           now.st_dev == status->st_dev && now.st_ino == status->st_ino;
}

/* With the dot lock taken. The size is that under both locks. */
static LockState open_locked(MboxLock *lock, const MendPlace *place, struct stat *status,
                             GError **error)
{
    lock->fd = mend_place_open_file(place, O_RDWR, status);
    if (lock->fd < 0) {
        file_octets_fail(error, "cannot open to write");
        return LOCK_FAILED;
    }
    LockState state = lock_kernel(lock->fd, error);
    if (state == LOCK_TAKEN && (fstat(lock->fd, status) != 0 || !is_there(place, status)))
        state = LOCK_BUSY;
    return state;
}

static LockState try_both(MboxLock *lock, const MendPlace *place, struct stat *status,
                          GError **error)
{
    LockState state = lock_dot(lock->file, error);
    if (state != LOCK_TAKEN)
        return state;
    state = open_locked(lock, place, status, error);
    if (state == LOCK_TAKEN)
        return state;
    if (lock->fd >= 0)
        close(lock->fd);
    lock->fd = -1;
    lockfile_remove(lock->file);
    return state;
}

static char *dot_lock_of(const MendPlace *place)
{
    g_autofree char *path = mend_place_path(place);
    return g_strconcat(path, ".lock", NULL);
}

gboolean mbox_lock_is_stale(const MendPlace *place)
{
    g_autofree char *file = dot_lock_of(place);
    return access(file, F_OK) == 0 && lockfile_check(file, L_PID) != 0;
}

gboolean mbox_lock_take(MboxLock *lock, const MendPlace *place, struct stat *status, GError **error)
{
    gint64 end = g_get_monotonic_time() + PATIENCE_US;
    LockState state;
    *lock = (MboxLock){.fd = -1, .file = dot_lock_of(place)};
    while ((state = try_both(lock, place, status, error)) == LOCK_BUSY &&
           g_get_monotonic_time() < end)
        g_usleep(PAUSE_US);
    lock->refreshed = g_get_monotonic_time();
    if (state == LOCK_TAKEN)
        return TRUE;
    if (state == LOCK_BUSY)
        file_octets_refuse(error, "is locked by another program; try again later");
    g_clear_pointer(&lock->file, g_free);
    return FALSE;
}

void mbox_lock_release(MboxLock *lock)
{
    if (lock->file == NULL)
        return;
    lockfile_remove(lock->file);
    close(lock->fd);
    g_clear_pointer(&lock->file, g_free);
    lock->fd = -1;
}

void mbox_lock_refresh(MboxLock *lock)
{
    gint64 now = g_get_monotonic_time();
    if (now - lock->refreshed < REFRESH_AFTER_US)
        return;
    lockfile_touch(lock->file);
    lock->refreshed = now;
}
