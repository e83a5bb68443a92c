/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_queue: jobs done on all processors, and taken in the order in which they came.
 *
 * Jobs under way are few, and of large ones there are two: that bounds memory. A job is taken on
 * the thread that pushes, so the taker needs no lock. That thread works, too, where it would wait;
 * others are made when there is work for them, and where none can be made it does all of it.
 */
#ifndef CALMEND_STORE_QUEUE_H
#define CALMEND_STORE_QUEUE_H

#include <glib.h>

/* The octets that jobs under way hold at the most; one that holds more than the second is large,
 * and does not count. */
#define STORE_OCTETS_MAX (32u * 1024 * 1024)
#define STORE_JOB_LARGE  (4u * 1024 * 1024)

typedef struct StoreJob StoreJob;
struct StoreJob {
    void (*work)(StoreJob *job); /* on any thread */
    guint64 octets;              /* that it holds until it is taken */
    gboolean done;               /* the queue's */
};

typedef struct StoreQueue StoreQueue;

/* `take` is called with each job that was done, and owns it. */
StoreQueue *store_queue_new(void (*take)(StoreJob *job, gpointer data), gpointer data);

/* Waits until there is room for a job that holds so many octets, taking jobs that are done: before
 * they are asked for. */
void store_queue_make_room(StoreQueue *queue, guint64 octets);

/* Waits for room, and owns the job until it is taken. */
void store_queue_push(StoreQueue *queue, StoreJob *job);

/* Takes all jobs that were pushed. */
void store_queue_drain(StoreQueue *queue);

/* Drains and frees it. */
void store_queue_free(StoreQueue *queue);

#endif
