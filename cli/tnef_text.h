/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tnef_text: what can be edited in a TNEF stream, as lines for people.
 *
 * One line for each time property and each checksum, in the order of the stream, so that two
 * streams can be compared with a diff. A stream that contradicts itself is shown as far as it can
 * be read.
 */
#ifndef CALMEND_TNEF_TEXT_H
#define CALMEND_TNEF_TEXT_H

#include "common/mail/octets.h"

/* Appends the lines for `stream`, which may hold anything. */
void tnef_text_append(GString *out, Octets stream);

#endif
