/* SPDX-License-Identifier: BSD-2-Clause
 *
 * message: a mail as one run of octets, with the positions of its header fields.
 *
 * The octets are head, blank line, body, as a file holds them. The milter writes the fields that it
 * keeps in the same form in front of the body, so the engine sees one shape only. A line ends in
 * LF, with or without CR before it. An mbox "From " line at the start belongs to no field. The
 * octets stay the caller's and must outlive the message.
 */
#ifndef CALMEND_MESSAGE_H
#define CALMEND_MESSAGE_H

#include "common/mail/octets.h"

/* More fields of a message are not kept. */
#define MESSAGE_MAX_FIELDS 10000

/* One header field (RFC 5322 2.2): positions in the message, folds included. */
typedef struct {
    gsize start;     /* first octet of the name */
    gsize name_end;  /* one past the name */
    gsize value;     /* first octet after the colon */
    gsize value_end; /* where the line ending of its last line begins */
    gsize next;      /* one past that line ending */
} HeaderField;

typedef struct {
    Octets octets;         /* the whole message, borrowed */
    gsize head;            /* where the first header field stands: after a "From " line */
    gsize body;            /* first octet of the body: after the blank line, or the size */
    GArray *fields;        /* HeaderField, in order: the first MESSAGE_MAX_FIELDS */
    gboolean over_limit;   /* it has more fields */
    GPtrArray *recipients; /* of the envelope (RFC 5321 3.3), without angle brackets, borrowed; NULL
                              where the envelope is not known */
} Message;

/* Reads the field at `line`, the start of a line. FALSE when there is none. */
gboolean message_read_field(Octets octets, gsize line, HeaderField *field);

/* Reads the head of `octets`. A line that is no field and no fold ends the head, as an MTA has it.
 * Cannot fail; message_clear frees what it holds. */
void message_init(Message *message, Octets octets);
void message_clear(Message *message);

/* The name and the raw value (after the colon, folds and blanks included) of a field. */
Octets message_field_name(const Message *message, const HeaderField *field);
Octets message_field_value(const Message *message, const HeaderField *field);

/* The first field of that name, compared without case, or NULL. Borrowed. */
const HeaderField *message_find_field(const Message *message, const char *name);

/* How many fields have that name. */
guint message_count_fields(const Message *message, const char *name);

/* The value of a field as one line: folds undone, blanks around it gone. Owned by the caller,
 * g_free. */
char *message_field_text(const Message *message, const HeaderField *field);

/* Which one of the fields of its name a field is, counted from 1 as smfi_chgheader does. */
guint message_field_index(const Message *message, const HeaderField *field);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Message, message_clear)

#endif
