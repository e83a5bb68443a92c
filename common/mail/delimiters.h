/* SPDX-License-Identifier: BSD-2-Clause
 *
 * delimiters: the multiparts that are open at a place of a message, and the lines that end parts.
 *
 * A delimiter line is `--`, the boundary, and blanks; `--` behind the boundary closes the multipart
 * (RFC 2046 5.1.1). A line that fits several open multiparts is the innermost one's. A line is
 * looked up in a table, so that what it costs does not depend on how many are open.
 */
#ifndef CALMEND_DELIMITERS_H
#define CALMEND_DELIMITERS_H

#include "common/mail/octets.h"

/* Zero-initialized: none is open. */
typedef struct {
    GPtrArray *open;    /* of Boundary, outermost first */
    GHashTable *newest; /* text of a boundary: the innermost one that has it */
} Delimiters;

/* A line that ends a part. */
typedef struct {
    gsize line;      /* its first octet */
    gsize next;      /* one past its line ending */
    guint tag;       /* of the multipart, as it was opened */
    gboolean closes; /* it closes the multipart */
} Delimiter;

/* Opens a multipart, inside of all that are open. `boundary` is taken. Blanks at its end do not
 * count: no boundary may end in one (RFC 2046 5.1.1). `tag` is the caller's, and greater than those
 * of the multiparts around it. */
void delimiters_open(Delimiters *delimiters, GString *boundary, guint tag);

/* Closes all whose tag is `tag` or greater. */
void delimiters_close(Delimiters *delimiters, guint tag);

/* The number of open multiparts. */
guint delimiters_count(const Delimiters *delimiters);

/* The tag of the innermost open multipart, of which there must be one. */
guint delimiters_innermost(const Delimiters *delimiters);

/* TRUE when the line that begins at `line` is a delimiter, which is then in `found`. */
gboolean delimiters_match(const Delimiters *delimiters, Octets octets, gsize line,
                          Delimiter *found);

/* The first delimiter at or after `from`, the start of a line. FALSE when there is none. */
gboolean delimiters_next(const Delimiters *delimiters, Octets octets, gsize from, Delimiter *found);

void delimiters_clear(Delimiters *delimiters);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Delimiters, delimiters_clear)

#endif
