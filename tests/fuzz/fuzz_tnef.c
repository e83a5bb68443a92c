/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_tnef: the TNEF reader, and the rules on what it read.
 *
 * Attributes and properties stand inside of the stream. A repair keeps the length and leaves a
 * stream that is as sound as before, checksums included, with the same properties, in which no
 * octet but those of unset times and checksums is another, and that needs no second repair. The
 * data is the decoded stream; its signature and key are put before it where they are missing, so
 * that a mutation does not lose all at once.
 */
#include "common/rules/tnef_part.h"
#include "common/tnef/tnef.h"
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

#include <string.h>

#define UNSET_END (2 * G_GUINT64_CONSTANT(864000000000)) /* 1601-01-03 as a FILETIME */
#define SIGNATURE "\x78\x9f\x3e\x22\x01\x00"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    repair_init();
    return 0;
}

static void require_positions(const Tnef *tnef)
{
    for (guint i = 0; i < tnef->attributes->len; i++) {
        const TnefAttribute *attribute = tnef_attribute(tnef, i);
        fuzz_require(attribute->data <= tnef->octets.size &&
                         attribute->size + 2 <= tnef->octets.size - attribute->data,
                     "an attribute and its checksum are inside of the stream");
        fuzz_require(attribute->message < tnef->messages->len, "an attribute has its message");
    }
    for (guint i = 0; i < tnef->properties->len; i++) {
        const TnefProperty *property = tnef_property(tnef, i);
        const TnefAttribute *around = tnef_attribute(tnef, property->attribute);
        fuzz_require(property->value >= around->data &&
                         property->size <= around->size - (property->value - around->data),
                     "a property is inside of its attribute");
    }
}

static void require_same_shape(const Tnef *before, const Tnef *after)
{
    fuzz_require(after->problem == TNEF_SOUND, "a repaired stream is sound, checksums included");
    fuzz_require(before->attributes->len == after->attributes->len &&
                     before->properties->len == after->properties->len &&
                     before->messages->len == after->messages->len,
                 "a repaired stream has the same attributes and properties");
}

/* Blanks what a repair may change: the times that are unset in `tnef`, and every checksum. */
static void blank_repairs(const Tnef *tnef, char *octets)
{
    for (guint i = 0; i < tnef->properties->len; i++) {
        const TnefProperty *property = tnef_property(tnef, i);
        if (property->type == TNEF_TYPE_SYSTIME && tnef_filetime(tnef, property) < UNSET_END)
            memset(octets + property->value, 0, sizeof(guint64));
    }
    for (guint i = 0; i < tnef->attributes->len; i++) {
        const TnefAttribute *attribute = tnef_attribute(tnef, i);
        memset(octets + attribute->data + attribute->size, 0, sizeof(guint16));
    }
}

static void require_same_rest(const Tnef *before, Octets after)
{
    g_autofree char *old = octets_dup(before->octets);
    g_autofree char *new = octets_dup(after);
    blank_repairs(before, old);
    blank_repairs(before, new);
    fuzz_require(memcmp(old, new, after.size) == 0,
                 "only unset times and checksums change in a stream");
}

/* The plan for the stream as a part that is the whole message, unencoded. Owned by the caller. */
static Plan *examine(Octets stream, const Policy *policy, gint64 now)
{
    Plan *plan = plan_new();
    g_autoptr(GArray) no_fields = g_array_new(FALSE, FALSE, sizeof(HeaderField));
    static char number[] = "1";
    static char type[] = "application/ms-tnef";
    const Message message = {.octets = stream, .fields = no_fields};
    const MessageTimes times = {.now = now, .fallback = now};
    const Part part = {.kind = PART_TNEF,
                       .number = number,
                       .type = type,
                       .encoding = TRANSFER_IDENTITY,
                       .content_end = stream.size};
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part, part.encoding);
    const PartWork work = {.message = &message,
                           .policy = policy,
                           .times = &times,
                           .part = &part,
                           .transfer = &transfer,
                           .plan = plan};
    tnef_part_examine(&work);
    splice_sort(plan->edits);
    return plan;
}

static void require_rest(const Tnef *before, GString *repaired, const Policy *policy, gint64 now)
{
    Octets octets = {repaired->str, repaired->len};
    fuzz_require(octets.size == before->octets.size, "a repaired stream keeps its length");
    require_same_rest(before, octets);
    g_auto(Tnef) after;
    tnef_init(&after, octets, policy->limits.calendar.components, policy->limits.calendar.lines);
    require_same_shape(before, &after);
    g_autoptr(Plan) again = examine(octets, policy, now);
    fuzz_require(!plan_changes(again), "a second pass changes nothing");
}

static void check_stream(Octets stream, const Policy *policy, gint64 now)
{
    g_auto(Tnef) tnef;
    tnef_init(&tnef, stream, policy->limits.calendar.components, policy->limits.calendar.lines);
    require_positions(&tnef);
    g_autofree char *problem = tnef_problem_text(&tnef);
    fuzz_require(problem != NULL, "a problem has a text");

    g_autoptr(Plan) plan = examine(stream, policy, now);
    fuzz_require_findings(plan);
    fuzz_require(!plan_changes(plan) || tnef.problem == TNEF_SOUND,
                 "a stream that contradicts itself stays");
    g_autoptr(GString) repaired = fuzz_apply_edits(stream, plan->edits);
    if (plan_changes(plan))
        require_rest(&tnef, repaired, policy, now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    g_auto(Policy) policy;
    fuzz_choose_policy(&input, &policy);
    gint64 now = fuzz_choose_clock(&input);

    g_autoptr(GString) stream = g_string_new(NULL);
    if (!tnef_has_signature(input))
        g_string_append_len(stream, SIGNATURE, sizeof SIGNATURE - 1);
    g_string_append_len(stream, input.data, (gssize)input.size);
    check_stream((Octets){stream->str, stream->len}, &policy, now);
    return 0;
}
