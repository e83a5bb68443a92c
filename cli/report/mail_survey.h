/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mail_survey: what one stored message adds to a report.
 *
 * Its calendars are read for METHOD and PRODID, and the engine is asked what is wrong with every
 * rule enabled; the case of each finding then tells which switch and profile mends it. A function
 * of its arguments alone, so that any number of threads may call it.
 */
#ifndef CALMEND_MAIL_SURVEY_H
#define CALMEND_MAIL_SURVEY_H

#include "cli/report/report_mail.h"
#include "common/rules/policy.h"

/* What messages are read with. */
typedef struct {
    const Policy *policy; /* every rule enabled, both switches on, signed messages not left */
    gint64 now;
    gint64 since; /* messages before it do not count; REPORT_NO_TIME: all do */
} Survey;

/* What a message is to a report. */
typedef enum {
    SURVEY_PLAIN,   /* it counts, and holds neither a calendar nor winmail.dat */
    SURVEY_EARLIER, /* it does not count */
    SURVEY_MAIL,    /* there is something to tell */
} SurveyKind;

/* Reads a message. With SURVEY_MAIL `mail` is set, owned by the caller; else it is NULL. Its file
 * and offset are not set. */
SurveyKind mail_survey(Octets octets, const Survey *survey, ReportMail **mail);

#endif
