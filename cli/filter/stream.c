/* SPDX-License-Identifier: BSD-2-Clause
 *
 * stream: see stream.h.
 */
#include "cli/filter/stream.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* TRUE when the call is to be made again, now or once there is something to do. */
static gboolean is_to_wait(int file, short events)
{
    if (errno == EINTR)
        return TRUE;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return FALSE;
    struct pollfd waiting = {.fd = file, .events = events};
    return poll(&waiting, 1, -1) > 0 || errno == EINTR;
}

static void fail(GError **error, const char *what)
{
    int number = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s: %s", what,
                g_strerror(number));
}

gssize stream_read(char *buffer, gsize size, GError **error)
{
    gssize got;
    while ((got = read(STDIN_FILENO, buffer, size)) < 0) {
        if (is_to_wait(STDIN_FILENO, POLLIN))
            continue;
        fail(error, "standard input cannot be read");
        return -1;
    }
    return got;
}

gboolean stream_write(Octets octets, GError **error)
{
    while (octets.size > 0) {
        ssize_t written = write(STDOUT_FILENO, octets.data, octets.size);
        if (written >= 0) {
            octets = octets_slice(octets, (gsize)written, octets.size);
            continue;
        }
        if (is_to_wait(STDOUT_FILENO, POLLOUT))
            continue;
        fail(error, "standard output cannot be written");
        return FALSE;
    }
    return TRUE;
}
