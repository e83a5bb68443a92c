/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mailbox_list: envelope addresses, as an administrator lists them.
 *
 * user@example.com is that address, @example.com every address of that domain, .example.com every
 * address of a domain below it, <> the empty sender (RFC 5321 4.5.5); separated by commas or
 * blanks. Case does not count. What an address takes to match depends on its own length, not on
 * that of the list. A list is read only; any number of threads share it.
 */
#ifndef CALMEND_MAILBOX_LIST_H
#define CALMEND_MAILBOX_LIST_H

#include "common/mail/octets.h"

typedef struct MailboxList MailboxList;

/* Reads a list, which may be empty. NULL and an error (G_FILE_ERROR) that quotes the first entry
 * that is none. Owned by the caller, mailbox_list_free. */
MailboxList *mailbox_list_parse(const char *text, GError **error);
void mailbox_list_free(MailboxList *list);

/* TRUE when an entry of the list means `address`, which stands without angle brackets, but for
 * <>. */
gboolean mailbox_list_has(const MailboxList *list, Octets address);

gboolean mailbox_list_is_empty(const MailboxList *list);

/* The list as mailbox_list_parse takes it, in lower case. Owned by the caller, g_free. */
char *mailbox_list_to_text(const MailboxList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailboxList, mailbox_list_free)

#endif
