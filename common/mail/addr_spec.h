/* SPDX-License-Identifier: BSD-2-Clause
 *
 * addr_spec: mail addresses (RFC 5322 3.4.1), as strictly as an edit needs them.
 *
 * Atoms and dots in the local part, a domain of two or more labels of letters, digits and inner
 * hyphens; no comment, no quoted string, ASCII only.
 */
#ifndef CALMEND_ADDR_SPEC_H
#define CALMEND_ADDR_SPEC_H

#include "common/mail/octets.h"

/* TRUE when all of `octets` is one address. */
gboolean addr_spec_is(Octets octets);

/* TRUE when it is "mailto:", in any case, and one address. */
gboolean addr_spec_is_mailto(Octets octets);

#endif
