/* SPDX-License-Identifier: BSD-2-Clause
 *
 * maildir_name: the name of a mended mail in a Maildir, made from that of the old one.
 *
 * A name is UNIQUE[,FIELD...][:INFO]. The unique part of a mended mail is that of the old one with
 * a mark behind it: .calmend, and where that is there already .calmend2, .calmend3, ... So whoever
 * sees both can tell that one is the mended form of the other, whatever became of their flags. INFO
 * stays. Of the fields S= and W=, the sizes of Maildir++ and Dovecot, are written anew. Others go:
 * what they number, as U= of isync does, is the old mail. Pure functions over strings.
 */
#ifndef CALMEND_MAILDIR_NAME_H
#define CALMEND_MAILDIR_NAME_H

#include "common/mail/octets.h"

/* The name of the mended form, `size` octets large, `wire_size` with each line end as CR LF. Owned
 * by the caller, g_free. */
char *maildir_name_mended(const char *name, gsize size, gsize wire_size);

/* The unique part of a name, and of the mail of which this one is the mended form; NULL when it is
 * none. Owned by the caller, g_free. */
char *maildir_name_unique(const char *name);
char *maildir_name_source(const char *name);

/* A name with the info of another. Owned by the caller, g_free. */
char *maildir_name_with_info(const char *name, const char *other);

#endif
