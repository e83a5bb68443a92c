/* SPDX-License-Identifier: BSD-2-Clause
 *
 * zone: the time zones that calmend can describe, and the VTIMEZONE (RFC 5545 3.6.5) of each.
 *
 * A zone is known by its TZID in the IANA database and described by the rule that is in force
 * today, which holds from a year of its own on. Zones whose rule no VTIMEZONE of two yearly onsets
 * can say, or that have none, are not known. Nothing here fails: a name is known or it is not.
 */
#ifndef CALMEND_ZONE_H
#define CALMEND_ZONE_H

#include "common/mail/octets.h"

typedef struct Zone Zone;

/* The zone of that name, compared octet for octet, or NULL. Borrowed, static. */
const Zone *zone_find(Octets tzid);

/* The year, 1970 or later, from whose first of January on the rule gives the offsets of the IANA
 * database. */
int zone_since(const Zone *zone);

/* Appends the VTIMEZONE of `zone` to `out`, each line, the last one too, ended by `line_ending`
 * (CR LF or LF). Lines are ASCII and need no fold. STANDARD is the part with the lesser offset and
 * comes first; a zone with one offset has no other. Onsets begin in 1970. */
void zone_write(const Zone *zone, Octets line_ending, GString *out);

#endif
