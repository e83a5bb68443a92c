/* SPDX-License-Identifier: BSD-2-Clause */
#include "tally.h"

void tally_init(Tally *tally)
{
    *tally = (Tally){.latencies = g_array_new(FALSE, FALSE, sizeof(guint32))};
}

void tally_clear(Tally *tally)
{
    g_clear_pointer(&tally->latencies, g_array_unref);
}

gboolean tally_send(Tally *tally, MilterClient *client, const MilterMail *mail,
                    MilterResult *result, GError **error)
{
    gint64 begun = g_get_monotonic_time();
    if (!milter_client_send(client, mail, result, error))
        return FALSE;
    guint32 latency = (guint32)(g_get_monotonic_time() - begun);
    g_array_append_val(tally->latencies, latency);
    tally->replaced += result->body_replaced;
    tally->accepted += result->verdict == MILTER_ACCEPT;
    if (result->verdict == MILTER_CONTINUE || result->verdict == MILTER_ACCEPT)
        return TRUE;
    g_set_error(error, MILTER_CLIENT_ERROR, MILTER_CLIENT_ERROR_PROTOCOL,
                "the milter refused a message (%s)", result->step);
    return FALSE;
}

void tally_move(Tally *tally, Tally *sum)
{
    g_array_append_vals(sum->latencies, tally->latencies->data, tally->latencies->len);
    sum->replaced += tally->replaced;
    sum->accepted += tally->accepted;
    g_array_set_size(tally->latencies, 0);
    tally->replaced = tally->accepted = 0;
}

static int compare_latencies(gconstpointer one, gconstpointer other)
{
    guint32 left = *(const guint32 *)one;
    guint32 right = *(const guint32 *)other;
    return (left > right) - (left < right);
}

/* The latency that `share` of the messages do not exceed; 0 without messages. */
static guint32 percentile(const GArray *sorted, double share)
{
    if (sorted->len == 0)
        return 0;
    guint index = (guint)((double)sorted->len * share);
    return g_array_index(sorted, guint32, MIN(index, sorted->len - 1));
}

char *tally_to_json(Tally *tally)
{
    GArray *latencies = tally->latencies;
    g_array_sort(latencies, compare_latencies);
    return g_strdup_printf("\"messages\": %u, \"replaced\": %" G_GINT64_FORMAT
                           ", \"accepted\": %" G_GINT64_FORMAT ", \"p50_us\": %u, \"p99_us\": %u",
                           latencies->len, tally->replaced, tally->accepted,
                           percentile(latencies, 0.5), percentile(latencies, 0.99));
}
