/* SPDX-License-Identifier: BSD-2-Clause
 *
 * report_mail: what one message adds to a report.
 *
 * Made by mail_survey of a message, or by log_report of what calmend-milter logged about one; only
 * counted afterwards. It holds no more of a message than a report may show: no subject, no text, no
 * place, no name. Its strings are its own. What hostile mail can have much of is bounded: what goes
 * beyond is not kept.
 */
#ifndef CALMEND_REPORT_MAIL_H
#define CALMEND_REPORT_MAIL_H

#include "common/rules/plan.h"

/* No Date that can be used. */
#define REPORT_NO_TIME G_MININT64

/* What is done about a defect. A defect has one outcome. */
typedef enum {
    OUTCOME_REPAIRED, /* log: it was mended */
    OUTCOME_TRACK,    /* the switch FixRecipientTrackStatusTime mends it */
    OUTCOME_INBOUND,  /* FixCalendarMail does, in the profile inbound, and in outbound too */
    OUTCOME_OUTBOUND, /* FixCalendarMail does, in the profile outbound alone */
    OUTCOME_MAIL,     /* log: FixCalendarMail does, in the profile of the milter */
    OUTCOME_ENABLED,  /* only where the rule is enabled */
    OUTCOME_LEFT,     /* nothing does, for a reason */
    OUTCOMES,
} Outcome;

/* What an administrator may choose. Each changes some messages, and not others. */
typedef enum {
    CHOICE_TRACK,    /* FixRecipientTrackStatusTime */
    CHOICE_INBOUND,  /* FixCalendarMail, profile inbound */
    CHOICE_OUTBOUND, /* FixCalendarMail, profile outbound */
    CHOICE_ALL,      /* both, and every rule enabled */
    CHOICES,
} Choice;

/* METHOD of a calendar, as it is counted. */
typedef enum {
    REPORT_METHOD_NONE,
    REPORT_METHOD_REQUEST,
    REPORT_METHOD_REPLY,
    REPORT_METHOD_CANCEL,
    REPORT_METHOD_COUNTER,
    REPORT_METHOD_DECLINECOUNTER,
    REPORT_METHOD_REFRESH,
    REPORT_METHOD_ADD,
    REPORT_METHOD_PUBLISH,
    REPORT_METHOD_OTHER,
    REPORT_METHODS,
} ReportMethod;

typedef struct {
    const char *product;
    ReportMethod method;
} ReportCalendar;

/* The defects of one rule in what one product wrote, with one outcome. */
typedef struct {
    const Rule *rule;
    const char *product;
    Outcome outcome;
    Reason reason; /* of OUTCOME_LEFT */
    guint choices; /* bits 1 << Choice: those that mend it */
    guint count;
} ReportDefect;

typedef struct {
    const char *file; /* NULL: known from a log */
    guint64 offset;   /* of the message in the file */
    const char *message_id;
    const char *address; /* of the sender; NULL: none that can be read */
    const char *domain;
    gint64 time; /* seconds since 1970-01-01 UTC, or REPORT_NO_TIME */
    gboolean has_calendar;
    gboolean has_winmail;
    gboolean is_signed; /* it has a DKIM or ARC signature */
    GArray *calendars;  /* ReportCalendar */
    GArray *defects;    /* ReportDefect */
    GStringChunk *strings;
} ReportMail;

/* An empty one. Owned by the caller, report_mail_free. */
ReportMail *report_mail_new(void);
void report_mail_free(ReportMail *mail);

/* Sets the Message-ID, its first word, which is cut where it is long; NULL: there is none. */
void report_mail_set_message_id(ReportMail *mail, const char *message_id);

/* Sets address and domain from an address, or from nothing. */
void report_mail_set_sender(ReportMail *mail, const char *address);

void report_mail_add_calendar(ReportMail *mail, const char *prodid, const char *method);

/* Counts a defect; its product is kept, its count is added to that of its like. */
void report_mail_add_defect(ReportMail *mail, const ReportDefect *defect);

/* How a METHOD that is counted is called. Static. */
const char *report_method_name(ReportMethod method);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportMail, report_mail_free)

#endif
