/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mime_head: the header of one MIME entity, of which the Content- fields are read.
 *
 * Nothing is kept of other fields, however many there are. Of several fields of a name the last one
 * counts, but for what any of them says of a seal. Lines that are no fields are passed over, as
 * most readers have it. A delimiter line ends a header that no blank line ended (RFC 2046 5.1).
 */
#ifndef CALMEND_MIME_HEAD_H
#define CALMEND_MIME_HEAD_H

#include "common/mail/delimiters.h"
#include "common/mail/mime_field.h"

/* Content-Transfer-Encoding (RFC 2045 6). 7bit, 8bit and binary are one: the identity. */
typedef enum {
    TRANSFER_IDENTITY,
    TRANSFER_QUOTED_PRINTABLE,
    TRANSFER_BASE64,
    TRANSFER_UNKNOWN, /* none that MIME names */
} TransferEncoding;

/* Where the fields of a name stand, of which the last one counts: positions in the message. */
typedef struct {
    guint count;     /* of the fields of that name; 0: there is none, nor any position */
    gsize start;     /* first octet of the name */
    gsize value;     /* first octet after the colon */
    gsize value_end; /* where the line ending of its last line begins */
} FieldPlace;

typedef struct {
    gboolean has_fields; /* of any name */
    gsize body;        /* first octet behind the header: behind the blank line, or the size, or the
                          delimiter line */
    gboolean has_body; /* a blank line ended the header */

    FieldPlace type_place; /* Content-Type */
    MimeField type;        /* the last one; nothing of worth where there is none */
    gboolean is_signed;    /* one of them says that what is inside is signed or encrypted */
    gboolean is_quoted;    /* one of them says that what is inside is somebody else's message */

    FieldPlace encoding_place; /* Content-Transfer-Encoding */
    TransferEncoding encoding; /* comments and blanks aside, one of the five; none or nothing in it:
                                  the identity; fields that differ: unknown */
    TransferEncoding noisy; /* one of the five where the only field is that, then blanks and at most
                               one `;`, and at least one of these; else unknown */
    gsize noise;            /* behind that; to the end of the value */

    FieldPlace disposition_place; /* Content-Disposition */
    MimeField disposition;        /* the last one */
    gboolean is_attachment;       /* one of them says so */
} MimeHead;

/* Whose header it is. */
typedef enum {
    MIME_HEAD_MAIL, /* the mail's own */
    MIME_HEAD_PART, /* that of a part, or of a message inside of one */
} MimeHeadOwner;

/* Reads the header that begins at `start` of `octets`, the start of a line. `head` is
 * zero-initialized or was read before. mime_head_clear frees what it holds. */
void mime_head_read(MimeHead *head, Octets octets, gsize start, MimeHeadOwner owner,
                    const Delimiters *delimiters);
void mime_head_clear(MimeHead *head);

/* The type, compared without case. Where the header names none, none is. */
gboolean mime_head_is_type(const MimeHead *head, const char *type, const char *subtype);

/* TRUE for any type of multipart. */
gboolean mime_head_is_multipart(const MimeHead *head);

/* TRUE when the header names a type and a subtype. */
gboolean mime_head_has_type(const MimeHead *head);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MimeHead, mime_head_clear)

#endif
