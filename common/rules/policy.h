/* SPDX-License-Identifier: BSD-2-Clause
 *
 * policy: what the engine may do, and how much it may do of it.
 *
 * A plain value that the settings fill. It is read only while messages are repaired, so that any
 * number of threads share one. What the settings say of the rules is compiled once, into the list
 * of cases that are looked at and what each then does.
 */
#ifndef CALMEND_POLICY_H
#define CALMEND_POLICY_H

#include "common/calendar/calendar.h"
#include "common/mail/parts.h"
#include "common/rules/rules.h"

typedef struct {
    gsize message_bytes; /* octets of a message that is examined at all */
    PartsLimits parts;
    CalendarLimits calendar; /* of a calendar; in a TNEF stream components are attributes and
                                recipient rows, lines are properties */
} PolicyLimits;

/* What the settings say of one rule, by name. */
typedef enum {
    RULE_DEFAULT,
    RULE_ENABLED,
    RULE_DISABLED,
} RuleLevel;

/* A case that is looked at. */
typedef struct {
    const Rule *rule;
    const RuleCase *rule_case;
    const RuleAction *action;
    RuleSwitch turned_on_by;
} ActiveCase;

typedef struct {
    RuleLevel *levels;     /* by number of the rule; NULL in what two policies allow */
    RuleProfile profile;   /* PROFILE_INBOUND, PROFILE_OUTBOUND, or 0: neither */
    guint switches;        /* bits 1 << RuleSwitch: whose repairs are made */
    gboolean leave_signed; /* a message with a DKIM or ARC signature is reported and left */
    PolicyLimits limits;
    char *host;     /* named in the X-Calmend field */
    GArray *active; /* ActiveCase, in the order of the table */
} Policy;

/* The default policy: profile inbound, both switches on, the limits of the manual, this host's
 * name. */
void policy_init(Policy *policy);
void policy_clear(Policy *policy);

/* What both of two policies with the same limits allow: a case is looked at where both look at it,
 * and repaired where both repair it; a switch is on, and the stamp made, where both have it so; a
 * signature that one keeps is kept. Its levels are NULL: it can be changed no more. */
void policy_init_both(Policy *policy, const Policy *one, const Policy *other);

/* Sets the level of a rule, or of every rule of a family. What is disabled stays so when it is
 * enabled afterwards. FALSE when there is none of that name. */
gboolean policy_set_level(Policy *policy, const char *name, RuleLevel level);

void policy_set_profile(Policy *policy, RuleProfile profile);

/* What a case of a rule does when its switch is on; NULL: nothing, and it is not looked at. */
const RuleAction *policy_action(const Policy *policy, const Rule *rule, const RuleCase *rule_case);

/* TRUE when a case of the rule is looked at. */
gboolean policy_has_rule(const Policy *policy, const Rule *rule);

/* TRUE when the repairs of the family are switched on. */
gboolean policy_is_on(const Policy *policy, RuleSwitch which);

/* TRUE when an active rule reads the header field of that name, compared without case. */
gboolean policy_reads(const Policy *policy, const char *field);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Policy, policy_clear)

#endif
