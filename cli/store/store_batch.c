/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_batch: see store_batch.h.
 */
#include "cli/store/store_batch.h"

#include "cli/store/mbox.h"

#include <errno.h>

#define SPARE_MAX 64

typedef enum { ITEM_FILE, ITEM_MAIL, ITEM_OTHER, ITEM_TROUBLE } ItemKind;

typedef struct {
    ItemKind kind;
    StoredMail mail; /* of anything but a mail: its file alone */
    gpointer result;
    char *trouble; /* owned */
} Item;

static GByteArray *take_buffer(StorePass *pass, gsize size)
{
    GByteArray *buffer = NULL;
    if (size > STORE_JOB_LARGE)
        buffer = g_steal_pointer(&pass->spare_one);
    else if (pass->spare->len > 0)
        buffer = g_ptr_array_steal_index_fast(pass->spare, pass->spare->len - 1);
    if (buffer == NULL)
        buffer = g_byte_array_sized_new((guint)size);
    return buffer;
}

/* What has grown in the hands of a job is not kept. */
static void give_buffer(StorePass *pass, GByteArray *buffer, gboolean taken_large)
{
    gboolean large = buffer->len > STORE_JOB_LARGE;
    g_byte_array_set_size(buffer, 0);
    if (!large && !taken_large && pass->spare->len < SPARE_MAX)
        g_ptr_array_add(pass->spare, buffer);
    else if (taken_large && pass->spare_one == NULL)
        pass->spare_one = buffer;
    else
        g_byte_array_unref(buffer);
}

void store_batch_init(StoreBatch *batch, StorePass *pass, gsize size)
{
    store_queue_make_room(pass->queue, size);
    batch->pass = pass;
    batch->job.octets = size;
    batch->taken_large = size > STORE_JOB_LARGE;
    batch->buffer = take_buffer(pass, size);
    batch->items = g_array_new(FALSE, FALSE, sizeof(Item));
}

void store_batch_push(StoreBatch *batch)
{
    store_queue_push(batch->pass->queue, &batch->job);
}

static void add_item(StoreBatch *batch, ItemKind kind, const StoreFile *file, char *trouble)
{
    Item item = {.kind = kind, .mail.file = file, .trouble = trouble};
    g_array_append_val(batch->items, item);
}

void store_batch_add_file(StoreBatch *batch, const StoreFile *file)
{
    add_item(batch, ITEM_FILE, file, NULL);
}

void store_batch_add_other(StoreBatch *batch, const StoreFile *file)
{
    add_item(batch, ITEM_OTHER, file, NULL);
}

void store_batch_add_trouble(StoreBatch *batch, const StoreFile *file, const char *text)
{
    add_item(batch, ITEM_TROUBLE, file, g_strdup(text));
}

void store_batch_add_errno(StoreBatch *batch, const StoreFile *file, const char *text)
{
    int problem = errno;
    add_item(batch, ITEM_TROUBLE, file, g_strdup_printf("%s: %s", text, g_strerror(problem)));
}

void store_batch_add_mail(StoreBatch *batch, const StoredMail *mail)
{
    Item item = {.kind = ITEM_MAIL, .mail = *mail};
    item.result = batch->pass->visitor->examine(mail, batch->pass->visitor->data);
    g_array_append_val(batch->items, item);
}

void store_batch_add_mbox(StoreBatch *batch, const StoreFile *file, Octets octets, gsize first,
                          gsize limit, guint64 start)
{
    MboxMail mail = {.next = first};
    gsize scanned = 0;
    while (mail.next < limit && mbox_next(octets, mail.next, TRUE, &scanned, &mail)) {
        StoredMail stored = {
            .file = file,
            .offset = start + mail.start,
            .octets = octets_slice(octets, mail.start, mail.end),
            .from_line =
                octets_slice(octets, mail.separator, octets_next_line(octets, mail.separator)),
        };
        store_batch_add_mail(batch, &stored);
    }
}

static void tell_mail(StorePass *pass, Item *item)
{
    pass->counts.mails++;
    pass->counts.octets += item->mail.octets.size;
    if (item->mail.file->kind == STORE_MBOX)
        item->mail.number = ++pass->number;
    pass->visitor->take(&item->mail, item->result, pass->visitor->data);
}

static void tell_item(StorePass *pass, Item *item)
{
    switch (item->kind) {
    case ITEM_FILE:
        pass->counts.files++;
        pass->number = 0;
        break;
    case ITEM_MAIL:
        tell_mail(pass, item);
        break;
    case ITEM_OTHER:
        pass->counts.others++;
        break;
    case ITEM_TROUBLE:
        pass->counts.troubles++;
        pass->visitor->trouble(item->mail.file->path, item->trouble, pass->visitor->data);
        g_free(item->trouble);
        break;
    }
}

static void tell_batch(StoreJob *job, gpointer data)
{
    StoreBatch *batch = (StoreBatch *)job;
    StorePass *pass = data;
    for (guint i = 0; i < batch->items->len; i++)
        tell_item(pass, &g_array_index(batch->items, Item, i));
    pass->counts.read += batch->read;
    if (pass->visitor->progress != NULL)
        pass->visitor->progress(&pass->counts, pass->visitor->data);
    batch->clear(batch);
    g_array_unref(batch->items);
    give_buffer(pass, batch->buffer, batch->taken_large);
    g_free(batch);
}

void store_pass_begin(StorePass *pass, const StoreVisitor *visitor)
{
    *pass = (StorePass){.visitor = visitor};
    pass->queue = store_queue_new(tell_batch, pass);
    pass->spare = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
}

void store_pass_settle(StorePass *pass)
{
    store_queue_drain(pass->queue);
    g_clear_pointer(&pass->spare_one, g_byte_array_unref);
}

void store_pass_end(StorePass *pass)
{
    g_clear_pointer(&pass->queue, store_queue_free);
    g_clear_pointer(&pass->spare, g_ptr_array_unref);
    g_clear_pointer(&pass->spare_one, g_byte_array_unref);
}
