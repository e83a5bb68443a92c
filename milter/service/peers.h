/* SPDX-License-Identifier: BSD-2-Clause
 *
 * peers: which hosts may connect.
 *
 * A milter asks nobody for a password, and libmilter trusts its peer: a packet of macros that no
 * MTA sends ends the process. So a TCP socket that other hosts can reach needs a list of those that
 * may connect, and a connection of another is closed before libmilter reads from it. This host
 * itself may always connect; who reaches a unix socket is up to the file system.
 */
#ifndef CALMEND_PEERS_H
#define CALMEND_PEERS_H

#include "common/settings.h"
#include "milter/service/address.h"

#include <netinet/in.h>

/* FALSE and an error (G_FILE_ERROR) that says what to set when other hosts can reach a socket at
 * `address` and the settings name no peers. */
gboolean peers_suffice(const Address *address, const Settings *settings, GError **error);

/* Whether whoever made `connection`, which was accepted, may. FALSE: `peer` is its address as
 * numbers, or "unknown". */
gboolean peers_allow(const Settings *settings, int connection, char peer[INET6_ADDRSTRLEN]);

#endif
