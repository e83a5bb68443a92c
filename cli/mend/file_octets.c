/* SPDX-License-Identifier: BSD-2-Clause
 *
 * file_octets: see file_octets.h.
 */
#include "cli/mend/file_octets.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (64 * 1024u)

gboolean file_octets_write_at(int fd, Octets octets, gint64 at)
{
    for (gsize done = 0; done < octets.size;) {
        gssize put = pwrite(fd, octets.data + done, octets.size - done, at + (gint64)done);
        if (put < 0 && errno != EINTR)
            return FALSE;
        done += (gsize)MAX(put, 0);
    }
    return TRUE;
}

gboolean file_octets_read_at(int fd, char *buffer, gsize size, gint64 at)
{
    for (gsize done = 0; done < size;) {
        gssize got = pread(fd, buffer + done, size - done, at + (gint64)done);
        if (got == 0)
            errno = ENODATA;
        if (got == 0 || (got < 0 && errno != EINTR))
            return FALSE;
        done += (gsize)MAX(got, 0);
    }
    return TRUE;
}

gboolean file_octets_copy(int from, gint64 from_at, int to, gint64 to_at, gint64 size)
{
    g_autofree char *buffer = g_malloc(CHUNK);
    for (gint64 done = 0; done < size;) {
        Octets chunk = {.data = buffer, .size = (gsize)MIN(size - done, (gint64)CHUNK)};
        if (!file_octets_read_at(from, buffer, chunk.size, from_at + done) ||
            !file_octets_write_at(to, chunk, to_at + done))
            return FALSE;
        done += (gint64)chunk.size;
    }
    return TRUE;
}

gboolean file_octets_wipe(int fd, gint64 at, gint64 size)
{
    g_autofree char *zeros = g_malloc0(CHUNK);
    for (gint64 done = 0; done < size;) {
        Octets chunk = {.data = zeros, .size = (gsize)MIN(size - done, (gint64)CHUNK)};
        if (!file_octets_write_at(fd, chunk, at + done))
            return FALSE;
        done += (gint64)chunk.size;
    }
    return TRUE;
}

gboolean file_octets_equal(int fd, Octets octets)
{
    g_autofree char *buffer = g_malloc(CHUNK);
    struct stat status;
    if (fstat(fd, &status) != 0 || status.st_size != (off_t)octets.size)
        return FALSE;
    for (gsize done = 0; done < octets.size;) {
        gsize size = MIN(octets.size - done, CHUNK);
        if (!file_octets_read_at(fd, buffer, size, (gint64)done) ||
            memcmp(buffer, octets.data + done, size) != 0)
            return FALSE;
        done += size;
    }
    return TRUE;
}

gboolean file_octets_same(int one, int other)
{
    g_autofree char *buffer = g_malloc(2 * CHUNK);
    struct stat status, second;
    if (fstat(one, &status) != 0 || fstat(other, &second) != 0 || status.st_size != second.st_size)
        return FALSE;
    for (gint64 done = 0; done < status.st_size;) {
        gsize size = (gsize)MIN(status.st_size - done, (gint64)CHUNK);
        if (!file_octets_read_at(one, buffer, size, done) ||
            !file_octets_read_at(other, buffer + CHUNK, size, done) ||
            memcmp(buffer, buffer + CHUNK, size) != 0)
            return FALSE;
        done += (gint64)size;
    }
    return TRUE;
}

gboolean file_octets_fail(GError **error, const char *what)
{
    int problem = errno;
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(problem), "%s: %s", what,
                g_strerror(problem));
    return FALSE;
}

gboolean file_octets_refuse(GError **error, const char *text)
{
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, text);
    return FALSE;
}
