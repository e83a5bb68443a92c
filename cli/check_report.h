/* SPDX-License-Identifier: BSD-2-Clause
 *
 * check_report: the findings of one message on standard output, for people or as JSON.
 *
 * Text is one line per finding:
 *   FILE: PART TYPE: RULE: COMPONENT PROPERTY: OLD -> NEW
 *   FILE: PART TYPE: RULE: COMPONENT PROPERTY: OLD, left: REASON
 * In an mbox FILE is followed by a colon and the number of the message in it. PART is a section
 * number (RFC 9051 6.4.5), or the word message; TYPE and COMPONENT stand where they are known. OLD
 * may be (absent), NEW may be (removed). Values are escaped and cut to a length.
 *
 * JSON is one object per message, on a line of its own, without findings too:
 *   file      string  as it was named, with what is below it
 *   store     string  file, mbox, maildir or mh: how it is stored
 *   number    number/null  which message of an mbox it is, from 1
 *   offset    number  of its first octet in the file: after the From_ line
 *   length    number  of its octets
 *   changes   boolean whether a repair would change the message
 *   findings  array   of objects, in the order of the message:
 *     rule, family         string       the rule and its family, as in calmend rules
 *     part, type           string/null  section number and media type; null: the message itself
 *     method, uid, producer string/null METHOD, UID and PRODID of the calendar
 *     component, property  string/null  where the defect is
 *     old_value, new_value string/null  null: absent; of new_value: removed, or left as it is
 *     detail               string/null  what is odd, where the old value does not show it
 *     repaired             boolean      whether a repair would mend it
 *     reason, reason_text  string/null  why not, in one word and in a clause
 */
#ifndef CALMEND_CHECK_REPORT_H
#define CALMEND_CHECK_REPORT_H

#include "cli/output.h"
#include "cli/store/store.h"
#include "common/repair.h"

/* Both write to standard output; `color` matters to text alone. */
void check_report_text(const StoredMail *mail, const Plan *plan, gboolean color, gboolean all);
void check_report_json(const StoredMail *mail, const Plan *plan, gboolean color, gboolean all);

#endif
