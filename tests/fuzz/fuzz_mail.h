/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_mail: a mail around a calendar.
 *
 * The fuzzer's octets are the calendar itself; how its lines end, how it is encoded and what the
 * header of its part says are choices, so that a mutation of the text does not lose them.
 */
#ifndef CALMEND_FUZZ_MAIL_H
#define CALMEND_FUZZ_MAIL_H

#include "common/mail/octets.h"

/* The mail with what is left of `input` once three choices are taken off it: how lines end and what
 * stands before them, how it is encoded, and the kind of part. Owned by the caller. */
GString *fuzz_choose_mail(Octets *input);

#endif
