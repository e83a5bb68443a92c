/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/origin.h"

#include <pthread.h>

#define NOTHING_READ (-1)

/* By descriptor: the name of the listener, of a socket that listens and of a connection. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static GPtrArray *names;

static __thread int last_read = NOTHING_READ;

static const char *get(int descriptor)
{
    pthread_mutex_lock(&mutex);
    gboolean known = names != NULL && descriptor >= 0 && (guint)descriptor < names->len;
    const char *name = known ? g_ptr_array_index(names, (guint)descriptor) : NULL;
    pthread_mutex_unlock(&mutex);
    return name;
}

static void put(int descriptor, const char *name)
{
    guint number = (guint)descriptor;
    pthread_mutex_lock(&mutex);
    if (names == NULL)
        names = g_ptr_array_new();
    if (names->len <= number)
        g_ptr_array_set_size(names, (gint)number + 1);
    g_ptr_array_index(names, number) = (gpointer)name;
    pthread_mutex_unlock(&mutex);
}

void origin_add(int socket, const char *listener)
{
    if (socket >= 0)
        put(socket, listener == NULL ? NULL : g_intern_string(listener));
}

const char *origin_of_socket(int socket)
{
    return get(socket);
}

void origin_accepted(int socket, int connection)
{
    put(connection, get(socket));
}

void origin_reads(int descriptor)
{
    last_read = descriptor;
}

const char *origin_of_callback(void)
{
    return get(last_read);
}
