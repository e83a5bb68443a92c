/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_part.h"

#include "common/calendar/calendar_part.h"
#include "common/tnef/tnef_part.h"

static gboolean examine(const PartWork *work)
{
    switch (work->part->kind) {
    case PART_CALENDAR:
        return calendar_part_examine(work);
    case PART_TNEF:
        tnef_part_examine(work);
        return TRUE;
    }
    g_assert_not_reached();
}

Plan *fuzz_examine_part(PartKind kind, Octets content, const Policy *policy, gint64 now,
                        gboolean *agreed)
{
    Plan *plan = plan_new();
    g_autoptr(GArray) no_fields = g_array_new(FALSE, FALSE, sizeof(HeaderField));
    const Message message = {.octets = content, .fields = no_fields};
    const MessageTimes times = {.now = now, .fallback = now};
    static char number[] = "1";
    static char type[] = "application/octet-stream";
    const Part part = {
        .kind = kind,
        .number = number,
        .type = type,
        .encoding = TRANSFER_IDENTITY,
        .content_end = content.size,
    };
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part);
    const PartWork work = {
        .message = &message,
        .policy = policy,
        .times = &times,
        .part = &part,
        .transfer = &transfer,
        .plan = plan,
    };
    *agreed = examine(&work);
    splice_sort(plan->body_edits);
    return plan;
}
