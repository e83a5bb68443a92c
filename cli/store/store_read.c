/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_read: see store_read.h.
 */
#include "cli/store/store_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (64 * 1024u)

int store_read_open(const StoreFile *file, gboolean follow)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
    if (strcmp(file->path, "-") == 0)
        return dup(STDIN_FILENO);
    if (!follow)
        flags |= O_NOFOLLOW | O_NONBLOCK;
    int fd = openat(file->folder, file->name, flags | O_NOATIME);
    if (fd < 0 && errno == EPERM)
        fd = openat(file->folder, file->name, flags);
    return fd;
}

/* Reads until the buffer holds `enough` octets, and at most until it holds `size`. */
static gboolean read_enough(int fd, gint64 start, GByteArray *buffer, gsize enough, gsize size)
{
    gsize have = buffer->len;
    gssize got = 1;
    if (have < size)
        g_byte_array_set_size(buffer, (guint)size);
    while (have < enough && got != 0) {
        char *to = (char *)buffer->data + have;
        got = start < 0 ? read(fd, to, size - have)
                        : pread(fd, to, size - have, (off_t)start + (off_t)have);
        if (got < 0 && errno != EINTR)
            break;
        have += (gsize)MAX(got, 0);
    }
    g_byte_array_set_size(buffer, (guint)have);
    return got >= 0;
}

gboolean store_read_until(int fd, gint64 start, GByteArray *buffer, gsize size)
{
    return read_enough(fd, start, buffer, size, size);
}

gboolean store_read_file(int fd, GByteArray *buffer, gsize size)
{
    gsize end = buffer->len + size;
    return read_enough(fd, -1, buffer, MAX(end, buffer->len + 1), end + 1);
}

gboolean store_read_rest(int fd, GByteArray *buffer, gsize limit)
{
    gsize size = buffer->len;
    do {
        size = MIN(limit, 2 * size + CHUNK);
        if (!store_read_until(fd, -1, buffer, size))
            return FALSE;
    } while (buffer->len == size && size < limit);
    return TRUE;
}

Octets store_read_octets(const GByteArray *buffer)
{
    return (Octets){.data = (const char *)buffer->data, .size = buffer->len};
}
