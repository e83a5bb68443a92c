/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tally_group: counters by name: of producers, of domains, of months.
 *
 * Mail brings any name it likes, so a group has room for so many; when it is full, the rarer half
 * of its names is added to one entry for the others. A name that comes often stays, whatever is
 * sent beside it. The same mails in the same order give the same counts.
 *
 * A group that keeps examples is one of partners, who are told of them: what a message only quotes
 * does not count there.
 */
#ifndef CALMEND_TALLY_GROUP_H
#define CALMEND_TALLY_GROUP_H

#include "cli/report/report_mail.h"

/* How an example of a defect is told to the one who sent it. */
typedef struct {
    const Rule *rule;
    gint64 time;
    char *message_id;
} TallyExample;

typedef struct {
    char *name; /* NULL: the others */
    guint64 messages;
    guint64 broken; /* messages with a defect */
    guint64 defects;
    guint64 outcomes[OUTCOMES]; /* defects */
    guint64 methods[REPORT_METHODS];
    guint64 *rule_defects;  /* by number of the rule */
    guint64 *rule_messages; /* messages with a defect of that rule */
    gint64 first;           /* of the broken messages whose time is known; else REPORT_NO_TIME */
    gint64 last;
    GPtrArray *examples;  /* TallyExample: one per rule, and not many; NULL: none are kept */
    GPtrArray *products;  /* char: of the broken messages, not many */
    GPtrArray *addresses; /* char: the same */
} TallyEntry;

typedef struct {
    GHashTable *entries; /* by name */
    guint most;
    gboolean keeps_examples;
    TallyEntry *others;
} TallyGroup;

void tally_group_init(TallyGroup *group, guint most, gboolean keeps_examples);
void tally_group_clear(TallyGroup *group);

/* Counts a message under a name; only what is of `product`, NULL for all of it. */
void tally_group_count(TallyGroup *group, const char *name, const ReportMail *mail,
                       const char *product);

/* The entries, by broken messages, then by messages, then by name, at most `top`; the rest is added
 * up in `rest`, whose name is NULL and whose messages are 0 where there is none. Borrowed
 * elements; the array is the caller's. */
GPtrArray *tally_group_rank(TallyGroup *group, guint top, const TallyEntry **rest);

/* The entries by name. The array is the caller's. */
GPtrArray *tally_group_by_name(const TallyGroup *group);

#endif
