/* SPDX-License-Identifier: BSD-2-Clause
 *
 * families: the names of the families, and the list of rules of each file.
 *
 * Only the table (rules.c) reads the lists.
 */
#ifndef CALMEND_FAMILIES_H
#define CALMEND_FAMILIES_H

#include "common/rules/rule.h"

#define FAMILY_EPOCH     "epoch"
#define FAMILY_KB955480  "kb955480"
#define FAMILY_STRUCTURE "structure"
#define FAMILY_TEXT      "text"
#define FAMILY_METHOD    "method"
#define FAMILY_MIME      "mime"
#define FAMILY_ZONE      "zone"
#define FAMILY_ADDRESS   "address"
#define FAMILY_ALARM     "alarm"
#define FAMILY_DATE      "date"
#define FAMILY_CALMEND   "calmend"

extern const RuleList epoch_rules;     /* family_epoch.c: KB 938650 and KB 955480 */
extern const RuleList structure_rules; /* family_structure.c */
extern const RuleList text_rules;      /* family_text.c */
extern const RuleList method_rules;    /* family_method.c: families method and mime */
extern const RuleList zone_rules;      /* family_zone.c */
extern const RuleList address_rules;   /* family_address.c */
extern const RuleList alarm_rules;     /* family_alarm.c */
extern const RuleList date_rules;      /* family_date.c */
extern const RuleList tnef_rules;      /* tnef_rules.c: family epoch in winmail.dat */
extern const RuleList header_rules;    /* header_rules.c: family epoch in the message's header */
extern const RuleList engine_rules;    /* engine_rules.c: what calmend says of itself */

/* Rules of what the engine finds by itself. */
extern const Rule *const rule_calendar_behind_end; /* family_structure.c */
extern const Rule *const rule_encoding_noise;      /* family_method.c */
extern const Rule *const rule_stamp;               /* engine_rules.c */
extern const Rule *const rule_limit;

#endif
