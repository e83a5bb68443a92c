/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/policy.h"

#define ALL_SWITCHES ((1U << SWITCHES) - 1)

static const PolicyLimits default_limits = {
    .message_bytes = 64 * 1024 * 1024,
    .parts = {.count = 1000, .depth = 50},
    .calendar = {.components = 10000, .lines = 100000, .nesting = 10, .parameters = 1000},
};

static gboolean is_on(const Policy *policy, const RuleCase *rule_case, RuleLevel level)
{
    return level == RULE_ENABLED || (rule_case->profiles & (PROFILE_ALWAYS | policy->profile)) != 0;
}

const RuleAction *policy_action(const Policy *policy, const Rule *rule, const RuleCase *rule_case)
{
    RuleLevel level = policy->levels[rules_number(rule)];
    if (level == RULE_DISABLED)
        return NULL;
    return is_on(policy, rule_case, level) ? rule_case->repair : rule_case->otherwise;
}

static void compile(Policy *policy)
{
    guint count = rules_count();
    g_array_set_size(policy->active, 0);
    for (guint number = 0; number < count; number++) {
        const Rule *rule = rules_get(number);
        for (gsize i = 0; i < rule->count; i++) {
            ActiveCase active = {
                .rule = rule,
                .rule_case = &rule->cases[i],
                .action = policy_action(policy, rule, &rule->cases[i]),
                .turned_on_by = rules_family(rule)->turned_on_by,
            };
            if (active.action != NULL)
                g_array_append_val(policy->active, active);
        }
    }
}

void policy_init(Policy *policy)
{
    *policy = (Policy){
        .levels = g_new0(RuleLevel, rules_count()),
        .profile = PROFILE_INBOUND,
        .switches = ALL_SWITCHES,
        .limits = default_limits,
        .host = g_strdup(g_get_host_name()),
        .active = g_array_new(FALSE, FALSE, sizeof(ActiveCase)),
    };
    compile(policy);
}

/* The case where the other policy looks at it too, from `next` on; both lists are in the order of
 * the table. */
static const ActiveCase *find_case(const Policy *policy, const RuleCase *rule_case, guint *next)
{
    for (guint i = *next; i < policy->active->len; i++) {
        const ActiveCase *active = &g_array_index(policy->active, ActiveCase, i);
        if (active->rule_case != rule_case)
            continue;
        *next = i + 1;
        return active;
    }
    return NULL;
}

void policy_init_both(Policy *policy, const Policy *one, const Policy *other)
{
    guint next = 0;
    *policy = *one;
    policy->levels = NULL;
    policy->profile = one->profile & other->profile;
    policy->switches = one->switches & other->switches;
    policy->leave_signed = one->leave_signed || other->leave_signed;
    policy->host = g_strdup(one->host);
    policy->active = g_array_new(FALSE, FALSE, sizeof(ActiveCase));
    for (guint i = 0; i < one->active->len; i++) {
        ActiveCase active = g_array_index(one->active, ActiveCase, i);
        const ActiveCase *same = find_case(other, active.rule_case, &next);
        if (same == NULL)
            continue;
        if (active.action == active.rule_case->repair)
            active.action = same->action;
        g_array_append_val(policy->active, active);
    }
}

void policy_clear(Policy *policy)
{
    g_clear_pointer(&policy->levels, g_free);
    g_clear_pointer(&policy->host, g_free);
    g_clear_pointer(&policy->active, g_array_unref);
}

gboolean policy_set_level(Policy *policy, const char *name, RuleLevel level)
{
    guint count = rules_count();
    gboolean known = FALSE;
    for (guint number = 0; number < count; number++) {
        if (!rules_is_called(rules_get(number), name))
            continue;
        if (level != RULE_ENABLED || policy->levels[number] != RULE_DISABLED)
            policy->levels[number] = level;
        known = TRUE;
    }
    compile(policy);
    return known;
}

void policy_set_profile(Policy *policy, RuleProfile profile)
{
    policy->profile = profile;
    compile(policy);
}

gboolean policy_has_rule(const Policy *policy, const Rule *rule)
{
    guint i = 0;
    while (i < policy->active->len && g_array_index(policy->active, ActiveCase, i).rule != rule)
        i++;
    return i < policy->active->len;
}

gboolean policy_is_on(const Policy *policy, RuleSwitch which)
{
    return which == SWITCH_NONE || (policy->switches & 1U << which) != 0;
}

static gboolean has_name(const char *const *names, const char *name)
{
    for (; names != NULL && *names != NULL; names++) {
        if (g_ascii_strcasecmp(*names, name) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean policy_reads(const Policy *policy, const char *field)
{
    for (guint i = 0; i < policy->active->len; i++) {
        if (has_name(g_array_index(policy->active, ActiveCase, i).rule->reads, field))
            return TRUE;
    }
    return FALSE;
}
