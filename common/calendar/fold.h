/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fold: where a content line that is too long is folded (RFC 5545 3.1).
 *
 * No piece has more than 75 octets with the space in front of it, and each is as long as it can be.
 * There is no cut inside of a UTF-8 character nor behind a backslash, for readers that undo an
 * escape before a fold; a piece in which every place is forbidden is cut at its full length.
 */
#ifndef CALMEND_FOLD_H
#define CALMEND_FOLD_H

#include "common/mail/octets.h"

#define FOLD_OCTETS 75U

/* Called for each place of the line where a line end and a space belong, front to back. */
typedef void (*FoldCut)(gsize offset, gpointer data);

/* `is_utf8`: the text around the line is valid UTF-8. A line that begins with a blank is one that
 * was folded before; the blank counts. */
void fold_each(Octets line, gboolean is_utf8, FoldCut cut, gpointer data);

#endif
