/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_queue: see store_queue.h. The lock is one that ThreadSanitizer sees.
 */
#include "cli/store/store_queue.h"

#include <pthread.h>

#define PROCESSORS_MAX 16 /* each may hold what a hostile mbox makes of a window */
#define LARGE_MAX      2

struct StoreQueue {
    void (*take)(StoreJob *job, gpointer data);
    gpointer data;
    GPtrArray *threads; /* GThread */
    guint threads_max;
    GQueue jobs; /* in order, not yet taken */
    guint jobs_max;
    guint large;          /* jobs */
    guint64 octets;       /* of the others */
    pthread_mutex_t lock; /* of `done` of each job, and of what follows */
    pthread_cond_t was_pushed;
    pthread_cond_t was_done;
    GQueue waiting; /* jobs that nobody has begun, in order */
    guint idle;     /* threads that wait for a job */
    gboolean ended; /* there will be no more jobs */
    const StoreJob *awaited;
};

/* --- Under the lock */

/* Does a job; without the lock meanwhile. */
static void work_job(StoreQueue *queue, StoreJob *job)
{
    pthread_mutex_unlock(&queue->lock);
    job->work(job);
    pthread_mutex_lock(&queue->lock);
    job->done = TRUE;
    if (queue->awaited == job)
        pthread_cond_signal(&queue->was_done);
}

/* The next job that nobody has begun; waits for it. NULL: there will be none. */
static StoreJob *next_job(StoreQueue *queue)
{
    queue->idle++;
    while (queue->waiting.length == 0 && !queue->ended)
        pthread_cond_wait(&queue->was_pushed, &queue->lock);
    queue->idle--;
    return g_queue_pop_head(&queue->waiting);
}

static void wait_for_done(StoreQueue *queue, const StoreJob *job)
{
    queue->awaited = job;
    while (!job->done)
        pthread_cond_wait(&queue->was_done, &queue->lock);
    queue->awaited = NULL;
}

/* Until this job is done the caller's thread works, too. */
static void work_until_done(StoreQueue *queue, const StoreJob *job)
{
    while (!job->done && queue->waiting.length > 0)
        work_job(queue, g_queue_pop_head(&queue->waiting));
    wait_for_done(queue, job);
}

/* --- */

static gpointer work_jobs(gpointer data)
{
    StoreQueue *queue = data;
    StoreJob *job;
    pthread_mutex_lock(&queue->lock);
    while ((job = next_job(queue)) != NULL)
        work_job(queue, job);
    pthread_mutex_unlock(&queue->lock);
    return NULL;
}

StoreQueue *store_queue_new(void (*take)(StoreJob *job, gpointer data), gpointer data)
{
    StoreQueue *queue = g_new0(StoreQueue, 1);
    guint processors = MIN(g_get_num_processors(), PROCESSORS_MAX);
    queue->take = take;
    queue->data = data;
    queue->threads = g_ptr_array_new();
    queue->threads_max = MAX(processors, 2) - 1;
    queue->jobs_max = 2 * processors + 2;
    g_queue_init(&queue->jobs);
    g_queue_init(&queue->waiting);
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->was_pushed, NULL);
    pthread_cond_init(&queue->was_done, NULL);
    return queue;
}

/* Is the first job done? Sees to it when told to. */
static gboolean is_first_done(StoreQueue *queue, gboolean wait)
{
    const StoreJob *job = g_queue_peek_head(&queue->jobs);
    if (job == NULL)
        return FALSE;
    pthread_mutex_lock(&queue->lock);
    if (wait)
        work_until_done(queue, job);
    gboolean done = job->done;
    pthread_mutex_unlock(&queue->lock);
    return done;
}

static gboolean is_large(guint64 octets)
{
    return octets > STORE_JOB_LARGE;
}

static gboolean take_first(StoreQueue *queue, gboolean wait)
{
    if (!is_first_done(queue, wait))
        return FALSE;
    StoreJob *job = g_queue_pop_head(&queue->jobs);
    if (is_large(job->octets))
        queue->large--;
    else
        queue->octets -= job->octets;
    queue->take(job, queue->data);
    return TRUE;
}

static gboolean has_room(const StoreQueue *queue, guint64 octets)
{
    if (queue->jobs.length >= queue->jobs_max)
        return FALSE;
    if (is_large(octets))
        return queue->large < LARGE_MAX;
    return queue->octets + octets <= STORE_OCTETS_MAX;
}

void store_queue_make_room(StoreQueue *queue, guint64 octets)
{
    gboolean took = TRUE;
    while (took)
        took = take_first(queue, !has_room(queue, octets));
}

/* One more thread. Where none can be made the others, or the caller's alone, do the work. */
static void add_thread(StoreQueue *queue)
{
    GThread *thread = g_thread_try_new("store", work_jobs, queue, NULL);
    if (thread == NULL)
        queue->threads_max = queue->threads->len;
    else
        g_ptr_array_add(queue->threads, thread);
}

/* Gives the job to a thread. TRUE when that should be one that is not there yet: the caller's own
 * is not enough for what waits. */
static gboolean hand_over(StoreQueue *queue, StoreJob *job)
{
    pthread_mutex_lock(&queue->lock);
    job->done = FALSE;
    g_queue_push_tail(&queue->waiting, job);
    gboolean idle = queue->idle > 0;
    gboolean more = queue->waiting.length > 1;
    if (idle)
        pthread_cond_signal(&queue->was_pushed);
    pthread_mutex_unlock(&queue->lock);
    return more && !idle && queue->threads->len < queue->threads_max;
}

void store_queue_push(StoreQueue *queue, StoreJob *job)
{
    store_queue_make_room(queue, job->octets);
    if (is_large(job->octets))
        queue->large++;
    else
        queue->octets += job->octets;
    g_queue_push_tail(&queue->jobs, job);
    if (hand_over(queue, job))
        add_thread(queue);
}

void store_queue_drain(StoreQueue *queue)
{
    while (take_first(queue, TRUE))
        ;
}

static void end_threads(StoreQueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->ended = TRUE;
    pthread_cond_broadcast(&queue->was_pushed);
    pthread_mutex_unlock(&queue->lock);
    for (guint i = 0; i < queue->threads->len; i++)
        g_thread_join(g_ptr_array_index(queue->threads, i));
    g_ptr_array_unref(queue->threads);
}

void store_queue_free(StoreQueue *queue)
{
    if (queue == NULL)
        return;
    store_queue_drain(queue);
    end_threads(queue);
    pthread_cond_destroy(&queue->was_done);
    pthread_cond_destroy(&queue->was_pushed);
    pthread_mutex_destroy(&queue->lock);
    g_free(queue);
}
