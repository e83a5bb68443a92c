/* SPDX-License-Identifier: BSD-2-Clause
 *
 * input: see input.h.
 */
#include "cli/input.h"

#include "cli/mail_shape.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK     (256 * 1024u)
#define INPUT_MAX (1024u * 1024 * 1024)

static gboolean fail(GError **error, int problem, const char *text)
{
    g_set_error_literal(error, G_FILE_ERROR, (int)g_file_error_from_errno(problem), text);
    return FALSE;
}

static gboolean fail_errno(GError **error, const char *what)
{
    int problem = errno;
    g_autofree char *text = g_strdup_printf("%s: %s", what, g_strerror(problem));
    return fail(error, problem, text);
}

/* Room for the next read: what fstat says is left and one more, so that the next read sees the end.
 */
static guint room_for(const struct stat *status, guint have)
{
    if (!S_ISREG(status->st_mode) || status->st_size < (off_t)have)
        return CHUNK;
    return (guint)MIN(status->st_size - (off_t)have + 1, (off_t)INPUT_MAX);
}

static gboolean read_all(int fd, GByteArray *buffer, GError **error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return fail_errno(error, "cannot read");
    if (S_ISDIR(status.st_mode))
        return fail(error, EISDIR, "is a directory; name the messages in it");
    for (;;) {
        guint have = buffer->len;
        guint room = room_for(&status, have);
        if (have >= INPUT_MAX)
            return fail(error, EFBIG, "is larger than 1 GiB, no mail is; name a single message");
        g_byte_array_set_size(buffer, have + room);
        gssize got = read(fd, buffer->data + have, room);
        g_byte_array_set_size(buffer, have + (guint)MAX(got, 0));
        if (got == 0)
            return TRUE;
        if (got < 0 && errno != EINTR)
            return fail_errno(error, "cannot read");
    }
}

static gboolean read_named(const char *name, GByteArray *buffer, GError **error)
{
    if (strcmp(name, "-") == 0)
        return read_all(STDIN_FILENO, buffer, error);
    int fd = g_open(name, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fail_errno(error, "cannot open");
    gboolean read_whole = read_all(fd, buffer, error);
    close(fd);
    return read_whole;
}

gboolean input_read(const char *name, GByteArray *buffer, GError **error)
{
    g_byte_array_set_size(buffer, 0);
    if (!read_named(name, buffer, error))
        return FALSE;
    const char *fault = mail_shape_fault(input_octets(buffer));
    return fault == NULL || fail(error, EINVAL, fault);
}

Octets input_octets(const GByteArray *buffer)
{
    return (Octets){.data = (const char *)buffer->data, .size = buffer->len};
}
