/* SPDX-License-Identifier: BSD-2-Clause
 *
 * original: all header fields of a message, for whoever keeps it as it came.
 *
 * What the engine reads of a header is a part of it, so where originals are kept the whole header
 * stands beside it, in memory or in a file as a spool has it. What cannot be kept costs no mail:
 * the message is then repaired without an original. One thread at a time.
 */
#ifndef CALMEND_ORIGINAL_H
#define CALMEND_ORIGINAL_H

#include "common/settings.h"

typedef struct Original Original;

/* Owned by the caller, original_free. */
Original *original_new(const Settings *settings);

/* Takes NULL. */
void original_free(Original *original);

/* The next header field: `colon` stands between its name and its value, which has folds as LF or CR
 * LF and a blank. */
void original_add_field(Original *original, const char *name, const char *colon, const char *value);

/* Writes Return-Path and an X-Original-To for each recipient, the fields in the order in which they
 * came, and the blank line; lines with CR LF. Addresses that are not known (NULL), or hold a
 * control octet, are left out. FALSE and an error (G_FILE_ERROR) when a field was not kept, or the
 * file does not take them. */
gboolean original_write_head(Original *original, const char *sender, const GPtrArray *recipients,
                             int file, GError **error);

/* How many octets that writes. */
gsize original_head_size(const Original *original, const char *sender, const GPtrArray *recipients);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Original, original_free)

#endif
