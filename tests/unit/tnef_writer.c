/* SPDX-License-Identifier: BSD-2-Clause */
#include "tnef_writer.h"

#include "common/tnef/little_endian.h"
#include "common/tnef/tnef.h"

GByteArray *tnef_writer_new(void)
{
    return g_byte_array_new();
}

Octets tnef_writer_octets(const GByteArray *out)
{
    return (Octets){(const char *)out->data, out->len};
}

static void append(GByteArray *out, Octets octets)
{
    if (octets.size > 0)
        g_byte_array_append(out, (const guint8 *)octets.data, (guint)octets.size);
}

void tnef_writer_u16(GByteArray *out, guint16 value)
{
    guint16 little = GUINT16_TO_LE(value);
    append(out, (Octets){(const char *)&little, sizeof little});
}

void tnef_writer_u32(GByteArray *out, guint32 value)
{
    guint32 little = GUINT32_TO_LE(value);
    append(out, (Octets){(const char *)&little, sizeof little});
}

void tnef_writer_u64(GByteArray *out, guint64 value)
{
    guint64 little = GUINT64_TO_LE(value);
    append(out, (Octets){(const char *)&little, sizeof little});
}

void tnef_writer_start(GByteArray *out)
{
    tnef_writer_hex(out, "789f3e22 3412");
}

void tnef_writer_attribute(GByteArray *out, guint8 level, guint32 id, Octets data)
{
    g_byte_array_append(out, &level, 1);
    tnef_writer_u32(out, id);
    tnef_writer_u32(out, (guint32)data.size);
    append(out, data);
    tnef_writer_u16(out, tnef_checksum(data));
}

void tnef_writer_hex(GByteArray *out, const char *hex)
{
    gboolean quoted = FALSE;
    for (const char *c = hex; *c != '\0'; c++) {
        guint8 octet = (guint8)*c;
        if (*c == '"') {
            quoted = !quoted;
            continue;
        }
        if (!quoted && *c == ' ')
            continue;
        if (!quoted) {
            octet = (guint8)(g_ascii_xdigit_value(c[0]) * 16 + g_ascii_xdigit_value(c[1]));
            c++;
        }
        g_byte_array_append(out, &octet, 1);
    }
}

void tnef_writer_inner_message(GByteArray *out, Octets stream)
{
    tnef_writer_hex(out, "01000000 0d000137 01000000");
    tnef_writer_u32(out, (guint32)stream.size + TNEF_GUID_SIZE);
    tnef_writer_hex(out, "07030200 0000 0000 c000000000000046");
    append(out, stream);
    for (gsize size = stream.size; size % 4 != 0; size++)
        tnef_writer_hex(out, "00");
}

void tnef_writer_reseal(GByteArray *stream)
{
    Octets octets = tnef_writer_octets(stream);
    for (gsize at = 6; octets.size >= 11 && at <= octets.size - 11;) {
        gsize size = little_endian_u32(octets, at + 5);
        if (size > octets.size - at - 11)
            return;
        guint16 sum = GUINT16_TO_LE(tnef_checksum(octets_slice(octets, at + 9, at + 9 + size)));
        memcpy(stream->data + at + 9 + size, &sum, sizeof sum);
        at += size + 11;
    }
}
