/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_wire: see milter_wire.h. The socket is non-blocking: a write is tried first and waited for
 * only when it would block; a read is waited for first, as an answer is rarely there already.
 */
#include "cli/milter/milter_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define LENGTH_BYTES 4
#define GATHER_MAX   8192
#define IN_INITIAL   (72 * 1024)
/* libmilter keeps to 64 KiB of data; what is far beyond it is no milter packet. */
#define PACKET_MAX (1024 * 1024)

struct MilterWire {
    int fd;
    gint64 timeout; /* microseconds */
    gboolean broken;
    GByteArray *out;
    guint packet; /* where the length of the packet being built stands in `out` */
    guint8 *in;
    gsize in_start; /* unread octets are [in_start, in_end) */
    gsize in_end;
    gsize in_size;
};

G_DEFINE_QUARK(calmend - milter - client - error - quark, milter_client_error)

MilterWire *milter_wire_new(int fd, double timeout)
{
    MilterWire *wire = g_new0(MilterWire, 1);
    wire->fd = fd;
    wire->timeout = (gint64)(timeout * G_USEC_PER_SEC);
    wire->out = g_byte_array_new();
    wire->in_size = IN_INITIAL;
    wire->in = g_malloc(wire->in_size);
    return wire;
}

void milter_wire_free(MilterWire *wire)
{
    if (wire == NULL)
        return;
    close(wire->fd);
    g_byte_array_unref(wire->out);
    g_free(wire->in);
    g_free(wire);
}

gboolean milter_wire_is_usable(const MilterWire *wire)
{
    return !wire->broken;
}

static void wire_append(MilterWire *wire, const void *data, gsize size)
{
    if (size > 0)
        g_byte_array_append(wire->out, data, (guint)size);
}

void milter_wire_begin(MilterWire *wire, char command)
{
    wire->packet = wire->out->len;
    milter_wire_add_number(wire, 0);
    wire_append(wire, &command, 1);
}

void milter_wire_add_octets(MilterWire *wire, Octets octets)
{
    wire_append(wire, octets.data, octets.size);
}

void milter_wire_add_string(MilterWire *wire, Octets string)
{
    wire_append(wire, string.data, string.size);
    wire_append(wire, "", 1);
}

void milter_wire_add_number(MilterWire *wire, guint32 number)
{
    guint32 ordered = htonl(number);
    wire_append(wire, &ordered, sizeof ordered);
}

void milter_wire_add_port(MilterWire *wire, guint16 port)
{
    guint16 ordered = htons(port);
    wire_append(wire, &ordered, sizeof ordered);
}

void milter_wire_end(MilterWire *wire)
{
    guint32 length = htonl(wire->out->len - wire->packet - LENGTH_BYTES);
    memcpy(wire->out->data + wire->packet, &length, sizeof length);
}

static gboolean wire_fail_errno(MilterWire *wire, const char *what, GError **error)
{
    wire->broken = TRUE;
    if (errno == EPIPE || errno == ECONNRESET)
        g_set_error(error, MILTER_CLIENT_ERROR, MILTER_CLIENT_ERROR_CLOSED,
                    "the milter closed the connection early");
    else
        g_set_error(error, MILTER_CLIENT_ERROR, MILTER_CLIENT_ERROR_CLOSED, "%s: %s", what,
                    g_strerror(errno));
    return FALSE;
}

/* Waits until the socket is ready for `events` or the deadline has passed. */
static gboolean wire_wait(MilterWire *wire, short events, gint64 deadline, GError **error)
{
    struct pollfd entry = {.fd = wire->fd, .events = events};
    for (;;) {
        gint64 left = (deadline - g_get_monotonic_time() + 999) / 1000;
        int ready = poll(&entry, 1, (int)CLAMP(left, 0, G_MAXINT));
        if (ready > 0)
            return TRUE;
        if (ready < 0 && errno != EINTR)
            return wire_fail_errno(wire, "poll", error);
        if (ready == 0 && left <= 0)
            break;
    }
    wire->broken = TRUE;
    g_set_error(error, MILTER_CLIENT_ERROR, MILTER_CLIENT_ERROR_TIMEOUT,
                "no answer within %.4g seconds", (double)wire->timeout / G_USEC_PER_SEC);
    return FALSE;
}

