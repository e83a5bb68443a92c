/* SPDX-License-Identifier: BSD-2-Clause
 *
 * field_changes: what an MTA is told of header fields, derived from the edits of octets.
 *
 * Edits of octets are the only edits. An MTA takes whole fields, by name and number; so all edits
 * of one field together are one change of it. Changes come from the last field to the first, that a
 * removal does not shift the number of another, and what comes in at the top last.
 */
#ifndef CALMEND_FIELD_CHANGES_H
#define CALMEND_FIELD_CHANGES_H

#include "common/mail/message.h"

typedef enum {
    FIELD_INSERT, /* at the top: smfi_insheader index 0 */
    FIELD_CHANGE, /* smfi_chgheader */
    FIELD_REMOVE, /* smfi_chgheader with a NULL value */
} FieldChangeKind;

typedef struct {
    FieldChangeKind kind;
    char *name;
    guint index; /* among the fields of that name, from 1; 0 for FIELD_INSERT */
    char *value; /* all behind the colon, leading blank included, folds as LF; NULL: remove */
} FieldChange;

/* The changes (FieldChange) that `edits`, sorted edits on the octets of the message, make in its
 * header. Frees its elements; owned by the caller, g_array_unref. */
GArray *field_changes_new(const Message *message, const GArray *edits);

/* The first of `edits` that stands in the body. */
guint field_changes_body(const Message *message, const GArray *edits);

#endif
