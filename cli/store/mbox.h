/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mbox: where the mails of an mbox stand (RFC 4155, mbox(5)).
 *
 * A pure function over octets that may end anywhere. A mail begins behind a separator: a line that
 * begins with "From " and has two of three: it stands at the start of the octets or behind a blank
 * line; it holds a month, a time and a year as a From_ line does, or a hyphen alone; a header field
 * follows. So text
 * that a writer forgot to quote is not cut, and a writer that leaves out the date or the blank line
 * is understood. Content-Length is not looked at: it is wrong too often.
 *
 * The octets of a mail are those that are stored. A line that mboxo or mboxrd quoted (>From) stays
 * as it is: which of them wrote it cannot be told, and an edit is on the octets that lie there. No
 * line of base64, of a header or of a calendar that can be read begins with From and a blank, so
 * nothing is found that is not there; where text is quoted, what is told of it holds the >, and who
 * writes should leave a mail alone whose edit touches such a line, or would make a line begin with
 * From and a blank.
 */
#ifndef CALMEND_MBOX_H
#define CALMEND_MBOX_H

#include "common/mail/octets.h"

/* Positions in the octets. */
typedef struct {
    gsize separator; /* the From_ line */
    gsize start;     /* the mail: behind that line, and behind lines of >From right after it */
    gsize end;       /* one past its last octet: the blank line before the next separator, or before
                        the end of the file, is the mbox's */
    gsize next;      /* where the next separator stands, or the size */
} MboxMail;

/* TRUE when `octets`, the beginning of a file, are those of an mbox. The first two lines tell, and
 * the fields of the first mail need not be there. */
gboolean mbox_begins(Octets octets);

/* So many octets before a line are looked at to tell whether it is a separator. */
#define MBOX_LOOK_BACK 4

/* The next separator behind the line end at `*scanned`, or the size when there is none. FALSE when
 * that cannot be told yet since octets are not `whole`, the last of the file; then more is needed,
 * and the search goes on at `*scanned`. */
gboolean mbox_find(Octets octets, gboolean whole, gsize *scanned, gsize *separator);

/* The mail whose separator stands at `from`. FALSE, and `scanned`, as with mbox_find; it begins as
 * 0 for each mail. */
gboolean mbox_next(Octets octets, gsize from, gboolean whole, gsize *scanned, MboxMail *mail);

#endif
