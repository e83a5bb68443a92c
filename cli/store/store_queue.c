/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_queue: see store_queue.h. The lock is one that ThreadSanitizer sees; what GLib's pool hands
 * over is handed over under it, too.
 */
#include "cli/store/store_queue.h"

#include <pthread.h>

#define THREADS_MAX 16 /* each may hold what a hostile mbox makes of a window */
#define LARGE_MAX   2

struct StoreQueue {
    GThreadPool *pool; /* NULL: no thread can be made, the caller's does the work */
    void (*take)(StoreJob *job, gpointer data);
    gpointer data;
    GQueue jobs; /* in order, not yet taken */
    guint jobs_max;
    guint large;          /* jobs */
    guint64 octets;       /* of the others */
    pthread_mutex_t lock; /* of `done` of each job, and `awaited` */
    pthread_cond_t was_done;
    const StoreJob *awaited;
};

static void work_job(gpointer data, gpointer user_data)
{
    StoreJob *job = data;
    StoreQueue *queue = user_data;
    pthread_mutex_lock(&queue->lock);
    g_assert(!job->done);
    pthread_mutex_unlock(&queue->lock);
    job->work(job);
    pthread_mutex_lock(&queue->lock);
    job->done = TRUE;
    if (queue->awaited == job)
        pthread_cond_signal(&queue->was_done);
    pthread_mutex_unlock(&queue->lock);
}

StoreQueue *store_queue_new(void (*take)(StoreJob *job, gpointer data), gpointer data)
{
    StoreQueue *queue = g_new0(StoreQueue, 1);
    guint threads = MIN(g_get_num_processors(), THREADS_MAX);
    queue->take = take;
    queue->data = data;
    queue->jobs_max = 2 * threads + 2;
    g_queue_init(&queue->jobs);
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->was_done, NULL);
    queue->pool = g_thread_pool_new(work_job, queue, (gint)threads, FALSE, NULL);
    return queue;
}

/* Is the first job done? Waits for that when told to. */
static gboolean is_first_done(StoreQueue *queue, gboolean wait)
{
    const StoreJob *job = g_queue_peek_head(&queue->jobs);
    if (job == NULL)
        return FALSE;
    pthread_mutex_lock(&queue->lock);
    queue->awaited = wait ? job : NULL;
    while (wait && !job->done)
        pthread_cond_wait(&queue->was_done, &queue->lock);
    gboolean done = job->done;
    queue->awaited = NULL;
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

/* A pool without a thread would keep the job for ever. */
static void hand_over(StoreQueue *queue, StoreJob *job)
{
    gboolean pushed = queue->pool != NULL && g_thread_pool_push(queue->pool, job, NULL);
    if (queue->pool != NULL && !pushed && g_thread_pool_get_num_threads(queue->pool) == 0) {
        g_thread_pool_free(queue->pool, TRUE, FALSE);
        queue->pool = NULL;
    }
    if (queue->pool == NULL)
        work_job(job, queue);
}

void store_queue_push(StoreQueue *queue, StoreJob *job)
{
    store_queue_make_room(queue, job->octets);
    if (is_large(job->octets))
        queue->large++;
    else
        queue->octets += job->octets;
    pthread_mutex_lock(&queue->lock);
    job->done = FALSE;
    pthread_mutex_unlock(&queue->lock);
    g_queue_push_tail(&queue->jobs, job);
    hand_over(queue, job);
}

void store_queue_drain(StoreQueue *queue)
{
    while (take_first(queue, TRUE))
        ;
}

void store_queue_free(StoreQueue *queue)
{
    if (queue == NULL)
        return;
    store_queue_drain(queue);
    if (queue->pool != NULL)
        g_thread_pool_free(queue->pool, FALSE, TRUE);
    pthread_cond_destroy(&queue->was_done);
    pthread_mutex_destroy(&queue->lock);
    g_free(queue);
}
