/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_choice: which policy holds for an envelope, and what several allow together.
 *
 * One file of settings has a section for each way to say whose mail it is for; each row is an
 * envelope and the names of the policies that hold.
 */
#include "common/choice.h"
#include "common/settings_load.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const text = "[policy list]\nsenders=@lists.example.com, <>\n"
                                "profile=none\n"
                                "[policy out]\ndaemons=submission, 587\nprofile=outbound\n"
                                "[policy both]\nrecipients=@two.example\nclients=192.0.2.0/24\n"
                                "dkim-signed=leave\nswitch-file=/both\n"
                                "[repair]\nprofile=inbound\ndisable=alarm\nenable=busy-status\n"
                                "[policy one]\nrecipients=@one.example, .below.example\n"
                                "disable=\nenable=organizer-missing\nstamp=no\n"
                                "[policy later]\nrecipients=@one.example, @three.example\n"
                                "[limits]\nparts=7\n";

static Settings *load(const char *file)
{
    g_autoptr(GError) error = NULL;
    int memory = memfd_create("calmend.conf", MFD_CLOEXEC);
    g_assert_cmpint(write(memory, file, strlen(file)), ==, (gssize)strlen(file));
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", memory);
    Settings *settings = settings_load(path, NULL, &error);
    g_assert_no_error(error);
    close(memory);
    return settings;
}

typedef struct {
    const char *name;
    const char *sender;
    const char *recipients; /* separated by commas; NULL: not known */
    const char *client;
    const char *daemon;
    const char *policies; /* NULL: [repair] alone */
} ChoiceCase;

static const ChoiceCase cases[] = {
    {"nobody", "a@example.com", "b@example.org", "198.51.100.1", "smtp", NULL},
    {"nothing-known", NULL, NULL, NULL, NULL, NULL},
    {"recipient", "a@example.com", "b@one.example", NULL, NULL, "one"},
    {"recipient-case", "a@example.com", "B@ONE.Example", NULL, NULL, "one"},
    {"recipient-below", "a@example.com", "b@x.below.example", NULL, NULL, "one"},
    {"second-section", "a@example.com", "b@three.example", NULL, NULL, "later"},
    {"sender", "a@lists.example.com", "b@one.example", NULL, NULL, "list"},
    {"no-sender", "<>", "b@one.example", NULL, NULL, "list"},
    {"sender-of-unknown-recipients", "a@lists.example.com", NULL, NULL, NULL, "list"},
    {"daemon", "a@example.com", "b@one.example", NULL, "Submission", "out"},
    {"daemon-other", "a@example.com", "b@one.example", NULL, "submissions", "one"},
    {"all-of-a-section", "a@example.com", "b@two.example", "192.0.2.9", NULL, "both"},
    {"client-alone", "a@example.com", "b@example.org", "192.0.2.9", NULL, NULL},
    {"recipient-alone", "a@example.com", "b@two.example", "198.51.100.1", NULL, NULL},
    {"client-unknown", "a@example.com", "b@two.example", "", NULL, NULL},
    {"two-of-one", "a@example.com", "b@one.example,c@one.example", NULL, NULL, "one"},
    {"two-policies", "a@example.com", "b@three.example,c@one.example", NULL, NULL, "one, later"},
    {"with-repair", "a@example.com", "b@one.example,c@example.org", NULL, NULL, "[repair], one"},
    {"three", "a@example.com", "a@one.example,b@two.example,c@three.example", "192.0.2.1", NULL,
     "both, one, later"},
};

static Choice *choose(const Settings *settings, const ChoiceCase *row)
{
    g_autoptr(GPtrArray) recipients = g_ptr_array_new();
    g_auto(GStrv) names = g_strsplit(row->recipients == NULL ? "" : row->recipients, ",", -1);
    for (char **name = names; *name != NULL; name++)
        g_ptr_array_add(recipients, *name);
    const Envelope envelope = {
        .sender = row->sender,
        .recipients = row->recipients == NULL ? NULL : recipients,
        .client = row->client,
        .daemon = row->daemon,
    };
    return choice_new(settings, &envelope);
}

static void test_case(gconstpointer data)
{
    const ChoiceCase *row = data;
    g_autoptr(Settings) settings = load(text);
    g_autoptr(Choice) choice = choose(settings, row);
    g_assert_nonnull(choice);
    g_assert_cmpstr(choice->names, ==, row->policies);
    if (row->policies == NULL)
        g_assert_true(choice->policy == &settings->policy);
}

static void test_without_sections(void)
{
    g_autoptr(Settings) settings = load("[repair]\nprofile=outbound\n");
    const Envelope envelope = {.sender = "a@example.com"};
    g_assert_null(choice_new(settings, &envelope));
}

static void check_listener(const char *listener, const char *sender, const char *policies)
{
    g_autoptr(Settings) settings =
        load("[policy by-way]\nlisteners=second, third\nsenders=@example.com\n"
             "[listener second]\nsocket=inet:1@127.0.0.1\n"
             "[listener third]\nsocket=inet:2@127.0.0.1\n");
    const Envelope envelope = {.sender = sender, .listener = listener};
    g_autoptr(Choice) choice = choice_new(settings, &envelope);
    g_assert_cmpstr(choice->names, ==, policies);
}

