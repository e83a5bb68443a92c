/* SPDX-License-Identifier: BSD-2-Clause
 *
 * plan: what is wrong with a message, and what to change in it.
 *
 * A plan is data: findings for people, edits for the milter and the command. It changes nothing by
 * itself. Rooms that look at a part add to it; the findings of a repair that cannot be made after
 * all are withdrawn, with the reason. It owns every string that its findings and edits point to.
 */
#ifndef CALMEND_PLAN_H
#define CALMEND_PLAN_H

#include "common/mail/parts.h"
#include "common/mail/splice.h"
#include "common/rules/rule.h"

/* Why a finding has no edit. */
typedef enum {
    REASON_NONE,      /* it has one: it is repaired */
    REASON_LEAVE,     /* the rule only reports, or the value cannot be decided */
    REASON_SIGNED,    /* inside of a signed or encrypted part */
    REASON_QUOTED,    /* inside of a forwarded message or a report */
    REASON_MALFORMED, /* BEGIN and END do not nest, libical finds no component, a TNEF stream that
                         contradicts itself */
    REASON_CHARSET,   /* not compatible with ASCII */
    REASON_ENCODING,  /* the transfer encoding cannot be written back */
    REASON_LIMIT,     /* more than the policy's limits allow */
    REASON_POLICY,    /* the message has a signature that the policy keeps */
    REASON_GUARD,     /* libical read something else than intended in the edited calendar */
    REASON_SWITCH,    /* the switch of the rule's family is off */
    REASONS,
} Reason;

/* One defect at one place. Strings are owned by the plan; all but `rule`, `property` and `reason`
 * may be NULL. */
typedef struct {
    const Rule *rule;
    const RuleCase *rule_case; /* the case of it; NULL where the engine found it by itself */
    const char *part;          /* section number (RFC 9051 6.4.5), NULL for the message's header */
    const char *type;          /* media type of the part */
    const char
        *method; /* METHOD of the VCALENDAR or message class of the TNEF stream, as written */
    const char *uid;
    const char *producer;  /* PRODID */
    const char *component; /* such as VEVENT, or "recipient row 2" */
    const char *property;  /* property or field name of the rule */
    const char *old_value; /* NULL: absent */
    const char *new_value; /* NULL: removed, or left */
    const char *detail;    /* what is odd, in a few words, where old_value does not show it */
    Reason reason;
} Finding;

typedef struct {
    GArray *findings;      /* Finding, part by part in the order of the message, then its header */
    GArray *edits;         /* Edit on the octets of the message, sorted once it is made */
    GStringChunk *strings; /* what all of the above points to */
} Plan;

/* An empty plan. Owned by the caller, plan_free. */
Plan *plan_new(void);
void plan_free(Plan *plan);

/* TRUE when the plan has an edit. */
gboolean plan_changes(const Plan *plan);

/* By how many octets the plan makes the message larger; 0 where it makes it smaller. */
gsize plan_growth(const Plan *plan);

/* Adds the finding that `part` (NULL: the message) was not examined since it has more of something
 * than the limits allow; the format says of what. */
void plan_add_limit(Plan *plan, const Part *part, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* What was to be repaired from finding `first` on is not, for this reason. The edits are the
 * caller's to drop. */
void plan_withdraw(Plan *plan, guint first, Reason reason);

/* The plan without any edit: what was to be repaired is not, for this reason. */
void plan_drop_edits(Plan *plan, Reason reason);

/* Takes the strings that findings borrow from parts into the plan; before the parts go. */
void plan_keep_part_strings(Plan *plan);

/* A reason in one word, such as "signed", and in a clause for people. Static. */
const char *reason_word(Reason reason);
const char *reason_text(Reason reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

#endif
