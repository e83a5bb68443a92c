/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mta_taken: the largest message that each MTA has taken.
 *
 * A message that comes to its end is below the limit of its MTA. An MTA is known by its name (macro
 * j); beyond a bound of them, and for one without a name, nothing is known. What was learned counts
 * as long as the settings do: a reload forgets it, as whoever lowers the limit of an MTA needs it.
 * Safe to call from any thread.
 */
#ifndef CALMEND_MTA_TAKEN_H
#define CALMEND_MTA_TAKEN_H

#include <glib.h>

/* The MTA has taken a message of that many octets. `generation` is that of the settings in force
 * when the message began; `mta` may be NULL. */
void mta_taken_note(const char *mta, guint generation, gsize octets);

/* The octets of the largest one in that generation; 0: nothing is known. */
gsize mta_taken_largest(const char *mta, guint generation);

#endif
