/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_stream: see store_stream.h.
 */
#include "cli/store/store_stream.h"

#include "cli/store/mbox.h"
#include "cli/store/store_read.h"
#include "cli/store/store_shape.h"

#define CHUNK (256 * 1024u)

/* Mails that have come whole: one, or those of an mbox. */
typedef struct {
    StoreBatch batch; /* first, so that a batch is its stretch */
    StoreFile file;   /* path and name owned */
    guint64 start;    /* of the buffer in the stream */
    gsize limit;      /* of the buffer: where the last mail ends */
} Stretch;

static void work_stretch(StoreJob *job)
{
    Stretch *stretch = (Stretch *)job;
    StoreBatch *batch = &stretch->batch;
    Octets octets = store_read_octets(batch->buffer);
    if (stretch->limit == 0)
        return;
    if (stretch->start == 0)
        store_batch_add_file(batch, &stretch->file);
    if (stretch->file.kind == STORE_MBOX)
        store_batch_add_mbox(batch, &stretch->file, octets, 0, stretch->limit, stretch->start);
    else
        store_batch_add_mail(batch, &(StoredMail){.file = &stretch->file, .octets = octets});
}

static void clear_stretch(StoreBatch *batch)
{
    const Stretch *stretch = (Stretch *)batch;
    g_free((char *)stretch->file.path);
    g_free((char *)stretch->file.name);
}

static Stretch *stretch_new(StorePass *pass, const StoreFile *file, guint64 start)
{
    Stretch *stretch = g_new0(Stretch, 1);
    store_batch_init(&stretch->batch, pass, CHUNK);
    stretch->batch.job.work = work_stretch;
    stretch->batch.clear = clear_stretch;
    stretch->file = *file;
    stretch->file.path = g_strdup(file->path);
    stretch->file.name = g_strdup(file->name);
    stretch->start = start;
    return stretch;
}

/* The mails up to `limit`, or none. */
static void push(Stretch *stretch, gsize limit)
{
    stretch->limit = limit;
    stretch->batch.read = limit;
    stretch->batch.job.octets = stretch->batch.buffer->len;
    store_batch_push(&stretch->batch);
}

static void push_trouble(Stretch *stretch, const char *text)
{
    store_batch_add_trouble(&stretch->batch, &stretch->file, text);
    push(stretch, 0);
}

static void push_errno(Stretch *stretch)
{
    store_batch_add_errno(&stretch->batch, &stretch->file, "cannot read");
    push(stretch, 0);
}

/* The last separator behind the first one, or 0; `scanned` as with mbox_find. */
static gsize find_last(const GByteArray *buffer, gsize *scanned)
{
    gsize last = 0;
    gsize separator;
    while (mbox_find(store_read_octets(buffer), FALSE, scanned, &separator)) {
        last = separator;
        *scanned = separator;
    }
    return last;
}

/* Hands over the mails before `last`; what is behind begins the stretch that is returned. */
static Stretch *push_whole(Stretch *stretch, gsize last)
{
    const StoreBatch *batch = &stretch->batch;
    Stretch *next = stretch_new(batch->pass, &stretch->file, stretch->start + last);
    g_byte_array_append(next->batch.buffer, batch->buffer->data + last,
                        (guint)(batch->buffer->len - last));
    push(stretch, last);
    return next;
}

/* Reads more behind what the buffer holds. FALSE at the end or after trouble: the stretch was
 * pushed.
 */
static gboolean read_more(Stretch *stretch, int fd)
{
    GByteArray *buffer = stretch->batch.buffer;
    gsize wanted = buffer->len + MAX(buffer->len / 4, CHUNK);
    if (wanted > STORE_JOB_LARGE)
        store_pass_settle(stretch->batch.pass);
    if (wanted > STORE_MAIL_MAX)
        push_trouble(stretch, "has a message that " STORE_MAIL_FAULT);
    else if (!store_read_until(fd, -1, buffer, wanted))
        push_errno(stretch);
    else if (buffer->len < wanted)
        push(stretch, buffer->len);
    else
        return TRUE;
    return FALSE;
}

static void read_mbox(Stretch *stretch, int fd)
{
    gsize scanned = 0;
    do {
        gsize last = find_last(stretch->batch.buffer, &scanned);
        if (last > 0) {
            stretch = push_whole(stretch, last);
            scanned -= last;
        }
    } while (read_more(stretch, fd));
}

static void read_mail(Stretch *stretch, int fd)
{
    GByteArray *buffer = stretch->batch.buffer;
    if (!store_read_rest(fd, buffer, STORE_MAIL_MAX))
        push_errno(stretch);
    else if (buffer->len >= STORE_MAIL_MAX)
        push_trouble(stretch, STORE_MAIL_FAULT);
    else
        push(stretch, buffer->len);
}

void store_stream_read(StorePass *pass, const StoreFile *file, int fd)
{
    Stretch *stretch = stretch_new(pass, file, 0);
    StoreBatch *batch = &stretch->batch;
    if (!store_read_until(fd, -1, batch->buffer, CHUNK)) {
        push_errno(stretch);
        return;
    }
    StoreShape shape = store_shape_of(store_read_octets(batch->buffer));
    if (batch->buffer->len == 0) {
        store_batch_add_other(batch, &stretch->file);
        push(stretch, 0);
    } else if (store_shape_fault(shape) != NULL) {
        push_trouble(stretch, store_shape_fault(shape));
    } else if (shape == SHAPE_MBOX) {
        stretch->file.kind = STORE_MBOX;
        read_mbox(stretch, fd);
    } else {
        read_mail(stretch, fd);
    }
}
