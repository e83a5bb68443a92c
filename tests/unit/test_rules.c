/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_rules: what must hold of every row of the table.
 *
 * What each rule does is in the golden mails; here is what the table promises to those who read it:
 * names that can be written into settings, words for people, cases that make sense.
 */
#include "common/rules/families.h"
#include "common/rules/rules.h"

#include <string.h>

static gboolean is_word(const char *text)
{
    return *text != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

/* Calls `check` for each case of each rule. */
static void for_each_case(void (*check)(const Rule *rule, const RuleCase *rule_case))
{
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        for (gsize i = 0; i < rule->count; i++)
            check(rule, &rule->cases[i]);
    }
}

/* Names can be written in settings, and each is that of one rule or of one family. */
static void test_names(void)
{
    guint families;
    const Family *all = rules_families(&families);
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < families; i++) {
        g_assert_true(is_word(all[i].name));
        g_assert_true(g_hash_table_add(names, (gpointer)all[i].name));
    }
    for (guint number = 0; number < rules_count(); number++) {
        g_assert_true(is_word(rules_get(number)->name));
        g_assert_true(g_hash_table_add(names, (gpointer)rules_get(number)->name));
    }
}

/* The number of a rule leads to it, and back; a family is known, and no family is empty. */
static void test_numbers(void)
{
    guint families;
    const Family *all = rules_families(&families);
    guint rules_of[32] = {0};
    g_assert_cmpuint(families, <=, G_N_ELEMENTS(rules_of));
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        g_assert_cmpuint(rules_number(rule), ==, number);
        g_assert_true(rules_family(rule) == &all[rules_family_number(rule)]);
        g_assert_cmpstr(rules_family(rule)->name, ==, rule->family);
        rules_of[rules_family_number(rule)]++;
    }
    for (guint i = 0; i < families; i++)
        g_assert_cmpuint(rules_of[i], >, 0);
}

static void test_summaries(void)
{
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        g_assert_cmpuint(rule->count, >, 0);
        g_assert_true(g_ascii_isupper(rule->summary[0]));
        g_assert_true(g_str_has_suffix(rule->summary, "."));
    }
}

static gboolean names_section(const char *standard)
{
    static const char *const bodies[] = {"RFC ", "[MS-OX", "Microsoft KB "};
    for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
        if (g_str_has_prefix(standard, bodies[i]))
            return g_ascii_isdigit(standard[strlen(standard) - 1]);
    }
    return FALSE;
}

/* What a partner's postmaster is told must name its section; calmend's own rules go against none.
 */
static void test_standards(void)
{
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        if (g_str_equal(rule->family, FAMILY_CALMEND))
            g_assert_null(rule->standard);
        else
            g_assert_true(rule->standard != NULL && names_section(rule->standard));
    }
}

static void check_words(const Rule *rule, const RuleCase *rule_case)
{
    g_autofree char *profile = rules_profile_text(rule_case);
    g_autofree char *methods = rules_methods_text(rule_case);
    g_autofree char *components = rules_components_text(rule_case);
    (void)rule;
    g_assert_cmpstr(profile, !=, NULL);
    g_assert_cmpstr(methods, !=, "");
    g_assert_cmpstr(components, !=, "");
    g_assert_cmpstr(rule_case->state->words, !=, "");
    g_assert_cmpstr(rule_case->repair->words, !=, "");
    if (rule_case->otherwise != NULL)
        g_assert_cmpstr(rule_case->otherwise->words, !=, "");
}

static void test_words(void)
{
    for_each_case(check_words);
}

/* What is found in a calendar needs a state that finds, and an action that mends or reports. */
static void check_calls(const Rule *rule, const RuleCase *rule_case)
{
    gboolean in_text = rule_case->place <= PLACE_FIELD;
    (void)rule;
    g_assert_true((rule_case->state->find != NULL) == in_text);
    if (in_text && rule_case->repair != &action_report)
        g_assert_nonnull(rule_case->repair->mend);
}

static void test_calls(void)
{
    for_each_case(check_calls);
}

/* Where a place asks for names there are some, and none of them twice. */
static void check_asked_names(const Rule *rule, const RuleCase *rule_case)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_assert_true(rule_case->names != NULL ||
                  (rule_case->place != PLACE_HEADER && rule_case->place != PLACE_TNEF));
    for (const char *const *name = rule_case->names; name != NULL && *name != NULL; name++)
        g_assert_true(g_hash_table_add(names, (gpointer)*name));
    for (const char *const *field = rule->reads; field != NULL && *field != NULL; field++)
        g_assert_cmpstr(*field, !=, "");
}

static void test_asked_names(void)
{
    for_each_case(check_asked_names);
}

static gboolean can_meet(guint one, guint other)
{
    return one == 0 || other == 0 || (one & other) != 0;
}

static gboolean share_name(const char *const *one, const char *const *other)
{
    if (one == NULL || other == NULL)
        return TRUE;
    for (; *one != NULL; one++) {
        if (g_strv_contains(other, *one))
            return TRUE;
    }
    return FALSE;
}

/* Of two cases of one rule that can look at the same line, no more than one is on unasked. */
static void test_cases_apart(void)
{
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        for (gsize i = 0; i < rule->count; i++) {
            for (gsize k = i + 1; k < rule->count; k++) {
                const RuleCase *one = &rule->cases[i];
                const RuleCase *other = &rule->cases[k];
                if (one->place == other->place && one->state == other->state)
                    g_assert_false(can_meet(one->methods, other->methods) &&
                                   can_meet(one->components, other->components) &&
                                   share_name(one->names, other->names));
            }
        }
    }
}

