/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tnef_names: the MAPI properties and message classes that the rules know ([MS-OXPROPS],
 * [MS-OXOCAL] 2.2.5.2 to 2.2.7).
 *
 * Two tables. A property of a name is known by its set and LID; a meeting's message class is known
 * in the spelling of MAPI and in that of Microsoft Mail.
 */
#ifndef CALMEND_TNEF_NAMES_H
#define CALMEND_TNEF_NAMES_H

#include "common/tnef/tnef.h"

/* The property that this one is, or NULL; the rule table has its name. Static. */
const TnefName *tnef_names_of(const Tnef *tnef, const TnefProperty *property);

/* What a message class means: a RuleMethod bit, METHOD_NONE where it is that of no meeting. Letters
 * are compared without case; a class below one of the table counts as that one. */
guint tnef_names_method(const char *message_class);

#endif
