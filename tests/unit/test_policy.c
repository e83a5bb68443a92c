/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_policy: which cases are looked at, and what each then does.
 *
 * Levels, profiles and switches are held to the table of the rules, case by case: what is named is
 * repaired, what is disabled is not looked at, and nothing else changes.
 */
#include "common/rules/policy.h"

#include <string.h>

static const Rule *rule_named(const char *name)
{
    for (guint number = 0; number < rules_count(); number++) {
        if (strcmp(rules_get(number)->name, name) == 0)
            return rules_get(number);
    }
    g_error("no rule %s", name);
}

/* What the contract says that a case does. */
static const RuleAction *wanted_action(const RuleCase *rule_case, RuleLevel level, guint profile)
{
    if (level == RULE_DISABLED)
        return NULL;
    gboolean on = level == RULE_ENABLED || (rule_case->profiles & PROFILE_ALWAYS) != 0 ||
                  (rule_case->profiles & profile) != 0;
    return on ? rule_case->repair : rule_case->otherwise;
}

/* The list of active cases is what policy_action says, in the order of the table. */
static void assert_compiled(const Policy *policy)
{
    guint next = 0;
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        gboolean has = FALSE;
        for (gsize i = 0; i < rule->count; i++) {
            const RuleAction *action = policy_action(policy, rule, &rule->cases[i]);
            if (action == NULL)
                continue;
            has = TRUE;
            g_assert_cmpuint(next, <, policy->active->len);
            const ActiveCase *active = &g_array_index(policy->active, ActiveCase, next++);
            g_assert_true(active->rule == rule && active->rule_case == &rule->cases[i]);
            g_assert_true(active->action == action);
            g_assert_cmpint(active->turned_on_by, ==, rules_family(rule)->turned_on_by);
        }
        g_assert_cmpint(policy_has_rule(policy, rule), ==, has);
    }
    g_assert_cmpuint(next, ==, policy->active->len);
}

/* Every rule called `name` has the level, every other one has none. */
static void assert_levels(const Policy *policy, const char *name, RuleLevel level, guint profile)
{
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        RuleLevel own = rules_is_called(rule, name) ? level : RULE_DEFAULT;
        for (gsize i = 0; i < rule->count; i++)
            g_assert_true(policy_action(policy, rule, &rule->cases[i]) ==
                          wanted_action(&rule->cases[i], own, profile));
    }
    assert_compiled(policy);
}

static void test_default(void)
{
    g_auto(Policy) policy;
    policy_init(&policy);
    assert_levels(&policy, "", RULE_DEFAULT, PROFILE_INBOUND);
    g_assert_false(policy.leave_signed);
    g_assert_true(policy_is_on(&policy, SWITCH_TRACK_STATUS));
    g_assert_true(policy_is_on(&policy, SWITCH_MAIL));
    g_assert_cmpuint(policy.limits.message_bytes, ==, 64 * 1024 * 1024);
    g_assert_cmpuint(policy.limits.parts.count, ==, 1000);
    g_assert_cmpuint(policy.limits.parts.depth, ==, 50);
    g_assert_cmpuint(policy.limits.calendar.lines, ==, 100000);
    g_assert_cmpuint(policy.limits.calendar.components, ==, 10000);
    g_assert_cmpuint(policy.limits.calendar.nesting, ==, 10);
    g_assert_cmpuint(policy.limits.calendar.parameters, ==, 1000);
    g_assert_cmpstr(policy.host, ==, g_get_host_name());
}

static const RuleProfile profiles[] = {0, PROFILE_INBOUND, PROFILE_OUTBOUND};

static void test_profiles(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(profiles); i++) {
        g_auto(Policy) policy;
        policy_init(&policy);
        policy_set_profile(&policy, profiles[i]);
        assert_levels(&policy, "", RULE_DEFAULT, profiles[i]);
    }
}

/* Some rows of the contract, that a change of the table shows. */
static void test_profile_rows(void)
{
    static const struct {
        const char *rule;
        gboolean none, inbound, outbound;
    } rows[] = {
        {"attendee-change-missing", TRUE, TRUE, TRUE}, {"version-missing", FALSE, TRUE, TRUE},
        {"bare-line-feed", FALSE, FALSE, TRUE},        {"long-line", FALSE, FALSE, TRUE},
        {"encoding-noise", FALSE, FALSE, TRUE},        {"encoded-line-long", FALSE, FALSE, TRUE},
        {"alarm-action", FALSE, FALSE, FALSE},         {"busy-status", FALSE, FALSE, FALSE},
        {"fold-missing", FALSE, FALSE, FALSE},         {"stamp-missing", FALSE, TRUE, TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const gboolean wanted[] = {rows[i].none, rows[i].inbound, rows[i].outbound};
        for (gsize k = 0; k < G_N_ELEMENTS(profiles); k++) {
            g_auto(Policy) policy;
            policy_init(&policy);
            policy_set_profile(&policy, profiles[k]);
            g_assert_cmpint(policy_has_rule(&policy, rule_named(rows[i].rule)), ==, wanted[k]);
        }
    }
}

static void check_level(const char *name, RuleLevel level, RuleProfile profile)
{
    g_auto(Policy) policy;
    policy_init(&policy);
    policy_set_profile(&policy, profile);
    g_assert_true(policy_set_level(&policy, name, level));
    assert_levels(&policy, name, level, profile);
}

static void check_name(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(profiles); i++) {
        check_level(name, RULE_ENABLED, profiles[i]);
        check_level(name, RULE_DISABLED, profiles[i]);
    }
}

