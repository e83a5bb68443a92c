/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/slots.h"

#include <pthread.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given;
static guint taken;

/* A wait by the clock of the day would end early or late when somebody sets it. */
static void prepare(void)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&given, &attributes);
    pthread_condattr_destroy(&attributes);
}

gboolean slots_take(guint seconds)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, prepare);

    guint slots = g_get_num_processors();
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += (time_t)seconds;
    gboolean in_time = TRUE;
    pthread_mutex_lock(&mutex);
    while (taken >= slots && in_time)
        in_time = pthread_cond_timedwait(&given, &mutex, &end) == 0;
    gboolean free = taken < slots;
    if (free)
        taken++;
    pthread_mutex_unlock(&mutex);
    return free;
}

void slots_give(void)
{
    pthread_mutex_lock(&mutex);
    taken--;
    pthread_cond_signal(&given);
    pthread_mutex_unlock(&mutex);
}
