/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/mta_taken.h"

#include <pthread.h>

#define MTAS_MAX 64

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static GHashTable *largest; /* of name: gsize */
static guint learned_in;    /* generation */

/* The octets of that MTA, NULL where there are none. The mutex is held. */
static gsize *find(const char *mta, guint generation)
{
    if (largest == NULL || generation != learned_in)
        return NULL;
    return g_hash_table_lookup(largest, mta);
}

/* A message of older settings has nothing to say. The mutex is held. */
static gboolean is_of_use(guint generation)
{
    if (largest == NULL)
        largest = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (generation > learned_in) {
        g_hash_table_remove_all(largest);
        learned_in = generation;
    }
    return generation == learned_in && g_hash_table_size(largest) < MTAS_MAX;
}

void mta_taken_note(const char *mta, guint generation, gsize octets)
{
    if (mta == NULL)
        return;
    pthread_mutex_lock(&mutex);
    gsize *known = find(mta, generation);
    if (known != NULL)
        *known = MAX(*known, octets);
    else if (is_of_use(generation)) {
        gsize *first = g_new(gsize, 1);
        *first = octets;
        g_hash_table_insert(largest, g_strdup(mta), first);
    }
    pthread_mutex_unlock(&mutex);
}

gsize mta_taken_largest(const char *mta, guint generation)
{
    if (mta == NULL)
        return 0;
    pthread_mutex_lock(&mutex);
    const gsize *known = find(mta, generation);
    gsize octets = known == NULL ? 0 : *known;
    pthread_mutex_unlock(&mutex);
    return octets;
}
