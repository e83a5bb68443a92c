/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mime_field: the value of a structured MIME field, with the position of everything in it.
 *
 * It follows RFC 2045 5.1 with the blanks, folds and comments of RFC 5322 3.2.2 and knows the names
 * of RFC 2231, so that a parameter can be edited where it stands. A field that does not follow them
 * is read all the same, as leniently as mail readers do, and says so: such a field tells which
 * parameters somebody may find in it, and is no place for an edit. Time is linear in the field's
 * length, parameters are bounded, and nothing fails.
 */
#ifndef CALMEND_MIME_FIELD_H
#define CALMEND_MIME_FIELD_H

#include "common/mail/octets.h"

/* A field with more parameters is read up to here and is not well formed. */
#define MIME_FIELD_MAX_PARAMETERS 1000

typedef enum {
    MIME_FIELD_TYPE,  /* TYPE/SUBTYPE and parameters: Content-Type */
    MIME_FIELD_TOKEN, /* TOKEN and parameters: Content-Disposition, Content-Transfer-Encoding */
} MimeFieldForm;

/* Positions are those of the field's value. */
typedef struct {
    gsize start;        /* first octet of the name */
    gsize name_end;     /* one past the name, what RFC 2231 adds to it left out */
    gsize value;        /* first octet of the value, inside of its quotes */
    gsize value_end;    /* one past the value, inside of its quotes */
    gboolean has_value; /* a `=` follows the name */
    gboolean quoted;
    gboolean extended; /* the name has a `*` (RFC 2231) */
    gboolean encoded;  /* the name ends in `*`: the value is percent-encoded (RFC 2231 4) */
    gint section;      /* of a continued value (RFC 2231 3), from 0; -1: not continued */
} MimeParameter;

typedef struct {
    Octets value;   /* borrowed; what stands behind a NUL is left out */
    gsize type;     /* first octet of the type, or of the token */
    gsize type_end; /* the same as `type` where there is none */
    gsize subtype;  /* MIME_FIELD_TYPE: where there is none, there is no type either */
    gsize subtype_end;
    gboolean complete;          /* it follows the grammar to its end */
    gboolean well_formed;       /* and it has no octet over 7F and no control character */
    gboolean ends_in_semicolon; /* comments and blanks aside */
    gboolean over_limit;        /* more than MIME_FIELD_MAX_PARAMETERS */
    GArray *parameters;         /* MimeParameter, in order: all with a name */
} MimeField;

/* Reads `value`, all behind the colon of a field, folds included. `field` is zero-initialized or
 * was read before. mime_field_clear frees what it holds. */
void mime_field_read(MimeField *field, Octets value, MimeFieldForm form);
void mime_field_clear(MimeField *field);

/* TRUE when the type is `type`/`subtype`, compared without case. */
gboolean mime_field_is_type(const MimeField *field, const char *type, const char *subtype);

/* TRUE when there is a type, or a token. */
gboolean mime_field_has_type(const MimeField *field);

/* How many parameters have that name in any form: `name`, `name*`, `name*0`, with and without a
 * value. */
guint mime_field_count(const MimeField *field, const char *name);

/* The first parameter of that name in any form, compared without case, or NULL. Borrowed. */
const MimeParameter *mime_field_find(const MimeField *field, const char *name);

/* The octets of that parameter's value as its writer meant them: quotes, folds, sections and
 * percent signs undone, in whatever charset they are. NULL where there is none, or none that has a
 * value. Owned by the caller. */
GString *mime_field_value(const MimeField *field, const char *name);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MimeField, mime_field_clear)

#endif
