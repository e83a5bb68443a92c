/* SPDX-License-Identifier: BSD-2-Clause
 *
 * zone_table: the rows of zone.h, taken from the IANA database by make_zone_table.py.
 *
 * Only zone.c and tests read them.
 */
#ifndef CALMEND_ZONE_TABLE_H
#define CALMEND_ZONE_TABLE_H

#include "common/calendar/zone.h"

struct Zone {
    const char *tzid;
    int since;        /* a year, 1970 or later */
    const char *rule; /* as zone_rule_read takes it */
};

/* Sorted by the octets of the TZID. */
extern const Zone zone_table[];
extern const gsize zone_table_size;

#endif
