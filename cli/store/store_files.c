/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_files: see store_files.h.
 */
#include "cli/store/store_files.h"

#include "cli/store/mbox.h"
#include "cli/store/store_read.h"
#include "cli/store/store_shape.h"

#include <errno.h>
#include <unistd.h>

#define FILES_MAX  64
#define OCTETS_MAX (256 * 1024u)

typedef struct {
    StoreWalkFile walked; /* path and name owned, folder held */
    int fd;               /* owned; -1: not opened yet */
    char *trouble;        /* owned: with the path, before anything is read */
    gboolean other;       /* it begins as no mail does, and is not read */
    GByteArray *grown;    /* of a file that is longer than it was when it was met */
} Entry;

struct StoreFiles {
    StoreBatch batch; /* first, so that a batch is its files */
    Entry entries[FILES_MAX];
    guint count;
    guint64 octets; /* of all of them */
};

StoreFiles *store_files_new(StorePass *pass)
{
    StoreFiles *files = g_new0(StoreFiles, 1);
    files->batch.pass = pass;
    return files;
}

gboolean store_files_is_full(const StoreFiles *files, guint64 size)
{
    return files->count == FILES_MAX || (files->count > 0 && files->octets + size > OCTETS_MAX);
}

static Entry *add_entry(StoreFiles *files, const char *path, const char *name)
{
    Entry *entry = &files->entries[files->count++];
    entry->walked.file.path = g_strdup(path);
    entry->walked.file.name = g_strdup(name);
    entry->fd = -1;
    return entry;
}

void store_files_add(StoreFiles *files, const StoreWalkFile *walked, int fd)
{
    Entry *entry = add_entry(files, walked->file.path, walked->file.name);
    const StoreFile names = entry->walked.file;
    entry->walked = *walked;
    entry->walked.file.path = names.path;
    entry->walked.file.name = names.name;
    entry->fd = fd;
    store_folder_ref(walked->folder);
    files->octets += walked->size;
}

void store_files_add_trouble(StoreFiles *files, const char *path, const char *text)
{
    add_entry(files, path, path)->trouble = g_strdup(text);
}

void store_files_add_other(StoreFiles *files, const char *path)
{
    add_entry(files, path, path)->other = TRUE;
}

/* Reads the file behind what the buffer holds, which has room for the size that was told. */
static gboolean read_entry(Entry *entry, GByteArray *buffer, Octets *octets)
{
    gsize start = buffer->len;
    gsize size = (gsize)entry->walked.size;
    if (!store_read_file(entry->fd, buffer, size))
        return FALSE;
    *octets = octets_slice(store_read_octets(buffer), start, buffer->len);
    if (octets->size <= size)
        return TRUE;
    entry->grown =
        g_byte_array_append(g_byte_array_new(), (const guint8 *)octets->data, (guint)octets->size);
    g_byte_array_set_size(buffer, (guint)start);
    gboolean read = store_read_rest(entry->fd, entry->grown, STORE_MAIL_MAX);
    *octets = store_read_octets(entry->grown);
    return read;
}

static void add_octets(StoreBatch *batch, Entry *entry, Octets octets)
{
    StoreFile *file = &entry->walked.file;
    gboolean mail = entry->walked.place == PLACE_MAIL;
    StoreShape shape = mail ? SHAPE_MAIL : store_shape_of(octets);
    gboolean named = entry->walked.place == PLACE_NAMED;
    if (octets.size == 0 || (!named && shape != SHAPE_MAIL && shape != SHAPE_MBOX)) {
        store_batch_add_other(batch, file);
        return;
    }
    if (store_shape_fault(shape) != NULL) {
        store_batch_add_trouble(batch, file, store_shape_fault(shape));
        return;
    }
    store_batch_add_file(batch, file);
    if (shape == SHAPE_MBOX) {
        file->kind = STORE_MBOX;
        store_batch_add_mbox(batch, file, octets, 0, octets.size, 0);
        return;
    }
    store_batch_add_mail(batch, &(StoredMail){.file = file, .octets = octets});
}

static void work_opened(StoreBatch *batch, Entry *entry)
{
    const StoreFile *file = &entry->walked.file;
    Octets octets;
    if (!read_entry(entry, batch->buffer, &octets))
        store_batch_add_errno(batch, file, "cannot read");
    else if (octets.size >= STORE_MAIL_MAX)
        store_batch_add_trouble(batch, file, STORE_MAIL_FAULT);
    else if (octets.size < entry->walked.size)
        store_batch_add_trouble(batch, file, "became shorter while it was read");
    else
        add_octets(batch, entry, octets);
}

static void work_entry(StoreBatch *batch, Entry *entry)
{
    const StoreFile *file = &entry->walked.file;
    if (entry->fd < 0)
        entry->fd = store_read_open(file, entry->walked.place == PLACE_NAMED);
    if (entry->fd < 0) {
        store_batch_add_errno(batch, file, "cannot open");
        return;
    }
    work_opened(batch, entry);
    close(entry->fd);
}

static void work_files(StoreJob *job)
{
    StoreFiles *files = (StoreFiles *)job;
    StoreBatch *batch = &files->batch;
    for (guint i = 0; i < files->count; i++) {
        Entry *entry = &files->entries[i];
        if (entry->trouble != NULL)
            store_batch_add_trouble(batch, &entry->walked.file, entry->trouble);
        else if (entry->other)
            store_batch_add_other(batch, &entry->walked.file);
        else
            work_entry(batch, entry);
    }
}

static void clear_files(StoreBatch *batch)
{
    StoreFiles *files = (StoreFiles *)batch;
    for (guint i = 0; i < files->count; i++) {
        Entry *entry = &files->entries[i];
        g_free((char *)entry->walked.file.path);
        g_free((char *)entry->walked.file.name);
        g_free(entry->trouble);
        store_folder_unref(entry->walked.folder);
        if (entry->grown != NULL)
            g_byte_array_unref(entry->grown);
    }
}

void store_files_push(StoreFiles *files)
{
    StoreBatch *batch = &files->batch;
    store_batch_init(batch, batch->pass, (gsize)files->octets + files->count);
    batch->job.work = work_files;
    batch->clear = clear_files;
    batch->read = files->octets;
    store_batch_push(batch);
}
