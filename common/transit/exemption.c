/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/exemption.h"

Exemption exemption_begin(const Settings *settings, Octets sender)
{
    return (Exemption){.sender = mailbox_list_has(settings->exempt_senders, sender)};
}

void exemption_recipient(Exemption *exemption, const Settings *settings, Octets recipient)
{
    exemption->recipients++;
    if (mailbox_list_has(settings->exempt_recipients, recipient))
        exemption->exempt_recipients++;
}

gboolean exemption_holds(const Exemption *exemption, const Settings *settings, const char *client,
                         const char *login)
{
    gboolean logged_in = login != NULL && *login != '\0';
    return exemption->sender || (settings->exempt_authenticated && logged_in) ||
           (exemption->recipients > 0 && exemption->recipients == exemption->exempt_recipients) ||
           network_list_has(settings->exempt_clients, client);
}
