/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_rules: the table of the rules against the contract, and the policy that switches them.
 *
 * The contract is written down here once more, row by row, as people read it: name, property,
 * METHOD, component, state, repair, profile. A row that is added, lost or changed shows.
 */
#include "common/policy.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *property;
    const char *methods;
    const char *components;
    const char *state;
    RuleAction action;
    RuleAction enabled_action;
    const char *profile;
} ContractRow;

#define ATTENDEE_CHANGE "X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE"
#define OWNER_CHANGE    "X-MICROSOFT-CDO-OWNER-CRITICAL-CHANGE"
#define STAMPED         "VEVENT VTODO VJOURNAL VFREEBUSY"
#define CREATED         "VEVENT VTODO VJOURNAL"
#define ANY_COMPONENT   "any but VTIMEZONE"
#define EPOCH           "epoch date"
#define AMONG           "epoch date among"
#define UNSET           "time before 1601-01-03"
#define DEADLINES       "Reply-By Expires Expiry-Date Deferred-Delivery"
#define SCHEDULE                                                                                   \
    "DTSTART DTEND DUE RECURRENCE-ID EXDATE RDATE X-MS-OLK-ORIGINALSTART X-MS-OLK-ORIGINALEND"

static const ContractRow contract[] = {
    {"stamp-missing", "DTSTAMP", "any", STAMPED, "absent", ACTION_IGNORE, ACTION_INSERT_TIME,
     "opt"},
    {"attendee-change-missing", ATTENDEE_CHANGE, "response", "VEVENT", "absent", ACTION_INSERT_TIME,
     ACTION_INSERT_TIME, "on"},
    {"attendee-change-epoch", ATTENDEE_CHANGE, "any", "VEVENT", EPOCH, ACTION_SET_TIME,
     ACTION_SET_TIME, "on"},
    {"owner-change-epoch", OWNER_CHANGE, "not response, not REFRESH", "VEVENT", EPOCH,
     ACTION_SET_TIME, ACTION_SET_TIME, "on"},
    {"owner-change-epoch", OWNER_CHANGE, "response", "VEVENT", EPOCH, ACTION_REPORT, ACTION_DELETE,
     "leave"},
    {"reply-time-epoch", "X-MICROSOFT-CDO-REPLYTIME", "response", "VEVENT", EPOCH, ACTION_SET_TIME,
     ACTION_SET_TIME, "on"},
    {"reply-time-epoch", "X-MICROSOFT-CDO-REPLYTIME", "not response", "VEVENT", EPOCH,
     ACTION_IGNORE, ACTION_DELETE, "leave"},
    {"stamp-epoch", "DTSTAMP", "any", STAMPED, EPOCH, ACTION_SET_TIME, ACTION_SET_TIME, "on"},
    {"created-epoch", "CREATED", "any", CREATED, EPOCH, ACTION_SET_TIME, ACTION_SET_TIME, "on"},
    {"modified-epoch", "LAST-MODIFIED", "any", CREATED, EPOCH, ACTION_SET_TIME, ACTION_SET_TIME,
     "on"},
    {"completed-epoch", "COMPLETED", "any", "VTODO", EPOCH, ACTION_REPORT, ACTION_DELETE, "leave"},
    {"sequence-time-epoch", "X-MS-OLK-APPTSEQTIME", "any", "VEVENT", EPOCH, ACTION_REPORT,
     ACTION_DELETE, "leave"},
    {"response-time-epoch", "ATTENDEE", "any", "VEVENT", AMONG, ACTION_REPORT, ACTION_DELETE,
     "leave"},
    {"busy-status", "X-MICROSOFT-CDO-BUSYSTATUS", "REQUEST", "VEVENT", "BUSY, no INTENDEDSTATUS",
     ACTION_IGNORE, ACTION_SET_TENTATIVE, "opt"},
    {"schedule-epoch", SCHEDULE, "any", ANY_COMPONENT, AMONG, ACTION_REPORT, ACTION_REPORT,
     "leave"},
    {"tnef-attendee-change", "PidLidAttendeeCriticalChange", "response", "message", UNSET,
     ACTION_SET_TIME, ACTION_SET_TIME, "on"},
    {"tnef-owner-change", "PidLidOwnerCriticalChange", "REQUEST CANCEL", "message", UNSET,
     ACTION_SET_TIME, ACTION_SET_TIME, "on"},
    {"tnef-reply-time", "PidLidAppointmentReplyTime", "response", "message", UNSET, ACTION_SET_TIME,
     ACTION_SET_TIME, "on"},
    {"tnef-track-status-time", "PidTagRecipientTrackStatusTime", "REQUEST REPLY COUNTER CANCEL",
     "recipient row", UNSET, ACTION_SET_TIME, ACTION_SET_TIME, "on"},
    {"tnef-malformed", "stream", "any", "message", "contradicts itself", ACTION_REPORT,
     ACTION_REPORT, "leave"},
    {"header-date-epoch", "Date", "any", ANY_COMPONENT, EPOCH, ACTION_SET_CLOCK, ACTION_SET_CLOCK,
     "on"},
    {"header-deadline-epoch", DEADLINES, "any", ANY_COMPONENT, EPOCH, ACTION_DELETE, ACTION_DELETE,
     "on"},
    {"method-parameter-missing", "Content-Type", "any", ANY_COMPONENT, "no method parameter",
     ACTION_IGNORE, ACTION_ADD_METHOD, "opt"},
    {"stamp", "X-Calmend", "any", ANY_COMPONENT, "message changed", ACTION_STAMP, ACTION_STAMP,
     "on"},
    {"limit", "message", "any", ANY_COMPONENT, "over a limit", ACTION_REPORT, ACTION_REPORT,
     "leave"},
};

