/* SPDX-License-Identifier: BSD-2-Clause
 *
 * read_shield: tells on which descriptor the callbacks of libmilter run (origin).
 *
 * libmilter reads the MTA's packets by read(2), which this program has of its own; it is found
 * before that of the C library, and does the same by readv(2). Where it is not found, no connection
 * is of a listener.
 */
#include "milter/service/origin.h"

#include <sys/uio.h>
#include <unistd.h>

ssize_t read(int descriptor, void *octets, size_t size)
{
    const struct iovec place = {.iov_base = octets, .iov_len = size};
    origin_reads(descriptor);
    return readv(descriptor, &place, 1);
}
