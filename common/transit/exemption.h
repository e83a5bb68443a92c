/* SPDX-License-Identifier: BSD-2-Clause
 *
 * exemption: is a message one that the settings exempt?
 *
 * It is fed with what the MTA tells of the client and the envelope, and knows nothing of libmilter.
 * One exempt client, sender or login is enough; of the recipients all must be exempt, since they
 * share one body. One message at a time.
 */
#ifndef CALMEND_EXEMPTION_H
#define CALMEND_EXEMPTION_H

#include "common/mail/octets.h"
#include "common/settings.h"

typedef struct {
    gboolean sender;
    guint recipients;
    guint exempt_recipients;
} Exemption;

/* A message of that sender begins; without angle brackets, but for <>. */
Exemption exemption_begin(const Settings *settings, Octets sender);

/* It has one recipient more, without angle brackets. */
void exemption_recipient(Exemption *exemption, const Settings *settings, Octets recipient);

/* TRUE when the message is exempt, all recipients told. `client` is the address of the client as
 * numbers, `login` the name with which it logged in; NULL where there is none. */
gboolean exemption_holds(const Exemption *exemption, const Settings *settings, const char *client,
                         const char *login);

#endif
