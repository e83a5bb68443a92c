/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mta_limit: will the MTA still take a message once it is repaired?
 *
 * Postfix holds its queue file to message_size_limit while it makes the edits, and refuses for good
 * (552 5.3.4) what is over it then. No protocol tells a milter that limit: SIZE= is what the client
 * claims, and the smtpd that believes it may have another limit than the cleanup that holds to it.
 * Where the settings do not say it either, three things are known: every MTA takes 64 KiB (RFC 5321
 * 4.5.3.1.7); an MTA takes what it has taken before; and people choose round numbers. What is
 * neither small, nor smaller than what was taken, nor away from such numbers passes as it came. All
 * numbers are octets.
 */
#ifndef CALMEND_MTA_LIMIT_H
#define CALMEND_MTA_LIMIT_H

#include "common/mail/octets.h"
#include "common/settings.h"

/* A message and its repair, as Postfix counts them. */
typedef struct {
    gsize size;       /* as it came, and as a milter sees it */
    gsize records;    /* what the MTA needs more for it, to know where lines end; at least */
    gsize uncertain;  /* the same, of what was not kept; at most */
    gsize growth;     /* by how much the repair makes the MTA's file larger; at most */
    guint recipients; /* each has a place in that file */
} MtaSize;

/* What Postfix needs more for this text: an octet for each line of 128 octets or more, and three
 * for each time that it breaks a longer one. */
gsize mta_limit_records(Octets text);

/* At most that for a text of so many octets. */
gsize mta_limit_records_max(gsize size);

/* TRUE when the repair cannot be what takes the message over the limit. `limit` is that of the MTA,
 * 0 for none, SETTINGS_AUTO where nobody has told it; `taken` is the largest message that it has
 * taken, 0 where none is known. */
gboolean mta_limit_allows(gsize limit, gsize taken, const MtaSize *message);

#endif
