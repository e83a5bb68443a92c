/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tnef: a TNEF stream ([MS-OXTNEF] 2) as attributes and properties with positions.
 *
 * The reader is strict and bounded: no length and no count of the input is believed before it was
 * held against the octets that are there, messages inside of the message are taken from a list
 * instead of by recursion, and the limits end it. It says where everything stands and converts
 * nothing. Checksums are verified on the way. It never fails: the first inconsistency is kept as
 * the stream's problem. A wrong checksum lets the reader go on, any other one ends it.
 */
#ifndef CALMEND_TNEF_H
#define CALMEND_TNEF_H

#include "common/mail/octets.h"

#define TNEF_NONE      G_MAXUINT
#define TNEF_DEPTH     10 /* messages inside of messages */
#define TNEF_GUID_SIZE 16U

/* How a property of a name is named: by a number, or by a string. */
#define TNEF_NAME_LID    0U
#define TNEF_NAME_STRING 1U

/* Attributes that the rules look at ([MS-OXTNEF] 2.1.3.2). */
#define TNEF_ATT_MESSAGE_CLASS 0x00078008U
#define TNEF_ATT_MESSAGE_PROPS 0x00069003U
#define TNEF_ATT_RECIPIENTS    0x00069004U
#define TNEF_ATT_RENDER_DATA   0x00069002U /* the first of every attachment */
#define TNEF_ATT_ATTACHMENT    0x00069005U

/* Property types ([MS-OXCDATA] 2.11.1) that the rules look at. */
#define TNEF_TYPE_STRING8 0x001eU
#define TNEF_TYPE_UNICODE 0x001fU
#define TNEF_TYPE_SYSTIME 0x0040U

/* What contradicts the format, each with its own text. */
typedef enum {
    TNEF_SOUND,
    TNEF_NO_SIGNATURE,
    TNEF_TRAILING_OCTETS,
    TNEF_UNKNOWN_LEVEL,
    TNEF_WRONG_LEVEL,
    TNEF_ATTRIBUTE_PAST_END,
    TNEF_WRONG_CHECKSUM,
    TNEF_LIST_PAST_END,
    TNEF_LIST_TRAILING_OCTETS,
    TNEF_UNKNOWN_TYPE,
    TNEF_UNKNOWN_NAME,
    TNEF_NAME_PAST_END,
    TNEF_VALUE_COUNT,
    TNEF_VALUE_PAST_END,
    TNEF_OBJECT_TOO_SHORT,
} TnefProblem;

/* A message: the whole stream, or one inside of an attachment of another. A message's attributes
 * and properties stand together in the arrays, in the order of the stream. */
typedef struct {
    guint attribute; /* the one around it, or TNEF_NONE for the outermost */
    guint depth;     /* 0 for the outermost */
    gsize start;
    gsize end;
    guint attributes; /* its own are [attributes, attributes_end) */
    guint attributes_end;
    guint properties; /* its own are [properties, properties_end) */
    guint properties_end;
} TnefMessage;

typedef struct {
    guint message;    /* that it belongs to */
    guint attachment; /* counted from 1; 0 for what is the message's */
    guint32 id;
    gsize data; /* its checksum, two octets, stands at data + size */
    gsize size;
} TnefAttribute;

typedef struct {
    guint attribute; /* that it stands in */
    guint row;       /* of attRecipTable, counted from 1; 0 elsewhere */
    guint16 type;
    guint16 id;
    gsize name;  /* its GUID, kind and LID or string; 0 where the id is not that of a name */
    gsize value; /* its one value; with several, or of an unknown length, where they begin */
    gsize size;  /* of all of it, without padding */
} TnefProperty;

typedef struct {
    Octets octets;      /* borrowed */
    GArray *messages;   /* TnefMessage: the outermost first, then those inside */
    GArray *attributes; /* TnefAttribute */
    GArray *properties; /* TnefProperty */
    guint max_elements; /* the limits */
    guint max_properties;
    guint elements;            /* attributes and recipient rows */
    gboolean over_limits;      /* the reader stopped early */
    TnefProblem problem;       /* the first one */
    gsize problem_offset;      /* where in the octets */
    guint32 problem_attribute; /* the id of the attribute it is in, or 0 */
} Tnef;

/* How a property is known: by its id, or by property set and LID. The id of a name is one that the
 * writer made up. */
typedef struct {
    const char *name; /* in [MS-OXPROPS] */
    guint16 type;
    guint16 id;      /* 0 for one that is known by set and LID */
    const char *set; /* 16 octets of a GUID as they are written */
    guint32 lid;
} TnefName;

/* TRUE when `octets` begin as a TNEF stream does. */
gboolean tnef_has_signature(Octets octets);

/* Reads `octets`, at most so many attributes and recipient rows together, and properties. */
void tnef_init(Tnef *tnef, Octets octets, guint max_elements, guint max_properties);
void tnef_clear(Tnef *tnef);

const TnefMessage *tnef_message(const Tnef *tnef, guint message);
const TnefAttribute *tnef_attribute(const Tnef *tnef, guint attribute);
const TnefProperty *tnef_property(const Tnef *tnef, guint property);

/* TRUE when the property is the one of that name and type. */
gboolean tnef_property_is(const Tnef *tnef, const TnefProperty *property, const TnefName *name);

/* The octets of a property's value. */
Octets tnef_value(const Tnef *tnef, const TnefProperty *property);

/* The value of a PT_SYSTIME property, as a FILETIME. */
guint64 tnef_filetime(const Tnef *tnef, const TnefProperty *property);

/* The sum of the octets mod 65536 ([MS-OXTNEF] 2.1.3.1), and the one that stands after an
 * attribute. */
guint16 tnef_checksum(Octets octets);
guint16 tnef_attribute_checksum(const Tnef *tnef, const TnefAttribute *attribute);

/* For the rooms of the reader. Keeps the first problem, with its place and the id of the attribute
 * it is in, or 0; always FALSE, for the callers to return. */
gboolean tnef_note_problem(Tnef *tnef, TnefProblem problem, gsize offset, guint32 attribute);

/* For the rooms of the reader: counts one more attribute or row. FALSE when that is one too many.
 */
gboolean tnef_count_element(Tnef *tnef);

/* The stream's problem in a clause, with the place. Owned by the caller, g_free. */
char *tnef_problem_text(const Tnef *tnef);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tnef, tnef_clear)

#endif
