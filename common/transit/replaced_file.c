/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/replaced_file.h"

#include "common/mail/octets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whatever the umask. */
#define FILE_MODE 0644

/* The folder may be one that others write to. */
static gboolean write_new(const char *path, const char *text)
{
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (file < 0)
        return FALSE;
    gboolean good = fchmod(file, FILE_MODE) == 0 && octets_write(octets_of(text), file);
    return close(file) == 0 && good;
}

gboolean replaced_file_write(const char *path, const char *text)
{
    g_autofree char *beside = g_strconcat(path, ".new", NULL);
    if (write_new(beside, text) && rename(beside, path) == 0)
        return TRUE;
    int number = errno;
    unlink(beside);
    errno = number;
    return FALSE;
}
