/* SPDX-License-Identifier: BSD-2-Clause
 *
 * engine_rules: what calmend says of itself: the trace field, and that a message is over a limit.
 */
#include "common/rules/families.h"

static const RuleState state_changed = {"message changed", NULL};
static const RuleState state_over_limit = {"over a limit", NULL};
static const RuleAction action_stamp = {"insert", NULL};

static const RuleCase stamp[] = {{.place = PLACE_MESSAGE,
                                  .names = NAMES("X-Calmend"),
                                  .state = &state_changed,
                                  .repair = &action_stamp,
                                  .profiles = PROFILE_ALWAYS}};
static const RuleCase limit[] = {{.place = PLACE_MESSAGE,
                                  .state = &state_over_limit,
                                  .repair = &action_report,
                                  .otherwise = &action_report,
                                  .profiles = PROFILE_LEAVE}};

static const Rule rules[] = {
    {.name = "stamp",
     .family = FAMILY_CALMEND,
     RULE_CASES(stamp),
     .summary = "The trace field of a changed message: version, host and rules."},
    {.name = "limit",
     .family = FAMILY_CALMEND,
     RULE_CASES(limit),
     .summary = "The message or a part of it is over a limit, and was not examined."},
};

const RuleList engine_rules = RULE_LIST(rules);
const Rule *const rule_stamp = &rules[0];
const Rule *const rule_limit = &rules[1];
