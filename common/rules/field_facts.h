/* SPDX-License-Identifier: BSD-2-Clause
 *
 * field_facts: the Content-Type field of a part, as the rules for it need it.
 *
 * Read when it is first asked for. A field is edited only where it is the part's only one and
 * follows RFC 2045 5.1 to its end.
 */
#ifndef CALMEND_FIELD_FACTS_H
#define CALMEND_FIELD_FACTS_H

#include "common/mail/mime_field.h"
#include "common/mail/parts.h"

typedef struct {
    gboolean is_read;
    gboolean is_editable;
    gboolean is_malformed; /* the only one, and it does not follow RFC 2045 5.1 to its end */
    gsize start;           /* of the field's value in the message */
    gsize size;            /* of it, to its very end */
    MimeField field;
    guint appended;  /* parameters that were appended so far */
    GPtrArray *done; /* the rules that have made their edit */
} FieldFacts;

void field_facts_init(FieldFacts *facts);
void field_facts_clear(FieldFacts *facts);

/* Reads the field of `part`, once. */
void field_facts_read(FieldFacts *facts, const Message *message, const Part *part);

/* The only parameter of that name, where it is plain: NAME=token or NAME="quoted". Else NULL.
 * Borrowed. */
const MimeParameter *field_facts_plain(const FieldFacts *facts, const char *name);

/* The value of a plain parameter as it stands between its quotes. */
Octets field_facts_value(const FieldFacts *facts, const MimeParameter *parameter);

#endif
