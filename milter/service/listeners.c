/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/listeners.h"

#include "milter/service/address.h"
#include "milter/service/front.h"
#include "milter/service/origin.h"

#include <errno.h>

struct Listeners {
    GPtrArray *all; /* Listener, the first is libmilter's */
    char *unopened; /* names of the listeners for which one that was passed stands; NULL: none */
};

static void close_one(gpointer listener)
{
    listen_close(listener);
}

static Listeners *listeners_new(void)
{
    Listeners *listeners = g_new0(Listeners, 1);
    listeners->all = g_ptr_array_new_with_free_func(close_one);
    return listeners;
}

void listeners_close(Listeners *listeners)
{
    if (listeners == NULL)
        return;
    g_ptr_array_unref(listeners->all);
    g_free(listeners->unopened);
    g_free(listeners);
}

Listeners *listeners_take(int descriptor, const Settings *settings, GError **error)
{
    Listener *listener = listen_take(descriptor, settings, error);
    if (listener == NULL)
        return NULL;
    Listeners *listeners = listeners_new();
    g_ptr_array_add(listeners->all, listener);
    if (settings->listeners->len > 0)
        listeners->unopened = settings_list_sections(settings->listeners);
    return listeners;
}

static const Listener *get(const Listeners *listeners, guint number)
{
    return g_ptr_array_index(listeners->all, number);
}

static gboolean join(const Listeners *listeners, GError **error)
{
    g_autoptr(GArray) sockets = g_array_new(FALSE, FALSE, sizeof(int));
    for (guint i = 0; i < listeners->all->len; i++) {
        int descriptor = listen_descriptor(get(listeners, i));
        g_array_append_val(sockets, descriptor);
    }
    if (sockets->len > 1 && !front_open(sockets)) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                    "several sockets cannot be listened at: %s", g_strerror(errno));
        return FALSE;
    }
    for (guint i = 0; i < sockets->len; i++)
        origin_add(g_array_index(sockets, int, i), listen_name(get(listeners, i)));
    return TRUE;
}

/* Opens `sockets` with the access that the settings, of the file or of a listener, give. */
static gboolean open_all(Listeners *listeners, const char *sockets, const Settings *settings,
                         GError **error)
{
    g_auto(GStrv) specs = address_split(sockets);
    for (char **spec = specs; *spec != NULL; spec++) {
        ListenRank rank = listeners->all->len == 0 ? LISTEN_FIRST : LISTEN_FURTHER;
        Listener *listener = listen_open(*spec, rank, settings, error);
        if (listener == NULL)
            return FALSE;
        g_ptr_array_add(listeners->all, listener);
    }
    return TRUE;
}

Listeners *listeners_open(const Settings *settings, GError **error)
{
    g_autoptr(Listeners) listeners = listeners_new();
    gboolean opened = open_all(listeners, settings->socket, settings, error);
    for (guint i = 0; opened && i < settings->listeners->len; i++) {
        const Settings *section = g_ptr_array_index(settings->listeners, i);
        opened = open_all(listeners, section->own_socket, section, error);
    }
    return opened && join(listeners, error) ? g_steal_pointer(&listeners) : NULL;
}

const char *listeners_gone(const Listeners *listeners)
{
    for (guint i = 0; i < listeners->all->len; i++) {
        if (listen_is_gone(get(listeners, i)))
            return listen_spec(get(listeners, i));
    }
    return NULL;
}

void listeners_nudge(const Listeners *listeners)
{
    listen_nudge(get(listeners, 0));
}

char *listeners_list(const Listeners *listeners)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < listeners->all->len; i++)
        g_string_append_printf(list, "%s%s", i == 0 ? "" : ", ", listen_spec(get(listeners, i)));
    if (listeners->unopened != NULL)
        g_string_append_printf(list,
                               "; the service manager passes this socket, and of these listeners "
                               "none is opened: %s",
                               listeners->unopened);
    return g_string_free(list, FALSE);
}
