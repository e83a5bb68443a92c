/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tally: what a report counts.
 *
 * Messages are added one by one, in the order of the input, by one thread. Memory is bounded
 * whatever they hold: names by tally_group, examples by rule and partner.
 */
#ifndef CALMEND_TALLY_H
#define CALMEND_TALLY_H

#include "cli/report/tally_group.h"

/* How many examples are kept for a rule. */
#define TALLY_EXAMPLES 5

typedef enum {
    TALLY_MAIL, /* stored mail */
    TALLY_LOG,  /* what calmend-milter wrote: messages with a defect alone */
} TallySource;

/* Where a defect can be seen. Owned by the tally. */
typedef struct {
    char *file; /* NULL: known from a log */
    guint64 offset;
    gint64 time;
    char *message_id;
    char *address;
} TallyPlace;

/* Defects of one kind, and the messages that have one. */
typedef struct {
    guint64 messages;
    guint64 defects;
} TallyCount;

typedef struct {
    TallySource source;
    guint64 messages; /* of stored mail: all; of a log: those with a defect */
    guint64 earlier;  /* messages that do not count since they are earlier than was asked for */
    guint64 with_calendar;
    guint64 with_winmail;
    guint64 with_either;
    guint64 broken;
    guint64 defects;
    guint64 unreadable; /* files and folders */
    gint64 first;       /* of the messages with either whose time is known */
    gint64 last;
    TallyCount outcomes[OUTCOMES];
    TallyCount reasons[REASONS];
    guint64 changed[CHOICES];           /* messages that a choice changes */
    guint64 changed_signed[CHOICES];    /* of these, with a signature */
    GPtrArray **places;                 /* TallyPlace, by number of the rule */
    guint64 *rule_messages;             /* messages with a defect, by number of the rule */
    guint64 (*rule_outcomes)[OUTCOMES]; /* defects, the same */
    TallyGroup producers;
    TallyGroup domains;
    TallyGroup months;
} Tally;

void tally_init(Tally *tally, TallySource source);
void tally_clear(Tally *tally);

/* Counts a message that holds neither a calendar nor winmail.dat. */
void tally_add_plain(Tally *tally);

/* Counts any other. */
void tally_add(Tally *tally, const ReportMail *mail);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tally, tally_clear)

#endif
