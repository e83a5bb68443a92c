/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/watch/counts.h"

#include "common/transit/metrics.h"

#define SET(outcome) (1u << (outcome))
#define NOT_READ     (SET(OUTCOME_EXEMPT) | SET(OUTCOME_PUT_OFF))

/* A message whose plan could not be made has failed and was not examined: plans are counted apart.
 */
#define PLANS 0

static const struct {
    const char *name;
    guint outcomes; /* or PLANS */
} rows[] = {
    {"messages", (SET(OUTCOMES) - 1) & ~NOT_READ},
    {"examined", PLANS},
    {"repaired", SET(OUTCOME_REPAIRED)},
    {"would repair", SET(OUTCOME_WOULD_REPAIR)},
    {"left", SET(OUTCOME_LEFT)},
    {"errors", SET(OUTCOME_FAILED) | SET(OUTCOME_DEFERRED)},
    {"unread", SET(OUTCOME_UNREAD)},
    {"exempt", SET(OUTCOME_EXEMPT)},
    {"put off", SET(OUTCOME_PUT_OFF)},
};

static gint64 count_messages(guint outcomes)
{
    gint64 sum = 0;
    for (guint outcome = 0; outcome < OUTCOMES; outcome++) {
        if ((outcomes & SET(outcome)) != 0)
            sum += metrics_messages((Outcome)outcome);
    }
    return sum;
}

char *counts_to_text(void)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint outcomes = rows[i].outcomes;
        g_string_append_printf(text, "%s%s %" G_GINT64_FORMAT, i == 0 ? "" : ", ", rows[i].name,
                               outcomes == PLANS ? metrics_plans() : count_messages(outcomes));
    }
    return g_string_free(text, FALSE);
}
