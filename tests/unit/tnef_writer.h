/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tnef_writer: small TNEF streams for the tests ([MS-OXTNEF] 2).
 *
 * Everything is appended to an array of octets: the start of a stream, attributes, and what stands
 * in them, written as hexadecimal words. Nothing is checked, so that a test can write what is
 * wrong.
 */
#ifndef CALMEND_TNEF_WRITER_H
#define CALMEND_TNEF_WRITER_H

#include "common/mail/octets.h"

#define WRITER_MESSAGE    1
#define WRITER_ATTACHMENT 2

/* An empty array. Owned by the caller, g_byte_array_unref. */
GByteArray *tnef_writer_new(void);

Octets tnef_writer_octets(const GByteArray *out);

/* Signature and key. */
void tnef_writer_start(GByteArray *out);

/* An attribute with the right checksum. */
void tnef_writer_attribute(GByteArray *out, guint8 level, guint32 id, Octets data);

/* Octets written as hexadecimal digits; blanks do not count. Text in quotes stands for itself. */
void tnef_writer_hex(GByteArray *out, const char *hex);

void tnef_writer_u16(GByteArray *out, guint16 value);
void tnef_writer_u32(GByteArray *out, guint32 value);
void tnef_writer_u64(GByteArray *out, guint64 value);

/* A property of type PT_OBJECT with a message inside, in a list of its own. */
void tnef_writer_inner_message(GByteArray *out, Octets stream);

/* Makes the checksums of the outermost attributes right again, as far as there are attributes. */
void tnef_writer_reseal(GByteArray *stream);

#endif