static void test_listener(void)
{
    check_listener("second", "a@example.com", "by-way");
    check_listener("third", "a@example.com", "by-way");
    check_listener("third", "a@example.org", NULL);
    check_listener("Second", "a@example.com", NULL);
    check_listener(NULL, "a@example.com", NULL);
}

static const Rule *rule_named(const char *name)
{
    guint number = 0;
    while (strcmp(rules_get(number)->name, name) != 0)
        number++;
    return rules_get(number);
}

static const Policy *policy_of(const Settings *settings, guint section)
{
    return &((const Settings *)g_ptr_array_index(settings->sections, section))->policy;
}

/* What a section does not set it has of [repair], wherever that stands, and the limits. */
static void test_inherited(void)
{
    g_autoptr(Settings) settings = load(text);
    const Policy *list = policy_of(settings, 0);
    const Policy *out = policy_of(settings, 1);
    const Policy *both = policy_of(settings, 2);
    const Policy *one = policy_of(settings, 3);
    g_assert_cmpint(list->profile, ==, 0);
    g_assert_cmpint(out->profile, ==, PROFILE_OUTBOUND);
    g_assert_cmpint(both->profile, ==, PROFILE_INBOUND);
    g_assert_true(both->leave_signed && !one->leave_signed);
    g_assert_false(policy_has_rule(out, rule_named("trigger-empty")));
    g_assert_true(policy_has_rule(one, rule_named("trigger-empty")));
    g_assert_false(policy_has_rule(one, rule_named("stamp")));
    g_assert_true(policy_has_rule(out, rule_named("stamp")));
    g_assert_cmpint(out->levels[rules_number(rule_named("busy-status"))], ==, RULE_ENABLED);
    g_assert_cmpint(one->levels[rules_number(rule_named("busy-status"))], ==, RULE_DEFAULT);
    g_assert_cmpuint(one->limits.parts.count, ==, 7);
    const Settings *section = g_ptr_array_index(settings->sections, 2);
    g_assert_cmpstr(section->switch_files[SWITCH_TRACK_STATUS], ==, "/both");
    g_assert_cmpstr(section->switch_files[SWITCH_MAIL], ==, settings->switch_files[SWITCH_MAIL]);
}

/* What two policies allow is what each of them allows, case by case. */
static void test_both(void)
{
    g_autoptr(Settings) settings = load(text);
    static const ChoiceCase row = {NULL, "a@example.com", "b@one.example,c@example.org", NULL, NULL,
                                   NULL};
    g_autoptr(Choice) choice = choose(settings, &row);
    const Policy *one = policy_of(settings, 3);
    guint next = 0;
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        for (gsize i = 0; i < rule->count; i++) {
            const RuleCase *rule_case = &rule->cases[i];
            const RuleAction *left = policy_action(&settings->policy, rule, rule_case);
            const RuleAction *right = policy_action(one, rule, rule_case);
            if (left == NULL || right == NULL)
                continue;
            gboolean repairs = left == rule_case->repair && right == rule_case->repair;
            g_assert_cmpuint(next, <, choice->policy->active->len);
            const ActiveCase *active = &g_array_index(choice->policy->active, ActiveCase, next++);
            g_assert_true(active->rule_case == rule_case);
            g_assert_true(active->action == (repairs ? rule_case->repair : rule_case->otherwise));
        }
    }
    g_assert_cmpuint(next, ==, choice->policy->active->len);
    g_assert_false(policy_has_rule(choice->policy, rule_named("trigger-empty")));
    g_assert_false(policy_has_rule(choice->policy, rule_named("stamp")));
}

/* The strictest of three counts. */
static void test_strictest(void)
{
    g_autoptr(Settings) settings = load(text);
    const ChoiceCase *row = &cases[G_N_ELEMENTS(cases) - 1];
    g_autoptr(Choice) choice = choose(settings, row);
    g_assert_true(choice->policy->leave_signed);
    g_assert_cmpuint(choice->policy->limits.parts.count, ==, 7);
}

static void test_taken_section(void)
{
    g_autoptr(Settings) settings = load(text);
    g_autofree char *names = settings_list_sections(settings->sections);
    g_assert_cmpstr(names, ==, "list, out, both, one, later");
    g_assert_null(settings_take_section(settings, "three"));
    g_autoptr(Settings) section = settings_take_section(settings, "out");
    g_assert_cmpint(section->policy.profile, ==, PROFILE_OUTBOUND);
    g_autofree char *left = settings_list_sections(settings->sections);
    g_assert_cmpstr(left, ==, "list, both, one, later");
}

/* What is printed is read as the same. */
static void test_printed(void)
{
    g_autoptr(Settings) settings = load(text);
    g_autofree char *printed = settings_to_text(settings);
    g_autoptr(Settings) again = load(printed);
    g_autofree char *same = settings_to_text(again);
    g_assert_cmpstr(same, ==, printed);
    g_assert_nonnull(strstr(printed, "\n[policy out]\nrecipients = \nsenders = \nclients = \n"
                                     "daemons = submission, 587\n"));
    g_assert_nonnull(strstr(printed, "\nprofile = none\n"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/choice/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/choice/without-sections", test_without_sections);
    g_test_add_func("/choice/listener", test_listener);
    g_test_add_func("/choice/inherited", test_inherited);
    g_test_add_func("/choice/both", test_both);
    g_test_add_func("/choice/strictest", test_strictest);
    g_test_add_func("/choice/taken-section", test_taken_section);
    g_test_add_func("/choice/printed", test_printed);
    return g_test_run();
}
