/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/slots.h"

#include <glib.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given = PTHREAD_COND_INITIALIZER;
static guint taken;

void slots_take(void)
{
    guint slots = g_get_num_processors();
    pthread_mutex_lock(&mutex);
    while (taken >= slots)
        pthread_cond_wait(&given, &mutex);
    taken++;
    pthread_mutex_unlock(&mutex);
}

void slots_give(void)
{
    pthread_mutex_lock(&mutex);
    taken--;
    pthread_cond_signal(&given);
    pthread_mutex_unlock(&mutex);
}
