/* SPDX-License-Identifier: BSD-2-Clause
 *
 * little_endian: numbers as TNEF writes them, least octet first, at any address.
 *
 * The caller has checked that the octets are there.
 */
#ifndef CALMEND_LITTLE_ENDIAN_H
#define CALMEND_LITTLE_ENDIAN_H

#include "common/mail/octets.h"

#include <string.h>

static inline guint16 little_endian_u16(Octets octets, gsize at)
{
    guint16 value;
    memcpy(&value, octets.data + at, sizeof value);
    return GUINT16_FROM_LE(value);
}

static inline guint32 little_endian_u32(Octets octets, gsize at)
{
    guint32 value;
    memcpy(&value, octets.data + at, sizeof value);
    return GUINT32_FROM_LE(value);
}

static inline guint64 little_endian_u64(Octets octets, gsize at)
{
    guint64 value;
    memcpy(&value, octets.data + at, sizeof value);
    return GUINT64_FROM_LE(value);
}

#endif
