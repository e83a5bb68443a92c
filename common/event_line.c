/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/event_line.h"

#include <string.h>

#define SHORTEST_VALUE  4
#define OCTETS_PER_RULE 8

/* Such as "stamp-epoch x2", with the reason where the event does not say it already. */
static char *rule_text(const EventRule *rule)
{
    if (rule->reason == REASON_NONE || rule->reason == REASON_LEAVE ||
        rule->reason == REASON_SWITCH)
        return g_strdup_printf("%s x%u", rule->rule->name, rule->count);
    return g_strdup_printf("%s x%u (%s)", rule->rule->name, rule->count, reason_word(rule->reason));
}

GPtrArray *event_line_rules(const GArray *rules, gsize longest)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    guint shown = (guint)MIN(rules->len, MAX(1, longest / OCTETS_PER_RULE));
    for (guint i = 0; i < shown; i++)
        g_ptr_array_add(texts, rule_text(&g_array_index(rules, EventRule, i)));
    if (shown < rules->len)
        g_ptr_array_add(texts, g_strdup_printf("and %u more", rules->len - shown));
    return texts;
}

char *event_line_fit(EventWriter write, const Event *event, const EventContext *context)
{
    char *line = write(event, context, EVENT_LONGEST_VALUE);
    for (gsize longest = EVENT_LONGEST_VALUE / 2;
         strlen(line) > EVENT_LINE_MAX && longest >= SHORTEST_VALUE; longest /= 2) {
        g_free(line);
        line = write(event, context, longest);
    }
    return line;
}
