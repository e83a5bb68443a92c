/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_mbox: see store_mbox.h.
 */
#include "cli/store/store_mbox.h"

#include "cli/store/mbox.h"
#include "cli/store/store_read.h"
#include "cli/store/store_shape.h"

#include <pthread.h>
#include <unistd.h>

#define WINDOW (256 * 1024u)
#define AHEAD  (16 * 1024u) /* read at first behind a window: more than mbox_find looks ahead */

/* One for all jobs of a file, which are told in order: the last one frees it. */
typedef struct {
    StoreMbox mbox;       /* path and name owned */
    pthread_mutex_t lock; /* of the two */
    guint64 within_start; /* octets of the file, all of them in one mail that is being read */
    guint64 within_end;
} Source;

typedef struct {
    StoreBatch batch; /* first, so that a batch is its window */
    Source *source;
    guint64 start; /* of the window in the file */
    guint64 end;
    gboolean first;
    gboolean last;
} Window;

static Source *source_new(const StoreMbox *mbox)
{
    Source *source = g_new0(Source, 1);
    source->mbox = *mbox;
    source->mbox.file.kind = STORE_MBOX;
    source->mbox.file.path = g_strdup(mbox->file.path);
    source->mbox.file.name = g_strdup(mbox->file.name);
    pthread_mutex_init(&source->lock, NULL);
    return source;
}

static void source_free(Source *source)
{
    if (source->mbox.close)
        close(source->mbox.fd);
    pthread_mutex_destroy(&source->lock);
    g_free((char *)source->mbox.file.path);
    g_free((char *)source->mbox.file.name);
    g_free(source);
}

static void clear_window(StoreBatch *batch)
{
    const Window *window = (Window *)batch;
    if (window->last)
        source_free(window->source);
}

/* Where the first octet of the buffer stands in the file: what tells whether a separator stands at
 * the start of the window is there, too. */
static guint64 buffer_start(const Window *window)
{
    return window->first ? window->start : window->start - MBOX_LOOK_BACK;
}

/* No separator is between the end of this window and `end`. */
static void tell_within(const Window *window, guint64 end)
{
    Source *source = window->source;
    pthread_mutex_lock(&source->lock);
    source->within_start = window->end;
    source->within_end = end;
    pthread_mutex_unlock(&source->lock);
}

static gboolean is_within(const Window *window)
{
    Source *source = window->source;
    pthread_mutex_lock(&source->lock);
    gboolean within = source->within_start <= window->start && window->end <= source->within_end;
    pthread_mutex_unlock(&source->lock);
    return within;
}

/* Reads until the buffer holds `size` octets. FALSE after trouble, which is in the batch. */
static gboolean read_window(Window *window, gsize size, gboolean *whole)
{
    GByteArray *buffer = window->batch.buffer;
    if (!store_read_until(window->source->mbox.fd, (gint64)buffer_start(window), buffer, size)) {
        store_batch_add_errno(&window->batch, &window->source->mbox.file, "cannot read");
        return FALSE;
    }
    *whole = buffer->len < size;
    return TRUE;
}

/* Reads a piece of what is behind the window, where other windows are: an eighth, so that little is
 * read in vain and a large mail takes few pieces. FALSE after trouble. */
static gboolean read_on(Window *window, gboolean *whole)
{
    gsize have = window->batch.buffer->len;
    return read_window(window, MIN(have + MAX(have / 8, AHEAD), STORE_MAIL_MAX), whole);
}

/* The first separator behind the window, for which it is read on; `scanned` is its last octet in
 * the buffer. FALSE after trouble. */
static gboolean find_limit(Window *window, gsize scanned, gboolean whole, gsize *limit)
{
    const GByteArray *buffer = window->batch.buffer;
    while (!mbox_find(store_read_octets(buffer), whole, &scanned, limit)) {
        if (buffer->len >= STORE_MAIL_MAX) {
            store_batch_add_trouble(&window->batch, &window->source->mbox.file,
                                    "has a message that " STORE_MAIL_FAULT);
            return FALSE;
        }
        tell_within(window, buffer_start(window) + scanned);
        if (!read_on(window, &whole))
            return FALSE;
    }
    return TRUE;
}

/* The mails whose separators stand in [from, to) of the buffer. */
static void work_mails(Window *window, gsize from, gsize to, gboolean whole)
{
    StoreBatch *batch = &window->batch;
    gsize scanned = from - MIN(from, 1);
    gsize first = 0;
    gsize limit;
    if (!window->first &&
        (!mbox_find(store_read_octets(batch->buffer), whole, &scanned, &first) || first >= to))
        return;
    if (find_limit(window, to - 1, whole, &limit))
        store_batch_add_mbox(batch, &window->source->mbox.file, store_read_octets(batch->buffer),
                             first, limit, buffer_start(window) - window->source->mbox.start);
}

static void work_window(StoreJob *job)
{
    Window *window = (Window *)job;
    StoreBatch *batch = &window->batch;
    gsize from = (gsize)(window->start - buffer_start(window));
    gsize to = from + (gsize)(window->end - window->start);
    gboolean whole;
    if (window->first)
        store_batch_add_file(batch, &window->source->mbox.file);
    if (is_within(window) || !read_window(window, to + AHEAD, &whole))
        return;
    gsize have = batch->buffer->len;
    if (have > from)
        work_mails(window, from, MIN(to, have), whole);
    if (have >= from && have < to)
        store_batch_add_trouble(batch, &window->source->mbox.file,
                                "became shorter while it was read");
}

static void push_windows(StorePass *pass, const StoreMbox *mbox)
{
    Source *source = source_new(mbox);
    guint64 at = mbox->start;
    do {
        Window *window = g_new0(Window, 1);
        window->source = source;
        window->start = at;
        window->end = MIN(at + WINDOW, mbox->end);
        window->first = at == mbox->start;
        window->last = window->end == mbox->end;
        store_batch_init(&window->batch, pass, WINDOW + AHEAD + MBOX_LOOK_BACK);
        window->batch.job.work = work_window;
        window->batch.clear = clear_window;
        window->batch.read = window->end - at;
        store_batch_push(&window->batch);
        at += WINDOW;
    } while (at < mbox->end);
}

void store_mbox_read(StorePass *pass, const StoreMbox *mbox)
{
    gboolean large = mbox->end - mbox->start > STORE_JOB_LARGE;
    if (large)
        store_pass_settle(pass);
    push_windows(pass, mbox);
    if (large)
        store_pass_settle(pass);
}