static const Rule *rule_at(gsize index)
{
    gsize count;
    const Rule *rules = rules_table(&count);
    g_assert_cmpuint(index, <, count);
    return &rules[index];
}

static void test_contract(gconstpointer data)
{
    const ContractRow *row = data;
    const Rule *rule = rule_at((gsize)(row - contract));
    g_autofree char *methods = rules_methods_text(rule);
    g_autofree char *components = rules_components_text(rule);
    g_assert_cmpstr(rule->name, ==, row->name);
    g_assert_cmpstr(rule->property, ==, row->property);
    g_assert_cmpstr(methods, ==, row->methods);
    g_assert_cmpstr(components, ==, row->components);
    g_assert_cmpstr(rules_state_text(rule), ==, row->state);
    g_assert_cmpint(rules_action(rule, RULE_DEFAULT), ==, row->action);
    g_assert_cmpint(rules_action(rule, RULE_ENABLED), ==, row->enabled_action);
    g_assert_cmpint(rules_action(rule, RULE_DISABLED), ==, ACTION_IGNORE);
    g_assert_cmpstr(rules_profile_text(rule), ==, row->profile);
}

static void test_whole(void)
{
    gsize count;
    rules_table(&count);
    g_assert_cmpuint(count, ==, G_N_ELEMENTS(contract));
}

static gboolean is_word(const char *text)
{
    return *text != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

/* Names can be written in settings, belong to one family, and are no family's name. */
static void test_names(void)
{
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++) {
        g_assert_true(is_word(rules[i].name));
        g_assert_true(is_word(rules[i].family));
        for (gsize other = 0; other < count; other++) {
            g_assert_cmpstr(rules[i].name, !=, rules[other].family);
            if (strcmp(rules[i].name, rules[other].name) == 0)
                g_assert_cmpstr(rules[i].family, ==, rules[other].family);
        }
    }
}

/* Rows of one name stand together and never fit the same component. */
static void test_cases_disjoint(void)
{
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++) {
        for (gsize other = i + 1; other < count; other++) {
            if (strcmp(rules[i].name, rules[other].name) != 0)
                continue;
            g_assert_cmpuint(other, ==, i + 1);
            g_assert_true((rules[i].methods & rules[other].methods) == 0 ||
                          (rules[i].components & rules[other].components) == 0);
        }
    }
}

