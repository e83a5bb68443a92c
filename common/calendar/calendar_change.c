/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/calendar/calendar_change.h"

static void change_clear(gpointer data)
{
    ComponentChange *change = data;
    g_array_unref(change->edits);
    g_array_unref(change->intents);
}

GArray *calendar_changes_new(void)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(ComponentChange));
    g_array_set_clear_func(changes, change_clear);
    return changes;
}

GArray *calendar_changes_edits(const GArray *changes)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    for (guint i = 0; i < changes->len; i++) {
        const ComponentChange *change = &g_array_index(changes, ComponentChange, i);
        g_array_append_vals(edits, change->edits->data, change->edits->len);
    }
    splice_sort(edits);
    return edits;
}

static void find_window(const Calendar *calendar, const Component *component,
                        ComponentChange *change)
{
    const Edit *first = &g_array_index(change->edits, Edit, 0);
    const Edit *last = &g_array_index(change->edits, Edit, change->edits->len - 1);
    gboolean after = FALSE;
    change->window = change->begin_next;
    change->window_end = change->end_start;
    if (component->first_nested != CALENDAR_NONE)
        return;
    for (guint i = component->begin + 1; i < component->end && !after; i++) {
        const ContentLine *line = calendar_line(calendar, i);
        if (calendar_line(calendar, i + 1)->start <= first->offset)
            change->window = line->start;
        after = line->start >= last->offset + last->length;
        if (after)
            change->window_end = line->next;
    }
}

void calendar_changes_add(GArray *changes, const Calendar *calendar, const Component *component,
                          GArray *edits, GArray *intents)
{
    const ContentLine *begin = calendar_line(calendar, component->begin);
    const ContentLine *end = calendar_line(calendar, component->end);
    ComponentChange change = {
        .start = begin->start,
        .begin_next = begin->next,
        .end_start = end->start,
        .end = end->next,
        .edits = g_array_ref(edits),
        .intents = g_array_ref(intents),
    };
    splice_sort(edits);
    find_window(calendar, component, &change);
    g_array_append_val(changes, change);
}
