/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mailbox: the one address of an address field (RFC 5322 3.4), where there is exactly one.
 */
#ifndef CALMEND_MAILBOX_H
#define CALMEND_MAILBOX_H

#include "common/mail/octets.h"

/* The addr-spec of `value`, the unfolded value of an address field: alone, or in <> behind a
 * display name of atoms, dots, quoted strings and encoded words. Empty where it is anything else: a
 * list, a group, a comment. Points into `value`. */
Octets mailbox_only(Octets value);

#endif
