/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_input.h"

/* How the rules are set. */
enum { RULES_DEFAULT, RULES_ALL_ENABLED, RULES_EACH, RULES_MODES };

/* How much may be read: the manual's limits, and ones that small inputs reach. */
static const PolicyLimits small_limits[] = {
    {.message_bytes = 1 << 26,
     .parts = 1000,
     .depth = 50,
     .components = 10000,
     .content_lines = 100000},
    {.message_bytes = 1000,
     .parts = 1000,
     .depth = 50,
     .components = 10000,
     .content_lines = 100000},
    {.message_bytes = 1 << 26, .parts = 3, .depth = 2, .components = 3, .content_lines = 20},
    {.message_bytes = 1 << 26, .parts = 1, .depth = 1, .components = 1, .content_lines = 1},
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
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++) {
        RuleLevel level = mode == RULES_EACH ? fuzz_choose(input, RULE_DISABLED + 1) : RULE_ENABLED;
        policy_set_level(policy, rules[i].name, level);
    }
}

void fuzz_choose_policy(Octets *input, Policy *policy)
{
    policy_init(policy);
    guint choice = fuzz_choose(input, 2 * RULES_MODES);
    policy->leave_dkim_signed = choice >= RULES_MODES;
    policy->limits = small_limits[fuzz_choose(input, G_N_ELEMENTS(small_limits))];
    if (choice % RULES_MODES != RULES_DEFAULT)
        choose_levels(input, choice % RULES_MODES, policy);
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
