/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tally: mails through a milter, and how long each took and what became of it.
 *
 * For the programs that load a milter. One thread at a time.
 */
#ifndef CALMEND_TALLY_H
#define CALMEND_TALLY_H

#include "cli/milter/milter_client.h"

typedef struct {
    GArray *latencies; /* guint32, microseconds from the first octet to the last word on it */
    gint64 replaced;   /* messages whose body the milter replaced */
    gint64 accepted;   /* messages that were accepted before their end */
} Tally;

void tally_init(Tally *tally);
void tally_clear(Tally *tally);

/* Sends a mail and counts it. FALSE and error when the milter fails or refuses it. `result` is the
 * client's, as for milter_client_send. */
gboolean tally_send(Tally *tally, MilterClient *client, const MilterMail *mail,
                    MilterResult *result, GError **error);

/* Adds what was counted to `sum`; the tally begins anew. */
void tally_move(Tally *tally, Tally *sum);

/* What was counted as members of a JSON object, with the median and the 99th percentile. Sorts the
 * latencies. Owned by the caller, g_free. */
char *tally_to_json(Tally *tally);

#endif
