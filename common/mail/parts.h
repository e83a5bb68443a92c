/* SPDX-License-Identifier: BSD-2-Clause
 *
 * parts: where the calendar and TNEF parts of a message stand.
 *
 * GMime reads the MIME structure (RFC 2045, 2046, 2231) and is asked for positions only: each
 * part's encoded content is a range of the message's octets. Nothing is decoded or copied here.
 */
#ifndef CALMEND_PARTS_H
#define CALMEND_PARTS_H

#include "common/mail/message.h"
#include "common/policy.h"

/* Content-Transfer-Encoding (RFC 2045 6). 7bit, 8bit and binary are one: the identity. */
typedef enum {
    TRANSFER_IDENTITY,
    TRANSFER_QUOTED_PRINTABLE,
    TRANSFER_BASE64,
    TRANSFER_UNKNOWN, /* none that MIME names */
} TransferEncoding;

/* What forbids a change to a part. */
typedef enum {
    SEAL_NONE,
    SEAL_SIGNED, /* inside multipart/signed, multipart/encrypted, application/pkcs7-mime or pgp-* */
    SEAL_QUOTED, /* inside message/rfc822 and its kin, or multipart/report */
} PartSeal;

typedef enum {
    PART_CALENDAR, /* text/calendar, application/ics */
    PART_TNEF,     /* application/ms-tnef, or named winmail.dat */
} PartKind;

typedef struct {
    PartKind kind;
    char *number;  /* section number, such as "1.2" (RFC 9051 6.4.5) */
    char *type;    /* media type in lower case, such as "text/calendar" */
    char *charset; /* NULL where the part names none */
    TransferEncoding encoding;
    PartSeal seal;
    gsize content; /* the encoded content is [content, content_end) of the message */
    gsize content_end;
    gboolean has_content_type; /* a Content-Type field of its own, at content_type_field */
    gsize content_type_field;  /* first octet of that field's name */
    gboolean has_method;       /* the field has a method parameter (RFC 6047 2.4) */
} Part;

typedef enum {
    PARTS_OK,
    PARTS_TOO_MANY, /* more parts or a deeper nesting than the limits: `parts` is what was found */
    PARTS_TOO_COSTLY, /* so many lines that may be boundaries of so many multiparts that telling
                         them apart would take minutes: nothing was looked for */
} PartsStatus;

/* One-time initialization of GMime. */
void parts_init(void);

/* The calendar and TNEF parts of `message`, in its order, appended to `parts`, an array made by
 * parts_new. */
PartsStatus parts_find(const Message *message, const PolicyLimits *limits, GArray *parts);

/* An empty array of Part that frees its elements. Owned by the caller, g_array_unref. */
GArray *parts_new(void);

/* The encoded content of a part. */
Octets part_content(const Message *message, const Part *part);

#endif
