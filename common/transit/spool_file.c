/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/spool_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* On a TMPDIR in memory, this is memory. */
#define KEPT_FILES  4
#define KEPT_OCTETS (16 * 1024 * 1024)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int kept[KEPT_FILES];
static guint kept_count;

/* Not every file system has files without a name (O_TMPFILE). */
static int open_file(const char *folder)
{
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return file;

    g_autofree char *name = g_build_filename(folder, "calmend-XXXXXX", NULL);
    file = mkostemp(name, O_CLOEXEC);
    if (file >= 0)
        unlink(name);
    return file;
}

static int take_kept(void)
{
    pthread_mutex_lock(&mutex);
    int file = kept_count > 0 ? kept[--kept_count] : -1;
    pthread_mutex_unlock(&mutex);
    return file;
}

/* FALSE when enough are kept. */
static gboolean keep(int file)
{
    pthread_mutex_lock(&mutex);
    gboolean room = kept_count < KEPT_FILES;
    if (room)
        kept[kept_count++] = file;
    pthread_mutex_unlock(&mutex);
    return room;
}

/* FALSE when it cannot be made so. */
static gboolean prepare_to_keep(int file)
{
    off_t size = lseek(file, 0, SEEK_END);
    return size >= 0 && (size <= KEPT_OCTETS || ftruncate(file, KEPT_OCTETS) == 0) &&
           lseek(file, 0, SEEK_SET) == 0;
}

int spool_file_take(GError **error)
{
    int file = take_kept();
    if (file < 0)
        file = open_file(g_get_tmp_dir());
    if (file < 0)
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                    "no temporary file can be made: %s", g_strerror(errno));
    return file;
}

void spool_file_give(int file)
{
    if (!prepare_to_keep(file) || !keep(file))
        close(file);
}
