/* SPDX-License-Identifier: BSD-2-Clause
 *
 * transfer: from encoded octets to decoded ones, and edits the way back (RFC 2045 6).
 *
 * Decoding is GMime's. Strictness is ours: what cannot be written back faithfully is decoded all
 * the same, to be looked at, but is marked so. Edits on the decoded octets become edits on the
 * encoded ones that change as little as the encoding allows:
 * - identity: the same edit;
 * - quoted-printable: just the encoded octets of the edit. A line that comes in has its line ending
 *   written as the line before it has it, soft break included;
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

/* Decodes the content of `part`. Cannot fail: what no decoder reads is taken as it stands, not
 * faithful. Points into the message. */
void transfer_init(Transfer *transfer, const Message *message, const Part *part);
void transfer_clear(Transfer *transfer);

/* Turns `edits` on the decoded octets (sorted, disjoint; ASCII text, a line that comes in at the
 * start of a line; any octets where the decoded octets hold a NUL and the length stays) into edits
 * on the octets of the message, appended to `out`. Their texts live in `strings` or are those of
 * `edits`. The transfer must be faithful. */
void transfer_place_edits(const Transfer *transfer, const GArray *edits, GStringChunk *strings,
                          GArray *out);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Transfer, transfer_clear)

#endif
