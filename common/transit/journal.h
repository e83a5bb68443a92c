/* SPDX-License-Identifier: BSD-2-Clause
 *
 * journal: events as entries of systemd's journal, with their fields.
 *
 * The fields CALMEND_* hold what the line holds, so that journalctl finds events by their number,
 * the queue id or a rule, and MESSAGE_ID leads to the catalogue that explains them. The only file
 * that knows libsystemd: where it was not built in, there is no journal.
 */
#ifndef CALMEND_JOURNAL_H
#define CALMEND_JOURNAL_H

#include "common/event.h"

typedef struct JournalEntry JournalEntry;

/* TRUE when what goes to syslog is read by the journal of this system. */
gboolean journal_is_log(void);

/* TRUE when stderr is a stream of the journal (JOURNAL_STREAM, systemd.exec(5)). */
gboolean journal_is_stderr(void);

/* The entry of an event that `program` tells, with `line` as its message and the facility of
 * syslog(3). Owned by the caller, journal_entry_free. */
JournalEntry *journal_entry_new(const Event *event, const EventContext *context,
                                const char *program, int facility, const char *line);
void journal_entry_free(JournalEntry *entry);

/* Hands the entry over; may wait. One that the journal does not take is lost. */
void journal_send(const JournalEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(JournalEntry, journal_entry_free)

#endif
