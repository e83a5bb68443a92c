/* SPDX-License-Identifier: BSD-2-Clause
 *
 * finish: the end of a message: plan, switch, edits, events, counts.
 *
 * Whatever fails here costs no mail. A message that cannot be planned, or of which the MTA takes no
 * edit, passes as it came; only one that was half handed over fails for now. Each of these is event
 * 331. A message without a finding leaves no line in the log.
 */
#ifndef CALMEND_FINISH_H
#define CALMEND_FINISH_H

#include "common/transit/metrics.h"
#include "milter/mail/apply.h"
#include "milter/mail/incoming.h"
#include "milter/service/daemon.h"

#include <libmilter/mfapi.h>

/* Finishes the message of `incoming`; only at the end of the message. What has become of the
 * message: it must fail for now when that is OUTCOME_DEFERRED, and is to go on otherwise. */
Outcome finish_message(const Daemon *daemon, SMFICTX *context, const MilterTerms *terms,
                       Incoming *incoming);

#endif
