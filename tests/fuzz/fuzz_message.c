/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_message: a whole message through repair_message, under a policy of the input's choice.
 *
 * Its parts are ranges of it. The plan keeps its promises, its edits stand where edits may stand,
 * the message that it makes of the first one needs no second repair, and each of its calendars is
 * read as before but for what was repaired. The data is the mail as a file holds it.
 */
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    repair_init();
    return 0;
}

static void require_rest(const Message *before, const Plan *plan, GString *octets,
                         const Policy *policy, gint64 now)
{
    g_auto(Message) after;
    message_init(&after, (Octets){octets->str, octets->len});
    g_autoptr(Plan) again = repair_message(&after, policy, now);
    fuzz_require(!plan_changes(again), "a second pass changes nothing");
    fuzz_require_findings(again);
    fuzz_require_fields(before, plan, &after);
    fuzz_require_parts_alike(before, &after, plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    g_auto(Policy) policy;
    fuzz_choose_policy(&input, &policy);
    gint64 now = fuzz_choose_clock(&input);

    g_auto(Message) message;
    message_init(&message, input);
    fuzz_require_parts(&message, &policy.limits.parts);
    g_autoptr(Plan) plan = repair_message(&message, &policy, now);
    g_autoptr(GString) repaired = fuzz_apply_plan(&message, plan);
    fuzz_require_findings(plan);
    fuzz_require_events(plan);
    fuzz_require_places(&message, &policy.limits.parts, plan);
    if (plan_changes(plan))
        require_rest(&message, plan, repaired, &policy, now);
    else
        fuzz_require(fuzz_octets_same(input, (Octets){repaired->str, repaired->len}),
                     "without an edit the message stays");
    return 0;
}
