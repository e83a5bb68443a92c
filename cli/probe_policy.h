/* SPDX-License-Identifier: BSD-2-Clause
 *
 * probe_policy: which policy of the settings a milter has for a message of `calmend probe`.
 *
 * A milter tells it to nobody but its log, so this is what the settings choose; they may have been
 * changed since the milter has read them.
 */
#ifndef CALMEND_PROBE_POLICY_H
#define CALMEND_PROBE_POLICY_H

#include "cli/milter/milter_client.h"
#include "common/settings.h"

/* The names of the policies that hold for `mail` at `socket`, for people: [repair] is one of them.
 * `known`: the socket, however it is written, is one that the settings have the milter listen at.
 * Owned by the caller, g_free. */
char *probe_policy_names(const Settings *settings, const char *socket, const MilterMail *mail,
                         gboolean *known);

#endif
