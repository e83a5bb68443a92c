/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_input.h"

/* How the rules are set. */
enum { RULES_DEFAULT, RULES_ALL_ENABLED, RULES_EACH, RULES_MODES };

static const RuleProfile profiles[] = {PROFILE_INBOUND, PROFILE_OUTBOUND, 0};

#define MANUAL_LIMITS                                                                              \
    {                                                                                              \
        .lines = 100000, .components = 10000, .nesting = 10, .parameters = 1000                    \
    }

/* How much may be read: the manual's limits, and ones that small inputs reach. */
static const PolicyLimits small_limits[] = {
    {.message_bytes = 1 << 26, .parts = {.count = 1000, .depth = 50}, .calendar = MANUAL_LIMITS},
    {.message_bytes = 1000, .parts = {.count = 1000, .depth = 50}, .calendar = MANUAL_LIMITS},
    {.message_bytes = 1 << 26,
     .parts = {.count = 3, .depth = 2},
     .calendar = {.lines = 20, .components = 3, .nesting = 3, .parameters = 3}},
    {.message_bytes = 1 << 26,
     .parts = {.count = 1, .depth = 1},
     .calendar = {.lines = 1, .components = 1, .nesting = 1, .parameters = 1}},
};

Octets fuzz_input(const uint8_t *data, size_t size)
{
    return (Octets){(const char *)data, size};
}

Octets fuzz_take(Octets *input, gsize size)
{
    gsize taken = MIN(size, input->size);
    Octets front = octets_slice(*input, 0, taken);
    *input = octets_slice(*input, taken, input->size);
    return front;
}

guint fuzz_choose(Octets *input, guint below)
{
    Octets octet = fuzz_take(input, 1);
    return octet.size == 0 ? 0 : (guint)(guchar)octet.data[0] % below;
}

static void choose_levels(Octets *input, guint mode, Policy *policy)
{
    for (guint number = 0; number < rules_count(); number++)
        policy->levels[number] =
            mode == RULES_EACH ? fuzz_choose(input, RULE_DISABLED + 1) : RULE_ENABLED;
}

/* Takes one of `count` off what is left of a choice. */
static guint take_choice(guint *choice, guint count)
{
    guint taken = *choice % count;
    *choice /= count;
    return taken;
}

void fuzz_choose_policy(Octets *input, Policy *policy)
{
    policy_init(policy);
    guint choice = fuzz_choose(input, 256);
    guint mode = take_choice(&choice, RULES_MODES);
    policy->leave_signed = take_choice(&choice, 2) == 1;
    RuleProfile profile = profiles[take_choice(&choice, G_N_ELEMENTS(profiles))];
    policy->switches &= ~(take_choice(&choice, 1U << (SWITCHES - 1)) << (SWITCH_NONE + 1));
    policy->limits = small_limits[fuzz_choose(input, G_N_ELEMENTS(small_limits))];
    if (mode != RULES_DEFAULT)
        choose_levels(input, mode, policy);
    policy_set_profile(policy, profile); /* which compiles all of it, once */
}

gint64 fuzz_choose_clock(Octets *input)
{
    static const gint64 clocks[] = {
        1767657600, /* 2026-01-06 */
        0,          /* a machine without a clock */
        4102444800, /* 2100-01-01 */
    };
    return clocks[fuzz_choose(input, G_N_ELEMENTS(clocks))];
}
