/* SPDX-License-Identifier: BSD-2-Clause */
#include "counts.h"

#include <stdatomic.h>

static const char *const names[COUNTS] = {
    [COUNT_MESSAGES] = "messages", [COUNT_EXAMINED] = "examined",
    [COUNT_REPAIRED] = "repaired", [COUNT_WOULD_REPAIR] = "would repair",
    [COUNT_LEFT] = "left",         [COUNT_ERRORS] = "errors",
    [COUNT_UNREAD] = "unread",     [COUNT_EXEMPT] = "exempt",
    [COUNT_PUT_OFF] = "put off",
};

static atomic_uint_fast64_t numbers[COUNTS];

void counts_add(Count count)
{
    atomic_fetch_add_explicit(&numbers[count], 1, memory_order_relaxed);
}

guint64 counts_get(Count count)
{
    return atomic_load_explicit(&numbers[count], memory_order_relaxed);
}

char *counts_to_text(void)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < COUNTS; i++) {
        g_string_append_printf(text, "%s%s %" G_GUINT64_FORMAT, i == 0 ? "" : ", ", names[i],
                               counts_get(i));
    }
    return g_string_free(text, FALSE);
}