static void test_levels(void)
{
    guint families;
    const Family *all = rules_families(&families);
    for (guint number = 0; number < rules_count(); number++)
        check_name(rules_get(number)->name);
    for (guint i = 0; i < families; i++)
        check_name(all[i].name);
}

/* Disabled is stronger than enabled, by rule or by family, whichever comes first. */
static void test_disable_wins(void)
{
    static const char *const pairs[][2] = {
        {"version-missing", "version-missing"},
        {"version-missing", "structure"},
        {"structure", "version-missing"},
        {"structure", "structure"},
    };
    const Rule *rule = rule_named("version-missing");
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        for (guint first = 0; first < 2; first++) {
            g_auto(Policy) policy;
            policy_init(&policy);
            const RuleLevel levels[] = {RULE_DISABLED, RULE_ENABLED};
            g_assert_true(policy_set_level(&policy, pairs[i][first], levels[first]));
            g_assert_true(policy_set_level(&policy, pairs[i][1 - first], levels[1 - first]));
            g_assert_false(policy_has_rule(&policy, rule));
            assert_compiled(&policy);
        }
    }
}

/* The rest of a family stays enabled when one rule of it is disabled. */
static void test_disable_one(void)
{
    g_auto(Policy) policy;
    policy_init(&policy);
    g_assert_true(policy_set_level(&policy, "fold-missing", RULE_DISABLED));
    g_assert_true(policy_set_level(&policy, "structure", RULE_ENABLED));
    g_assert_false(policy_has_rule(&policy, rule_named("fold-missing")));
    g_assert_true(policy_has_rule(&policy, rule_named("text-after-end")));
}

static void test_unknown(void)
{
    g_auto(Policy) policy;
    policy_init(&policy);
    g_assert_false(policy_set_level(&policy, "no-such-rule", RULE_ENABLED));
    g_assert_false(policy_set_level(&policy, "", RULE_DISABLED));
    assert_levels(&policy, "", RULE_DEFAULT, PROFILE_INBOUND);
}

/* A switch says whose edits are made; what is looked at does not go by it. */
static void test_switches(void)
{
    for (guint switches = 0; switches < 1U << SWITCHES; switches++) {
        g_auto(Policy) policy;
        policy_init(&policy);
        policy.switches = switches;
        g_assert_true(policy_is_on(&policy, SWITCH_NONE));
        for (guint which = SWITCH_NONE + 1; which < SWITCHES; which++)
            g_assert_cmpint(policy_is_on(&policy, which), ==, (switches & 1U << which) != 0);
        assert_levels(&policy, "", RULE_DEFAULT, PROFILE_INBOUND);
    }
}

/* Only fields of rules that are looked at are read. */
static void test_reads(void)
{
    g_auto(Policy) policy;
    policy_init(&policy);
    g_assert_true(policy_reads(&policy, "REPLY-by"));
    g_assert_true(policy_reads(&policy, "Date"));
    g_assert_false(policy_reads(&policy, "To"));
    g_assert_false(policy_reads(&policy, "Reply"));
    g_assert_false(policy_reads(&policy, ""));
    g_assert_true(policy_set_level(&policy, "organizer-missing", RULE_ENABLED));
    g_assert_true(policy_reads(&policy, "to"));
    g_assert_true(policy_reads(&policy, "Cc"));
    g_assert_true(policy_set_level(&policy, "header-deadline-epoch", RULE_DISABLED));
    g_assert_false(policy_reads(&policy, "Reply-By"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/policy/default", test_default);
    g_test_add_func("/policy/profiles", test_profiles);
    g_test_add_func("/policy/profile-rows", test_profile_rows);
    g_test_add_func("/policy/levels", test_levels);
    g_test_add_func("/policy/disable-wins", test_disable_wins);
    g_test_add_func("/policy/disable-one", test_disable_one);
    g_test_add_func("/policy/unknown", test_unknown);
    g_test_add_func("/policy/switches", test_switches);
    g_test_add_func("/policy/reads", test_reads);
    return g_test_run();
}
