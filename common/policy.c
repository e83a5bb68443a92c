/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/policy.h"

static const PolicyLimits default_limits = {
    .message_bytes = 64 * 1024 * 1024,
    .parts = 1000,
    .depth = 50,
    .components = 10000,
    .content_lines = 100000,
};

void policy_init(Policy *policy)
{
    gsize rows;
    rules_table(&rows);
    *policy = (Policy){
        .levels = g_new0(RuleLevel, rows),
        .limits = default_limits,
        .host = g_strdup(g_get_host_name()),
    };
}

void policy_clear(Policy *policy)
{
    g_clear_pointer(&policy->levels, g_free);
    g_clear_pointer(&policy->host, g_free);
}

gboolean policy_set_level(Policy *policy, const char *name, RuleLevel level)
{
    gsize count;
    const Rule *rules = rules_table(&count);
    gboolean known = FALSE;
    for (gsize i = 0; i < count; i++) {
        if (!rules_row_is(&rules[i], name))
            continue;
        policy->levels[i] = level;
        known = TRUE;
    }
    return known;
}

RuleAction policy_action(const Policy *policy, const Rule *rule)
{
    gsize rows;
    return rules_action(rule, policy->levels[rule - rules_table(&rows)]);
}
