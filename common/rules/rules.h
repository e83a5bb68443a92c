/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rules: the one table of what calmend looks for and does.
 *
 * Each family defines its rules in its own file; here they stand in the order in which they are
 * applied. Code, settings, `calmend rules`, metrics, tests and the manual read this table and
 * nothing else.
 */
#ifndef CALMEND_RULES_H
#define CALMEND_RULES_H

#include "common/rules/rule.h"

/* The file that turns the repairs of a family on. */
typedef enum {
    SWITCH_NONE,         /* always on: the family has no switch */
    SWITCH_TRACK_STATUS, /* FixRecipientTrackStatusTime */
    SWITCH_MAIL,         /* FixCalendarMail */
    SWITCHES,
} RuleSwitch;

typedef struct {
    const char *name;
    RuleSwitch turned_on_by;
    const char *summary; /* what its rules are about, a clause */
} Family;

/* How many rules there are; they are numbered in order from 0. */
guint rules_count(void);

/* The rule of a number below rules_count(). Borrowed, static. */
const Rule *rules_get(guint number);

/* The number of a rule of this table. */
guint rules_number(const Rule *rule);

/* All families, in the order of the table. Borrowed, static. */
const Family *rules_families(guint *count);

/* The family of a rule, and its number among the families. */
const Family *rules_family(const Rule *rule);
guint rules_family_number(const Rule *rule);

/* TRUE when the rule has that name or belongs to the family of that name. */
gboolean rules_is_called(const Rule *rule, const char *name);

/* TRUE when a rule or family of that name exists. */
gboolean rules_exists(const char *name);

/* TRUE when enabling the rule or family changes or confirms a repair: FALSE for one that only
 * reports. */
gboolean rules_can_enable(const char *name);

/* The name of a switch file as it is created in the folder of the settings; NULL for SWITCH_NONE.
 * Static. */
const char *rules_switch_name(RuleSwitch which);

/* A case in words for people: "on", "in, out", "opt" or "leave"; "response", "any", …; "VEVENT", …
 * Owned by the caller, g_free. */
char *rules_profile_text(const RuleCase *rule_case);
char *rules_methods_text(const RuleCase *rule_case);
char *rules_components_text(const RuleCase *rule_case);

/* The bit of a METHOD as written; NULL and "" are METHOD_NONE. */
guint rules_method_bit(const char *method);

#endif
