/* SPDX-License-Identifier: BSD-2-Clause
 *
 * incoming: one message, as an MTA hands it over piece by piece.
 *
 * It keeps the few header fields that matter and the body in one run, as the engine wants them, and
 * says as early as it can that the rest is not needed: after the header, when no calendar can
 * follow, and within the body, when the message is too large or cannot be kept. What it cannot do
 * costs no mail: then there is no plan. It knows nothing of libmilter, so that anything can drive
 * it, and nothing of threads: one at a time, not always the same.
 */
#ifndef CALMEND_INCOMING_H
#define CALMEND_INCOMING_H

#include "common/choice.h"
#include "common/repair.h"
#include "common/settings.h"

typedef struct Incoming Incoming;

/* A message begins. `settings` are borrowed; `sender` is the envelope sender, empty when it is
 * unknown, and copied. `leading_blank`: the values of header fields hold all behind the colon; else
 * the MTA has taken a blank away. Owned by the caller, incoming_free. */
Incoming *incoming_new(const Settings *settings, Octets sender, gboolean leading_blank);

/* Forgets the message and gives its memory back. */
void incoming_free(Incoming *incoming);

/* How large the message will be, as the client says; 0: unknown. It decides where the message is
 * kept, and nothing else. */
void incoming_announce(Incoming *incoming, gsize octets);

/* A recipient of the envelope, without angle brackets; copied. */
void incoming_recipient(Incoming *incoming, Octets recipient);

/* The envelope is known: the policy that holds is chosen. `client` is the address of the client as
 * numbers, `daemon` the name of the MTA's daemon, `listener` that of the milter's; each may be
 * NULL. Once, before the first header field; without it [repair] holds. */
void incoming_choose(Incoming *incoming, const char *client, const char *daemon,
                     const char *listener);

/* A header field: its value, folds as LF or CR LF and a blank. */
void incoming_header(Incoming *incoming, const char *name, const char *value);

/* The header is over. FALSE: nothing that follows can matter, the message is done with. */
gboolean incoming_end_header(Incoming *incoming);

/* A piece of the body, lines with CR LF. FALSE: the rest of the body is not needed. */
gboolean incoming_body(Incoming *incoming, Octets chunk);

/* The message is over: its plan at the time `now` (seconds since 1970-01-01 UTC), with these
 * switches on (bits 1 << RuleSwitch). Where none is, it has no edit and says what would be
 * repaired. NULL when it holds no calendar part, is too large (incoming_is_unread), could not be
 * kept (incoming_problem), or waited for its turn in vain (incoming_is_late). Owned by the caller,
 * plan_free. */
Plan *incoming_plan(Incoming *incoming, guint switches, gint64 now);

/* FALSE when the message might be over the limit of the MTA (limits.mta-bytes, mta_limit) once the
 * MTA's file is `growth` octets larger, while it is not as it came: an MTA refuses it for good
 * then. `taken` is the largest message that the MTA has taken, 0 where that is not known. Only with
 * a plan that changes the message. */
gboolean incoming_has_room(const Incoming *incoming, gsize growth, gsize taken);

/* Octets of the message so far, kept or not. */
gsize incoming_octets(const Incoming *incoming);

/* TRUE when the message is above limits.message-bytes, and so was not kept. */
gboolean incoming_is_unread(const Incoming *incoming);

/* TRUE when the message is a large one, and too many others were planned meanwhile. */
gboolean incoming_is_late(const Incoming *incoming);

/* Why the message could not be kept, or NULL. Borrowed. */
const char *incoming_problem(const Incoming *incoming);

/* The message that was planned, header fields that do not matter left out; NULL without a plan.
 * Borrowed. */
const Message *incoming_message(const Incoming *incoming);

/* Copies octets, of the message or not, to `to` (spool_copy): a large message does not become
 * resident. FALSE with errno when they cannot be read. */
gboolean incoming_copy(const Incoming *incoming, Octets octets, char *to);

/* The policies that hold; NULL: [repair]. Borrowed. */
const Choice *incoming_choice(const Incoming *incoming);

/* Writes the message as it came (original), which the settings must keep (repair.keep), to `file`.
 * Only with the plan. FALSE and an error (G_FILE_ERROR) when it cannot be written. */
gboolean incoming_write(Incoming *incoming, int file, GError **error);

/* How many octets that writes. */
gsize incoming_write_size(const Incoming *incoming);

/* The envelope sender, or NULL. Borrowed. */
const char *incoming_sender(const Incoming *incoming);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Incoming, incoming_free)

#endif
