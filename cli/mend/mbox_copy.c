/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mbox_copy: see mbox_copy.h. The file is a head of HEAD_SIZE octets, a line of text and NULs, and
 * the new end of the mbox. The head is written in one go, so it is the old one or the new one.
 */
#include "cli/mend/mbox_copy.h"

#include "cli/mend/file_octets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HEAD_SIZE 512
#define CHUNK     (64 * 1024u)

/* clang-format off */
#define HEAD_WRITE "calmend-mbox-copy 1 %c %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %"            \
                   G_GINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT ".%ld %"             \
                   G_GINT64_FORMAT ".%ld %s\n"
#define HEAD_READ "calmend-mbox-copy 1 %c %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %"             \
                  G_GINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT ".%ld %"              \
                  G_GINT64_FORMAT ".%ld %64s"
/* clang-format on */
#define HEAD_WORDS 10

enum { STEP_NONE = 0, STEP_GROW = 'G', STEP_WRITE = 'W', STEP_CUT = 'C' };

static gboolean write_head(MboxCopy *copy, char step)
{
    const struct stat *like = &copy->like;
    char head[HEAD_SIZE] = {0};
    copy->step = step;
    g_snprintf(head, sizeof head, HEAD_WRITE, step, copy->start, copy->old_size, copy->new_size,
               (guint64)like->st_ino, (gint64)like->st_atim.tv_sec, like->st_atim.tv_nsec,
               (gint64)like->st_mtim.tv_sec, like->st_mtim.tv_nsec, copy->prefix);
    return file_octets_write_at(copy->fd, (Octets){.data = head, .size = HEAD_SIZE}, 0) &&
           fsync(copy->fd) == 0;
}

/* FALSE when there is no seal: the copy was never whole. */
static gboolean read_head(MboxCopy *copy)
{
    char head[HEAD_SIZE];
    gint64 read_at, written_at;
    guint64 inode;
    struct stat *like = &copy->like;
    if (!file_octets_read_at(copy->fd, head, HEAD_SIZE, 0) || head[HEAD_SIZE - 1] != '\0')
        return FALSE;
    if (sscanf(head, HEAD_READ, &copy->step, &copy->start, &copy->old_size, &copy->new_size, &inode,
               &read_at, &like->st_atim.tv_nsec, &written_at, &like->st_mtim.tv_nsec,
               copy->prefix) != HEAD_WORDS)
        return FALSE;
    like->st_ino = inode;
    like->st_atim.tv_sec = read_at;
    like->st_mtim.tv_sec = written_at;
    return copy->start >= 0 && copy->start <= MIN(copy->old_size, copy->new_size);
}

/* SHA-256 of the first `size` octets. */
static gboolean sum_prefix(int fd, gint64 size, char *prefix, gsize room)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *buffer = g_malloc(CHUNK);
    for (gint64 done = 0; done < size;) {
        gsize chunk = (gsize)MIN(size - done, (gint64)CHUNK);
        if (!file_octets_read_at(fd, buffer, chunk, done))
            return FALSE;
        g_checksum_update(sum, (const guchar *)buffer, (gssize)chunk);
        done += (gint64)chunk;
    }
    g_strlcpy(prefix, g_checksum_get_string(sum), room);
    return TRUE;
}

static gboolean remove_copy(const MendPlace *place)
{
    g_autofree char *name = mend_place_working_name(place);
    return (unlinkat(place->folder, name, 0) == 0 || errno == ENOENT) && fsync(place->folder) == 0;
}