static void test_texts(void)
{
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++) {
        g_assert_cmpstr(rules_action_text(rules[i].action), !=, "");
        g_assert_cmpstr(rules_action_text(rules[i].enabled_action), !=, "");
        g_assert_cmpint(rules[i].parameter != NULL, ==,
                        rules[i].kind == RULE_PARAMETER || rules[i].kind == RULE_PART);
        g_assert_cmpuint(rules[i].methods, !=, 0);
        g_assert_cmpuint(rules[i].components, !=, 0);
    }
    g_assert_cmpstr(rules_action_text(ACTION_IGNORE), ==, "nothing");
    g_assert_cmpstr(rules_action_text(ACTION_REPORT), ==, "reported");
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
    {"imip", TRUE, TRUE},
    {"schedule-epoch", TRUE, FALSE},
    {"limit", TRUE, FALSE},
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

/* ---- the policy ---- */

static void test_policy_default(void)
{
    g_auto(Policy) policy;
    policy_init(&policy);
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++)
        g_assert_cmpint(policy_action(&policy, &rules[i]), ==, rules[i].action);
    g_assert_false(policy.leave_dkim_signed);
    g_assert_cmpuint(policy.limits.message_bytes, ==, 64 * 1024 * 1024);
    g_assert_cmpuint(policy.limits.parts, ==, 1000);
    g_assert_cmpuint(policy.limits.depth, ==, 50);
    g_assert_cmpuint(policy.limits.content_lines, ==, 100000);
    g_assert_cmpuint(policy.limits.components, ==, 10000);
    g_assert_cmpstr(policy.host, ==, g_get_host_name());
}

/* What a level does: to the rows of that name or family and to no other. */
static void check_level(const char *name, RuleLevel level)
{
    g_auto(Policy) policy;
    policy_init(&policy);
    g_assert_true(policy_set_level(&policy, name, level));
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++) {
        RuleLevel expected = rules_row_is(&rules[i], name) ? level : RULE_DEFAULT;
        g_assert_cmpint(policy_action(&policy, &rules[i]), ==, rules_action(&rules[i], expected));
    }
}

static void test_policy_levels(void)
{
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++) {
        check_level(rules[i].name, RULE_ENABLED);
        check_level(rules[i].name, RULE_DISABLED);
        check_level(rules[i].family, RULE_ENABLED);
        check_level(rules[i].family, RULE_DISABLED);
    }
}

static void test_policy_last_counts(void)
{
    g_auto(Policy) policy;
    policy_init(&policy);
    const Rule *rule = rule_at(0);
    g_assert_true(policy_set_level(&policy, rule->family, RULE_DISABLED));
    g_assert_true(policy_set_level(&policy, rule->name, RULE_ENABLED));
    g_assert_cmpint(policy_action(&policy, rule), ==, rule->enabled_action);
    g_assert_true(policy_set_level(&policy, rule->name, RULE_DEFAULT));
    g_assert_cmpint(policy_action(&policy, rule), ==, rule->action);
    g_assert_false(policy_set_level(&policy, "no-such-rule", RULE_ENABLED));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(contract); i++) {
        g_autofree char *path =
            g_strdup_printf("/rules/contract/%" G_GSIZE_FORMAT "-%s", i + 1, contract[i].name);
        g_test_add_data_func(path, &contract[i], test_contract);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strdup_printf("/rules/name/\"%s\"", names[i].name);
        g_test_add_data_func(path, &names[i], test_name);
    }
    g_test_add_func("/rules/whole", test_whole);
    g_test_add_func("/rules/names", test_names);
    g_test_add_func("/rules/cases-disjoint", test_cases_disjoint);
    g_test_add_func("/rules/texts", test_texts);
    g_test_add_func("/policy/default", test_policy_default);
    g_test_add_func("/policy/levels", test_policy_levels);
    g_test_add_func("/policy/last-counts", test_policy_last_counts);
    return g_test_run();
}
