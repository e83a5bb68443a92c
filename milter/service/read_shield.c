/* SPDX-License-Identifier: BSD-2-Clause
 *
 * read_shield: tells on which descriptor the callbacks of libmilter run (origin).
 *
 * libmilter reads the MTA's packets by read(2), or by what glibc makes of it where the size of a
 * buffer is checked (_FORTIFY_SOURCE). This program has both of its own; they are found before
 * those of the C library, and do the same by readv(2). Where they are not found, no connection is
 * of a listener.
 */
#include "milter/service/origin.h"

#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

static ssize_t read_noted(int descriptor, void *octets, size_t size)
{
    const struct iovec place = {.iov_base = octets, .iov_len = size};
    origin_reads(descriptor);
    return readv(descriptor, &place, 1);
}

ssize_t read(int descriptor, void *octets, size_t size)
{
    return read_noted(descriptor, octets, size);
}

#ifdef __GLIBC__
ssize_t __read_chk(int descriptor, void *octets, size_t size, size_t room);

/* A size above the room is a bug of the caller. */
ssize_t __read_chk(int descriptor, void *octets, size_t size, size_t room)
{
    if (size > room)
        abort();
    return read_noted(descriptor, octets, size);
}
#endif
