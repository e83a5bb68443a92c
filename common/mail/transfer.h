/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transfer: from encoded octets to decoded ones, and edits the way back (RFC 2045 6).
 *
 * Decoding is GMime's. Strictness is ours: what cannot be written back faithfully is decoded all
 * the same, to be looked at, but is marked so. Edits on the decoded octets become edits on the
 * encoded ones that change as little as the encoding allows:
 * - identity: the same edit;
 * - quoted-printable: just the encoded octets of the edit. Text that comes in is escaped, its line
 *   endings are written as the one before it is, soft break included;
 * - base64: in place where lengths stay, else from the first changed quantum to the end of the
 * data, with the part's own line length and line ending.
 */
#ifndef CALMEND_TRANSFER_H
#define CALMEND_TRANSFER_H

#include "common/mail/parts.h"
#include "common/mail/splice.h"

/* One part's content, decoded. */
typedef struct {
    TransferEncoding encoding;
    gsize content;      /* where `encoded` stands in the message */
    Octets encoded;     /* borrowed */
    Octets line_ending; /* of the line before the content: CR LF or LF, borrowed */
    Octets decoded;     /* `encoded` itself for the identity, else the octets of `buffer` */
    char *buffer;       /* owned, or NULL */
    gboolean faithful;  /* edits can be written back */
} Transfer;

/* Decodes the content of `part` by `encoding`, its own or what stands for it. Cannot fail: what no
 * decoder reads is taken as it stands, not faithful. Points into the message. */
void transfer_init(Transfer *transfer, const Message *message, const Part *part,
                   TransferEncoding encoding);
void transfer_clear(Transfer *transfer);

/* TRUE when nothing was cut off at the end: it decodes cleanly and ends in no soft line break. */
gboolean transfer_is_complete(const Transfer *transfer);

/* TRUE when no line ending of the decoded octets is one of the encoded octets, too, once `edits`
 * are made: base64, and quoted-printable that then escapes each LF. They are edits as
 * transfer_place_edits takes them; NULL: none. */
gboolean transfer_hides_line_ends(const Transfer *transfer, const GArray *edits);

/* TRUE for base64 with a line of more than 990 octets. */
gboolean transfer_has_long_line(const Transfer *transfer);

/* Turns `edits` on the decoded octets into edits on the octets of the message, as
 * transfer_place_edits does, and decodes what leaves once more: FALSE, and nothing is appended,
 * when that is not `text`, the edited octets. Where `breaks_lines`, lines of base64 of more than
 * 990 octets are broken after every 76. */
gboolean transfer_write_back(const Transfer *transfer, const GArray *edits, Octets text,
                             gboolean breaks_lines, GStringChunk *strings, GArray *out);

/* Turns `edits` on the decoded octets (sorted, disjoint; where the decoded octets hold a NUL,
 * edits that keep the length) into edits
 * on the octets of the message, appended to `out`. Their texts live in `strings` or are those of
 * `edits`. The transfer must be faithful. */
void transfer_place_edits(const Transfer *transfer, const GArray *edits, GStringChunk *strings,
                          GArray *out);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Transfer, transfer_clear)

#endif
