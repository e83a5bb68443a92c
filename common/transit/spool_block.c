/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/spool_block.h"

#include <pthread.h>
#include <sys/mman.h>

#define HUGE_PAGE ((gsize)2 * 1024 * 1024)

#define BLOCKS_MAX 128

/* How long a block is kept that nobody needs. */
#define KEEP_MICROSECONDS (10 * G_USEC_PER_SEC)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static guint allowed;
static guint made;             /* taken or kept */
static char *kept[BLOCKS_MAX]; /* the one that was given back last is taken first */
static guint kept_count;
static guint unneeded; /* the least kept_count since the last look */

void spool_block_allow(gsize octets)
{
    pthread_mutex_lock(&mutex);
    allowed = (guint)MIN(octets / SPOOL_BLOCK_SIZE, BLOCKS_MAX);
    pthread_mutex_unlock(&mutex);
}

/* At the border of a huge page; NULL when there is no memory. */
static char *map_block(void)
{
    char *map = mmap(NULL, SPOOL_BLOCK_SIZE + HUGE_PAGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    gsize head = HUGE_PAGE - (guintptr)map % HUGE_PAGE;
    char *block = map + head;
    munmap(map, head);
    if (head < HUGE_PAGE)
        munmap(block + SPOOL_BLOCK_SIZE, HUGE_PAGE - head);
#ifdef MADV_HUGEPAGE
    madvise(block, SPOOL_BLOCK_SIZE, MADV_HUGEPAGE);
#endif
    return block;
}

/* A kept block, or room to make one: then it counts as made. FALSE: neither. */
static gboolean take_kept(char **block)
{
    pthread_mutex_lock(&mutex);
    gboolean room = made < allowed;
    *block = kept_count > 0 ? kept[--kept_count] : NULL;
    unneeded = MIN(unneeded, kept_count);
    if (*block == NULL && room)
        made++;
    pthread_mutex_unlock(&mutex);
    return *block != NULL || room;
}

static void forget_block(void)
{
    pthread_mutex_lock(&mutex);
    made--;
    pthread_mutex_unlock(&mutex);
}

char *spool_block_take(void)
{
    char *block;
    if (!take_kept(&block) || block != NULL)
        return block;
    block = map_block();
    if (block == NULL)
        forget_block();
    return block;
}

/* FALSE when there are too many. */
static gboolean keep(char *block)
{
    pthread_mutex_lock(&mutex);
    gboolean room = made <= allowed;
    if (room)
        kept[kept_count++] = block;
    pthread_mutex_unlock(&mutex);
    return room;
}

void spool_block_give(char *block)
{
    if (!keep(block))
        spool_block_drop(block);
}

void spool_block_drop(char *block)
{
    munmap(block, SPOOL_BLOCK_SIZE);
    forget_block();
}

/* One that is not needed or not allowed; NULL when there is none. */
static char *take_unneeded(void)
{
    pthread_mutex_lock(&mutex);
    gboolean found = kept_count > 0 && (unneeded > 0 || made > allowed);
    char *block = found ? kept[--kept_count] : NULL;
    if (found && unneeded > 0)
        unneeded--;
    pthread_mutex_unlock(&mutex);
    return block;
}

static void begin_period(void)
{
    pthread_mutex_lock(&mutex);
    unneeded = kept_count;
    pthread_mutex_unlock(&mutex);
}

void spool_block_tick(gint64 now)
{
    static gint64 looked;
    if (now - looked < KEEP_MICROSECONDS)
        return;
    looked = now;
    for (char *block = take_unneeded(); block != NULL; block = take_unneeded())
        spool_block_drop(block);
    begin_period();
}
