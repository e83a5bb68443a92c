/* SPDX-License-Identifier: BSD-2-Clause
 *
 * parts: where the calendar and TNEF parts of a message stand.
 *
 * One walk over the delimiter lines (RFC 2046) finds them, each as a range of the message's octets.
 * Nothing is decoded, and nothing is kept of an entity but where it matters: time is linear in the
 * message, memory is bounded by the nesting and by what is found.
 */
#ifndef CALMEND_PARTS_H
#define CALMEND_PARTS_H

#include "common/mail/message.h"
#include "common/mail/mime_head.h"

typedef struct {
    guint count; /* of MIME parts in a message, containers too */
    guint depth; /* nesting of multiparts and messages */
} PartsLimits;

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
    TransferEncoding noisy_encoding; /* the only Content-Transfer-Encoding field is one of the five,
                                        then blanks and at most one `;`, at least one of these:
                                        which one; else TRANSFER_UNKNOWN */
    gsize noise;                     /* these are [noise, noise_end) of the message */
    gsize noise_end;
    PartSeal seal;
    gsize content; /* the encoded content is [content, content_end) of the message */
    gsize content_end;
    gboolean in_multipart;
    gboolean closed;              /* a delimiter line of its own multipart follows the content */
    FieldPlace content_type;      /* its fields of that name */
    FieldPlace transfer_encoding; /* Content-Transfer-Encoding */
    gboolean is_attachment;       /* Content-Disposition says so */
} Part;

/* A calendar behind the closing delimiter of a multipart, where no reader looks for parts: the
 * first line there that begins with BEGIN:VCALENDAR, in any case. */
typedef struct {
    char *number; /* of the multipart; empty where it is the message itself */
    gsize line;   /* first octet of that line */
} StrayCalendar;

typedef enum {
    PARTS_OK,
    PARTS_TOO_MANY, /* more parts or a deeper nesting than the limits */
    PARTS_TOO_LONG, /* a Content-Type field that matters has more parameters than are read */
} PartsStatus;

/* One-time initialization of GMime. */
void parts_init(void);

/* The calendar and TNEF parts of `message`, in its order, appended to `parts`, an array made by
 * parts_new; and to `strays`, an array made by parts_new_strays, or NULL, the stray calendars. At a
 * limit the walk ends, and they are what was found before. */
PartsStatus parts_find_all(const Message *message, const PartsLimits *limits, GArray *parts,
                           GArray *strays);

/* The same without stray calendars. */
PartsStatus parts_find(const Message *message, const PartsLimits *limits, GArray *parts);

/* An empty array of Part, or of StrayCalendar, that frees its elements. Owned by the caller,
 * g_array_unref. */
GArray *parts_new(void);
GArray *parts_new_strays(void);

/* The encoded content of a part. */
Octets part_content(const Message *message, const Part *part);

#endif
