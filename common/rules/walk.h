/* SPDX-License-Identifier: BSD-2-Clause
 *
 * walk: from a case to the places of a calendar where it looks.
 *
 * A walker knows places and no rule: it visits each site of the case's place and calls its state
 * there.
 */
#ifndef CALMEND_WALK_H
#define CALMEND_WALK_H

#include "common/rules/site.h"

/* Calls the state of site->rule_case at every site of its place. `site` has work, calendar, facts
 * and the like; the walker fills in the rest. */
void walk_case(const Site *site, Found *found);

/* Reads what each VCALENDAR is to its components: an array as long as there are components, strings
 * in `strings`. walk_facts_free frees it. */
CalendarFacts *walk_facts_read(const Calendar *calendar, GStringChunk *strings);
void walk_facts_free(CalendarFacts *facts, const Calendar *calendar);

#endif
