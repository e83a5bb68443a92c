/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/probe_policy.h"

#include "cli/milter/milter_socket.h"
#include "common/choice.h"

/* Whether the list of sockets has that one. */
static gboolean has_socket(const char *list, const char *socket)
{
    g_auto(GStrv) specs = g_strsplit(list, ",", -1);
    for (char **spec = specs; *spec != NULL; spec++) {
        if (milter_socket_is_at(socket, g_strstrip(*spec)))
            return TRUE;
    }
    return FALSE;
}

/* The listener that has the socket; NULL when none has. */
static const Settings *find_listener(const Settings *settings, const char *socket)
{
    for (guint i = 0; i < settings->listeners->len; i++) {
        const Settings *listener = g_ptr_array_index(settings->listeners, i);
        if (has_socket(listener->own_socket, socket))
            return listener;
    }
    return NULL;
}

char *probe_policy_names(const Settings *settings, const char *socket, const MilterMail *mail,
                         gboolean *known)
{
    const Settings *listener = find_listener(settings, socket);
    *known = listener != NULL || has_socket(settings->socket, socket);
    g_autoptr(GPtrArray) recipients = g_ptr_array_new();
    for (const char *const *each = mail->recipients; *each != NULL; each++)
        g_ptr_array_add(recipients, (gpointer)*each);
    const Envelope envelope = {
        .sender = mail->sender,
        .recipients = recipients,
        .client = mail->client_address,
        .daemon = mail->daemon_name,
        .listener = listener == NULL ? NULL : listener->name,
    };
    g_autoptr(Choice) choice = choice_new(settings, &envelope);
    return g_strdup(choice == NULL || choice->names == NULL ? "[repair]" : choice->names);
}