/* Takes `sent` octets off the front of the pieces. */
static void pieces_advance(struct iovec *pieces, gsize count, gsize sent)
{
    for (gsize i = 0; i < count && sent > 0; i++) {
        gsize step = MIN(sent, pieces[i].iov_len);
        pieces[i].iov_base = (char *)pieces[i].iov_base + step;
        pieces[i].iov_len -= step;
        sent -= step;
    }
}

static gsize pieces_size(const struct iovec *pieces, gsize count)
{
    gsize size = 0;
    for (gsize i = 0; i < count; i++)
        size += pieces[i].iov_len;
    return size;
}

static gboolean wire_send(MilterWire *wire, struct iovec *pieces, gsize count, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + wire->timeout;
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
    while (pieces_size(pieces, count) > 0) {
        gssize sent = sendmsg(wire->fd, &message, MSG_NOSIGNAL);
        if (sent >= 0)
            pieces_advance(pieces, count, (gsize)sent);
        else if (errno != EAGAIN && errno != EINTR)
            return wire_fail_errno(wire, "cannot write to the milter", error);
        else if (!wire_wait(wire, POLLOUT, deadline, error))
            return FALSE;
    }
    g_byte_array_set_size(wire->out, 0);
    return TRUE;
}

gboolean milter_wire_flush(MilterWire *wire, GError **error)
{
    struct iovec piece = {.iov_base = wire->out->data, .iov_len = wire->out->len};
    return wire_send(wire, &piece, 1, error);
}

gboolean milter_wire_put(MilterWire *wire, char command, Octets data, GError **error)
{
    milter_wire_begin(wire, command);
    if (data.size <= GATHER_MAX) {
        milter_wire_add_octets(wire, data);
        milter_wire_end(wire);
        return TRUE;
    }
    guint32 length = htonl((guint32)data.size + 1);
    memcpy(wire->out->data + wire->packet, &length, sizeof length);
    struct iovec pieces[] = {
        {.iov_base = wire->out->data, .iov_len = wire->out->len},
        {.iov_base = (char *)data.data, .iov_len = data.size},
    };
    return wire_send(wire, pieces, G_N_ELEMENTS(pieces), error);
}

/* Makes sure that `size` unread octets stand in one run, waiting for them until the deadline. */
static gboolean wire_fill(MilterWire *wire, gsize size, gint64 deadline, GError **error)
{
    if (wire->in_start == wire->in_end)
        wire->in_start = wire->in_end = 0;
    if (wire->in_start + size > wire->in_size) {
        memmove(wire->in, wire->in + wire->in_start, wire->in_end - wire->in_start);
        wire->in_end -= wire->in_start;
        wire->in_start = 0;
        wire->in_size = MAX(wire->in_size, size);
        wire->in = g_realloc(wire->in, wire->in_size);
    }
    while (wire->in_end - wire->in_start < size) {
        if (!wire_wait(wire, POLLIN, deadline, error))
            return FALSE;
        gssize got = recv(wire->fd, wire->in + wire->in_end, wire->in_size - wire->in_end, 0);
        if (got == 0)
            errno = ECONNRESET;
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return wire_fail_errno(wire, "cannot read from the milter", error);
        if (got > 0)
            wire->in_end += (gsize)got;
    }
    return TRUE;
}

gboolean milter_wire_get(MilterWire *wire, MilterPacket *packet, GError **error)
{
    gint64 deadline = g_get_monotonic_time() + wire->timeout;
    guint32 length;
    if (wire->out->len > 0 && !milter_wire_flush(wire, error))
        return FALSE;
    if (!wire_fill(wire, LENGTH_BYTES, deadline, error))
        return FALSE;
    memcpy(&length, wire->in + wire->in_start, sizeof length);
    length = ntohl(length);
    if (length == 0 || length > PACKET_MAX) {
        g_set_error(error, MILTER_CLIENT_ERROR, MILTER_CLIENT_ERROR_PROTOCOL,
                    "the answer is no packet of the milter protocol");
        return FALSE;
    }
    if (!wire_fill(wire, LENGTH_BYTES + (gsize)length, deadline, error))
        return FALSE;
    const char *content = (const char *)wire->in + wire->in_start + LENGTH_BYTES;
    packet->command = content[0];
    packet->data = (Octets){.data = content + 1, .size = length - 1};
    wire->in_start += LENGTH_BYTES + (gsize)length;
    return TRUE;
}
