/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct PidFile {
    char *path;
    int file;
};

/* The file, opened and not yet touched. -1 with errno when that is not possible. */
static int open_file(const char *path)
{
    struct stat status;
    int file = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
    if (file < 0 || (fstat(file, &status) == 0 && S_ISREG(status.st_mode)))
        return file;
    close(file);
    errno = EINVAL;
    return -1;
}

PidFile *pid_file_open(const char *path, GError **error)
{
    g_autoptr(PidFile) pid_file = g_new0(PidFile, 1);
    pid_file->path = g_strdup(path);
    pid_file->file = open_file(path);
    if (pid_file->file >= 0 && ftruncate(pid_file->file, 0) == 0 &&
        dprintf(pid_file->file, "%d\n", (int)getpid()) > 0)
        return g_steal_pointer(&pid_file);
    int number = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number),
                "the pid file %s cannot be written: %s", path, g_strerror(number));
    return NULL;
}

static gboolean is_own_file(const PidFile *pid_file)
{
    struct stat own;
    struct stat there;
    return fstat(pid_file->file, &own) == 0 && lstat(pid_file->path, &there) == 0 &&
           own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

void pid_file_close(PidFile *pid_file)
{
    if (pid_file == NULL)
        return;
    if (pid_file->file >= 0) {
        if (!is_own_file(pid_file) || unlink(pid_file->path) != 0)
            (void)!ftruncate(pid_file->file, 0);
        close(pid_file->file);
    }
    g_free(pid_file->path);
    g_free(pid_file);
}
