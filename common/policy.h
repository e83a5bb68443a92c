/* SPDX-License-Identifier: BSD-2-Clause
 *
 * policy: what the engine may do, and how much it may do of it.
 *
 * A plain value that the settings fill. It is read only while messages are repaired, so that any
 * number of threads share one.
 */
#ifndef CALMEND_POLICY_H
#define CALMEND_POLICY_H

#include "common/rules/rules.h"

typedef struct {
    gsize message_bytes; /* octets of a message that is examined at all */
    guint parts;         /* MIME parts in a message */
    guint depth;         /* nesting of multiparts and messages */
    guint components;    /* in a calendar; attributes and recipient rows in a TNEF stream */
    guint content_lines; /* in a calendar; properties in a TNEF stream */
} PolicyLimits;

typedef struct {
    RuleLevel *levels;          /* by row of rules_table() */
    gboolean leave_dkim_signed; /* a message with a DKIM-Signature field is reported and left */
    PolicyLimits limits;
    char *host; /* named in the X-Calmend field */
} Policy;

/* The default policy: rules at RULE_DEFAULT, the limits of the manual, this host's name. */
void policy_init(Policy *policy);
void policy_clear(Policy *policy);

/* Sets the level of a rule, or of every rule of a family. FALSE when there is none of that name. */
gboolean policy_set_level(Policy *policy, const char *name, RuleLevel level);

/* What a row does under this policy. */
RuleAction policy_action(const Policy *policy, const Rule *rule);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Policy, policy_clear)

#endif
