/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_stream: a mail or an mbox that comes through a pipe.
 *
 * It is read by the caller's thread, and handed to a job as soon as there are enough mails of it.
 */
#ifndef CALMEND_STORE_STREAM_H
#define CALMEND_STORE_STREAM_H

#include "cli/store/store_batch.h"

/* Reads on from where `fd` stands, which is the caller's. Copies the description of the file. */
void store_stream_read(StorePass *pass, const StoreFile *file, int fd);

#endif
