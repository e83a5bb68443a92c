/* SPDX-License-Identifier: BSD-2-Clause
 *
 * producer: which family of programs wrote a calendar, told from its PRODID.
 *
 * Messages bring any PRODID they like, so that one counter for each would grow without bound. A
 * fixed table of groups bounds them: a PRODID belongs to the first group of which it holds a mark,
 * whatever the case, and to "other" where it holds none. The exact PRODID stands in the events.
 */
#ifndef CALMEND_PRODUCER_H
#define CALMEND_PRODUCER_H

#include <glib.h>

/* How many groups there are. Their numbers begin at 0. */
guint producer_groups(void);

/* The group of a PRODID; for NULL, that is where there is no calendar, the group "none". */
guint producer_group(const char *prodid);

/* The name of a group: small letters only. Static. */
const char *producer_name(guint group);

#endif
