/* SPDX-License-Identifier: BSD-2-Clause
 *
 * encoded_word: the octets in encoded words (RFC 2047).
 *
 * Only the encoding is undone; the octets stay in their charset. That is enough to compare with an
 * ASCII name, and a stranger's mail makes nobody load a converter for every charset there is.
 */
#ifndef CALMEND_ENCODED_WORD_H
#define CALMEND_ENCODED_WORD_H

#include "common/mail/octets.h"

/* `text` with each encoded word as its octets; white space between two of them goes (RFC 2047 6.2).
 * What is none stays. Time is linear. Owned by the caller. */
GString *encoded_words_decode(Octets text);

#endif