/* Only families of FixRecipientTrackStatusTime and what has no switch are on in every profile; a
 * rule of FixCalendarMail goes by the profile. */
static void check_profiles(const Rule *rule, const RuleCase *rule_case)
{
    RuleSwitch which = rules_family(rule)->turned_on_by;
    guint profiles = rule_case->profiles;
    g_assert_cmpuint(profiles & ~(guint)(PROFILE_ALWAYS | PROFILE_BOTH | PROFILE_LEAVE), ==, 0);
    if (which == SWITCH_MAIL)
        g_assert_cmpuint(profiles & PROFILE_ALWAYS, ==, 0);
    else
        g_assert_cmpuint(profiles & PROFILE_BOTH, ==, 0);
    if ((profiles & PROFILE_LEAVE) != 0)
        g_assert_cmpuint(profiles, ==, PROFILE_LEAVE);
}

static void test_profiles(void)
{
    for_each_case(check_profiles);
}

/* What is on in the inbound profile is exact, and so on in the other as well. */
static void check_outbound(const Rule *rule, const RuleCase *rule_case)
{
    (void)rule;
    if ((rule_case->profiles & PROFILE_INBOUND) != 0)
        g_assert_cmpuint(rule_case->profiles & PROFILE_OUTBOUND, !=, 0);
}

static void test_outbound(void)
{
    for_each_case(check_outbound);
}

/* Text and structure come to rest before others look. */
static void check_phase(const Rule *rule, const RuleCase *rule_case)
{
    gboolean early =
        g_str_equal(rule->family, FAMILY_TEXT) || g_str_equal(rule->family, FAMILY_STRUCTURE);
    if (early && rule_case->repair != &action_report)
        g_assert_cmpint(rule_case->phase, !=, PHASE_MAIN);
    if (rule_case->phase == PHASE_ALONE)
        g_assert_cmpint(rule_case->place, ==, PLACE_TEXT);
}

static void test_phases(void)
{
    for_each_case(check_phase);
}

static void test_switch_names(void)
{
    g_assert_null(rules_switch_name(SWITCH_NONE));
    g_assert_cmpstr(rules_switch_name(SWITCH_TRACK_STATUS), ==, "FixRecipientTrackStatusTime");
    g_assert_cmpstr(rules_switch_name(SWITCH_MAIL), ==, "FixCalendarMail");
}

static void test_method_bits(void)
{
    static const struct {
        const char *text;
        guint bit;
    } rows[] = {
        {NULL, METHOD_NONE},       {"", METHOD_NONE},
        {"REPLY", METHOD_REPLY},   {"reply", METHOD_REPLY},
        {"Cancel", METHOD_CANCEL}, {"DECLINECOUNTER", METHOD_DECLINECOUNTER},
        {"PUBLISH", METHOD_OTHER}, {"none", METHOD_OTHER},
        {"other", METHOD_OTHER},   {"REPLY ", METHOD_OTHER},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpuint(rules_method_bit(rows[i].text), ==, rows[i].bit);
}

typedef struct {
    const char *name;
    gboolean exists;
    gboolean can_enable;
} NameCase;

static const NameCase names[] = {
    {"attendee-change-missing", TRUE, TRUE},
    {"owner-change-epoch", TRUE, TRUE},
    {"method-parameter-missing", TRUE, TRUE},
    {"busy-status", TRUE, TRUE},
    {"stamp", TRUE, TRUE},
    {"epoch", TRUE, TRUE},
    {"kb955480", TRUE, TRUE},
    {"mime", TRUE, TRUE},
    {"structure", TRUE, TRUE},
    {"schedule-epoch", TRUE, FALSE},
    {"calendar-unreadable", TRUE, FALSE},
    {"limit", TRUE, FALSE},
    {"imip", FALSE, FALSE},
    {"Epoch", FALSE, FALSE},
    {"epoc", FALSE, FALSE},
    {"epochs", FALSE, FALSE},
    {"DTSTAMP", FALSE, FALSE},
    {"", FALSE, FALSE},
};

static void test_name(gconstpointer data)
{
    const NameCase *row = data;
    g_assert_cmpint(rules_exists(row->name), ==, row->exists);
    g_assert_cmpint(rules_can_enable(row->name), ==, row->can_enable);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strdup_printf("/rules/name/\"%s\"", names[i].name);
        g_test_add_data_func(path, &names[i], test_name);
    }
    g_test_add_func("/rules/names", test_names);
    g_test_add_func("/rules/numbers", test_numbers);
    g_test_add_func("/rules/summaries", test_summaries);
    g_test_add_func("/rules/standards", test_standards);
    g_test_add_func("/rules/words", test_words);
    g_test_add_func("/rules/calls", test_calls);
    g_test_add_func("/rules/asked-names", test_asked_names);
    g_test_add_func("/rules/cases-apart", test_cases_apart);
    g_test_add_func("/rules/profiles", test_profiles);
    g_test_add_func("/rules/outbound", test_outbound);
    g_test_add_func("/rules/phases", test_phases);
    g_test_add_func("/rules/switch-names", test_switch_names);
    g_test_add_func("/rules/method-bits", test_method_bits);
    return g_test_run();
}
