/* SPDX-License-Identifier: BSD-2-Clause
 *
 * draft: the edits of one round, and the verbs that make them.
 *
 * The verbs are the only door to edits. Each says, beside the octets, what must be read afterwards;
 * that is all that the guard knows. What one finding needs is made as a whole or not at all: where
 * it runs into an edit of an earlier case of the round, it waits for the next round.
 */
#ifndef CALMEND_DRAFT_H
#define CALMEND_DRAFT_H

#include "common/calendar/calendar.h"
#include "common/calendar/expect.h"
#include "common/mail/splice.h"
#include "common/rules/field_facts.h"
#include "common/rules/rule.h"

/* An edit of the round, of which case it is, and in which component it stands. */
typedef struct {
    Edit edit;
    guint expect;    /* the number of what it expects, which edits of one line may share */
    guint finding;   /* the number of its finding in this round */
    guint order;     /* of its case in the table */
    guint component; /* innermost component of the line, or CALENDAR_NONE for the text */
    guint owner;     /* what the guard withdraws it with: the component directly in a VCALENDAR, the
                        VCALENDAR, or CALENDAR_NONE */
    gboolean refused;
} DraftEdit;

struct Draft {
    const Calendar *calendar;
    GStringChunk *strings;
    GArray *edits;    /* DraftEdit, in the order in which they were made */
    GArray *expects;  /* Expect */
    GArray *earlier;  /* Edit, sorted: those of the cases before this one */
    guint case_first; /* index in `edits` of the first edit of this case */
    guint first;      /* the first edit of the finding in hand */
    guint finding;    /* its number */
    guint order;      /* of the case in hand */
    guint component;  /* of the finding in hand */
    guint owner;
    gboolean waiting;        /* a finding waits for the next round */
    gboolean takes_line_end; /* some line ending goes, and the others may now be all alike */
    gsize most;              /* edits that the draft takes */
    gsize most_octets;       /* octets of their texts that it takes */
    gsize octets;            /* those that it was given */
    gboolean is_full;        /* it was to take more */
    GArray *fields; /* Edit on the message: header fields of the part, in the order of the cases */
    guint field_first; /* the first of the finding in hand */
};

void draft_init(Draft *draft, const Calendar *calendar, GStringChunk *strings);
void draft_clear(Draft *draft);

/* What an edit expects. Borrowed until the next edit. */
const Expect *draft_expect(const Draft *draft, const DraftEdit *edit);

/* A case begins. */
void draft_begin_case(Draft *draft, guint order);

/* A finding begins, in a component. */
void draft_begin(Draft *draft, guint finding, guint component, guint owner);

/* The finding is whole. FALSE, and nothing of it is kept, where it must wait. */
gboolean draft_commit(Draft *draft);

/* ---- verbs; all positions are of the calendar's text ---- */

/* A content line "PROPERTY:VALUE" comes in at `offset`, the start of a line, with the line ending
 * before it; folded where it is longer than 75 octets. */
void draft_insert_line(Draft *draft, gsize offset, const char *property, const char *value);

/* The value of a line, blanks around it aside, becomes `value`; an empty one comes in directly
 * behind the colon. */
void draft_set_value(Draft *draft, const ContentLine *line, const char *property,
                     const char *value);

/* The line goes, with its folds and its line ending. */
void draft_delete_line(Draft *draft, const ContentLine *line, const char *property);

/* The parameter goes. */
void draft_remove_parameter(Draft *draft, const Parameter *parameter, const char *property,
                            const char *name, const char *value);

/* [start, end) becomes `text`, and a reader must see what `expect` says. */
void draft_reshape(Draft *draft, gsize start, gsize end, Octets text, Expect expect);

/* [start, end) becomes `text`, and the content lines stay what they are. */
void draft_retext(Draft *draft, gsize start, gsize end, Octets text);

/* Whole lines come in at `offset`: a component of that name. */
void draft_insert_component(Draft *draft, gsize offset, Octets text, const char *name);

/* [start, end) of the message, in a header field of the part, becomes `text`. */
void draft_edit_field(Draft *draft, gsize start, gsize end, Octets text);

/* A parameter comes in at the very end of the part's Content-Type, behind what was appended. */
void draft_append_parameter(Draft *draft, FieldFacts *facts, const char *name, const char *value);

/* The value of a plain parameter of it becomes `value`; quotes stay. */
void draft_set_field_parameter(Draft *draft, const FieldFacts *facts,
                               const MimeParameter *parameter, const char *value);

/* A text that lives as long as the plan. */
Octets draft_keep(Draft *draft, const GString *text);

#endif
