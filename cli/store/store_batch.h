/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_batch: what one job finds, in order: mails with what was made of them, and troubles.
 *
 * A batch is filled by its job, on any thread, and told on the caller's. It owns the octets of its
 * mails until then. A mail of an mbox gets its number when it is told.
 */
#ifndef CALMEND_STORE_BATCH_H
#define CALMEND_STORE_BATCH_H

#include "cli/store/store.h"
#include "cli/store/store_queue.h"

/* No mail is larger. */
#define STORE_MAIL_MAX   (1024u * 1024 * 1024)
#define STORE_MAIL_FAULT "is larger than 1 GiB, no mail is"

/* What one pass over stored mail is made with. Of the caller's thread. */
typedef struct {
    const StoreVisitor *visitor;
    StoreQueue *queue;
    StoreCounts counts;
    guint64 number;        /* of the last mail in the mbox */
    GPtrArray *spare;      /* GByteArray, to be used again: fresh memory costs as much as reading */
    GByteArray *spare_one; /* the same, for what is large; NULL: none */
} StorePass;

void store_pass_begin(StorePass *pass, const StoreVisitor *visitor);

/* Tells all that is under way, and holds no memory for what is large: before and after work that
 * itself may need as much. */
void store_pass_settle(StorePass *pass);

/* Tells what is still under way, and frees what the pass holds. The counts stay. */
void store_pass_end(StorePass *pass);

typedef struct StoreBatch StoreBatch;
struct StoreBatch {
    StoreJob job; /* first, so that a job is its batch */
    StorePass *pass;
    void (*clear)(StoreBatch *batch); /* frees what the larger structure holds */
    GByteArray *buffer;               /* for octets of mails */
    gboolean taken_large;             /* it had room for so many from the start */
    GArray *items;
    guint64 read; /* octets of the files that it is about */
};

/* Makes a batch at the start of a larger structure, which is zeroed and from g_new. The buffer has
 * room for `size` octets. */
void store_batch_init(StoreBatch *batch, StorePass *pass, gsize size);

/* Hands it to the queue. Once the job is done the visitor is told, in order, and the batch freed.
 */
void store_batch_push(StoreBatch *batch);

/* A file that holds mail begins. */
void store_batch_add_file(StoreBatch *batch, const StoreFile *file);

/* A mail, which is examined at once. */
void store_batch_add_mail(StoreBatch *batch, const StoredMail *mail);

/* The mails of an mbox in `octets` whose separators stand at `first` or behind it, up to `limit`,
 * where the next one stands or the octets end. The first octet is the one at `start` of the file.
 */
void store_batch_add_mbox(StoreBatch *batch, const StoreFile *file, Octets octets, gsize first,
                          gsize limit, guint64 start);

/* A file that is empty, or begins as no mail does. */
void store_batch_add_other(StoreBatch *batch, const StoreFile *file);

/* The end of a sentence that begins with the path; with errno behind it. */
void store_batch_add_trouble(StoreBatch *batch, const StoreFile *file, const char *text);
void store_batch_add_errno(StoreBatch *batch, const StoreFile *file, const char *text);

#endif