gboolean mbox_copy_begin(MboxCopy *copy, const MendPlace *place, int mbox,
                         const struct stat *status, gint64 start, GError **error)
{
    g_autofree char *name = mend_place_working_name(place);
    *copy = (MboxCopy){
        .fd = -1, .start = start, .old_size = status->st_size, .new_size = start, .like = *status};
    copy->fd =
        openat(place->folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (copy->fd < 0)
        return file_octets_fail(error, "cannot make a copy beside it");
    return sum_prefix(mbox, start, copy->prefix, sizeof copy->prefix) ||
           file_octets_fail(error, "cannot read");
}

gboolean mbox_copy_append(MboxCopy *copy, Octets octets)
{
    gint64 at = HEAD_SIZE + copy->new_size - copy->start;
    copy->new_size += (gint64)octets.size;
    return file_octets_write_at(copy->fd, octets, at);
}

gboolean mbox_copy_append_from(MboxCopy *copy, int mbox, gint64 at, gint64 size)
{
    gint64 to = HEAD_SIZE + copy->new_size - copy->start;
    copy->new_size += size;
    return file_octets_copy(mbox, at, copy->fd, to, size);
}

gboolean mbox_copy_seal(MboxCopy *copy, const MendPlace *place, GError **error)
{
    char step = copy->new_size > copy->old_size ? STEP_GROW : STEP_WRITE;
    if (fsync(copy->fd) == 0 && fsync(place->folder) == 0 && write_head(copy, step))
        return TRUE;
    copy->step = STEP_NONE;
    return file_octets_fail(error, "cannot sync the copy beside it");
}

void mbox_copy_close(MboxCopy *copy, const MendPlace *place)
{
    if (copy->fd < 0)
        return;
    if (copy->step == STEP_NONE)
        remove_copy(place);
    close(copy->fd);
    copy->fd = -1;
}

/* Room for what is to come, so that a full disk is met before an old octet is written over. What
 * others appended stays. */
static gboolean grow(const MboxCopy *copy, int mbox)
{
    gint64 more = copy->new_size - copy->old_size;
    struct stat status;
    if (fstat(mbox, &status) != 0)
        return FALSE;
    if (status.st_size < copy->new_size && ftruncate(mbox, copy->new_size) != 0)
        return FALSE;
    errno = posix_fallocate(mbox, copy->old_size, more);
    return errno == 0 && fsync(mbox) == 0;
}

/* The mbox had not grown before: nothing is changed, and nothing is to be finished. */
static gboolean shrink_back(MboxCopy *copy, int mbox, GError **error)
{
    file_octets_fail(error, "cannot grow");
    if (ftruncate(mbox, copy->old_size) == 0)
        copy->step = STEP_NONE;
    return FALSE;
}

static gboolean settle_grow(MboxCopy *copy, int mbox, GError **error)
{
    struct stat status;
    gboolean grown = fstat(mbox, &status) == 0 && status.st_size > copy->old_size;
    if (!grow(copy, mbox))
        return grown ? file_octets_fail(error, "cannot grow") : shrink_back(copy, mbox, error);
    return write_head(copy, STEP_WRITE) || file_octets_fail(error, "cannot sync the copy");
}

static gboolean settle_write(MboxCopy *copy, int mbox, GError **error)
{
    gint64 size = copy->new_size - copy->start;
    if (!file_octets_copy(copy->fd, HEAD_SIZE, mbox, copy->start, size) ||
        !file_octets_wipe(mbox, copy->new_size, copy->old_size - copy->new_size) ||
        fsync(mbox) != 0)
        return file_octets_fail(error, "is half written; run it again to finish it");
    return write_head(copy, STEP_CUT) || file_octets_fail(error, "cannot sync the copy");
}

/* The times stay, unless somebody appended, or who writes is not the owner; and unless the size is
 * the same, by which alone readers would see that there is something new. */
static gboolean keep_times(const MboxCopy *copy, int mbox)
{
    const struct timespec times[] = {copy->like.st_atim, copy->like.st_mtim};
    struct stat status;
    if (fstat(mbox, &status) != 0)
        return FALSE;
    if (status.st_size != copy->new_size || copy->new_size == copy->old_size)
        return TRUE;
    return futimens(mbox, times) == 0 || errno == EPERM;
}

static gboolean settle_cut(MboxCopy *copy, const MendPlace *place, int mbox, GError **error)
{
    if (copy->new_size < copy->old_size && ftruncate(mbox, copy->new_size) != 0)
        return file_octets_fail(error, "cannot be cut; run it again to finish it");
    if (!keep_times(copy, mbox) || fsync(mbox) != 0 || !remove_copy(place))
        return file_octets_fail(error, "is mended, but not all is synced; run it again");
    return TRUE;
}

gboolean mbox_copy_settle(MboxCopy *copy, const MendPlace *place, int mbox, GError **error)
{
    return (copy->step != STEP_GROW || settle_grow(copy, mbox, error)) &&
           (copy->step != STEP_WRITE || settle_write(copy, mbox, error)) &&
           settle_cut(copy, place, mbox, error);
}

gboolean mbox_copy_is_there(const MendPlace *place)
{
    g_autofree char *name = mend_place_working_name(place);
    return faccessat(place->folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What others appended behind the old end of a shorter mbox becomes part of its new end. */
static gboolean absorb(MboxCopy *copy, int mbox, gint64 size, GError **error)
{
    gint64 more = size - copy->old_size;
    if (!mbox_copy_append_from(copy, mbox, copy->old_size, more) || fsync(copy->fd) != 0)
        return file_octets_fail(error, "cannot write the copy beside it");
    copy->old_size = size;
    return write_head(copy, STEP_WRITE) || file_octets_fail(error, "cannot sync the copy");
}

static gboolean is_nul_at(int mbox, gint64 at)
{
    char octet = 'x';
    return file_octets_read_at(mbox, &octet, 1, at) && octet == '\0';
}

/* Is there something to do? See the steps in mbox_copy.h. */
static gboolean is_unfinished(const MboxCopy *copy, int mbox, gint64 size)
{
    switch (copy->step) {
    case STEP_GROW:
        return size > copy->old_size && is_nul_at(mbox, copy->old_size);
    case STEP_WRITE:
        return TRUE;
    case STEP_CUT:
        return size == copy->new_size ||
               (copy->new_size < copy->old_size && size >= copy->old_size &&
                is_nul_at(mbox, copy->new_size));
    default:
        return FALSE;
    }
}

static gboolean is_for(const MboxCopy *copy, int mbox, const struct stat *status)
{
    char prefix[sizeof copy->prefix];
    gint64 least = MAX(copy->old_size, copy->new_size);
    if (copy->step != STEP_WRITE)
        least = MIN(copy->old_size, copy->new_size);
    return status->st_ino == copy->like.st_ino && status->st_size >= least &&
           sum_prefix(mbox, copy->start, prefix, sizeof prefix) &&
           strcmp(prefix, copy->prefix) == 0;
}

/* Who may say what the mbox is to become: its owner, root, and who runs this. */
static gboolean is_trusted(int fd, const struct stat *mbox)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1 &&
           (status.st_uid == mbox->st_uid || status.st_uid == 0 || status.st_uid == geteuid());
}

static gboolean finish(MboxCopy *copy, const MendPlace *place, int mbox, const struct stat *status,
                       GError **error)
{
    gint64 size = status->st_size;
    if (!read_head(copy) || !is_unfinished(copy, mbox, size))
        return remove_copy(place) || file_octets_fail(error, "cannot remove an old copy");
    if (!is_for(copy, mbox, status))
        return file_octets_refuse(error, "was changed after a run was killed while it wrote; its "
                                         "new end is in the file .calmend-NAME beside it");
    if (copy->new_size < copy->old_size && size > copy->old_size &&
        !absorb(copy, mbox, size, error))
        return FALSE;
    return mbox_copy_settle(copy, place, mbox, error);
}

gboolean mbox_copy_finish(const MendPlace *place, int mbox, GError **error)
{
    g_autofree char *name = mend_place_working_name(place);
    MboxCopy copy = {.fd =
                         openat(place->folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    struct stat status;
    if (copy.fd < 0)
        return errno == ENOENT || file_octets_fail(error, "cannot open the copy beside it");
    gboolean finished = FALSE;
    if (fstat(mbox, &status) != 0 || !is_trusted(copy.fd, &status))
        file_octets_refuse(error, "has a copy .calmend-NAME beside it that somebody else made");
    else
        finished = finish(&copy, place, mbox, &status, error);
    close(copy.fd);
    return finished;
}
