/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/mail_survey.h"

#include "cli/report/product.h"
#include "common/calendar/calendar.h"
#include "common/mail/mailbox.h"
#include "common/mail/token_search.h"
#include "common/mail/transfer.h"
#include "common/repair.h"
#include "common/rules/substitute.h"

#define TNEF_TYPE "application/ms-tnef"

/* One message on its way into the report. */
typedef struct {
    const Message *message;
    const Survey *survey;
    ReportMail *mail;
} Look;

/* ---- header ---- */

/* The text between the last < and > of a field, for one that is no single mailbox by the letter. */
static Octets last_angle(Octets value)
{
    gsize end = value.size;
    while (end > 0 && value.data[end - 1] != '>')
        end--;
    gsize start = end;
    while (start > 0 && value.data[start - 1] != '<')
        start--;
    return start == 0 ? (Octets){NULL, 0} : octets_slice(value, start, end - 1);
}

static void read_sender(const Look *look)
{
    const HeaderField *field = message_find_field(look->message, "From");
    if (field == NULL)
        return;
    g_autofree char *text = message_field_text(look->message, field);
    Octets value = octets_of(text);
    Octets address = mailbox_only(value);
    if (address.size == 0)
        address = last_angle(value);
    g_autofree char *copy = octets_dup(address.size > 0 ? address : octets_trim(value));
    report_mail_set_sender(look->mail, copy);
}

static void read_message_id(const Look *look)
{
    const HeaderField *field = message_find_field(look->message, "Message-ID");
    g_autofree char *text = field == NULL ? NULL : message_field_text(look->message, field);
    report_mail_set_message_id(look->mail, text);
}

/* ---- calendars ---- */

/* The value of the last line of that name; NULL where there is none. */
static char *last_value(const Calendar *calendar, const Component *component, const char *name)
{
    guint last = CALENDAR_NONE;
    guint count;
    for (guint line = calendar_find_property(calendar, component, name, &count);
         line != CALENDAR_NONE; line = calendar_next_property(calendar, line, name))
        last = line;
    if (last == CALENDAR_NONE)
        return NULL;
    return g_string_free(calendar_value(calendar, calendar_line(calendar, last)), FALSE);
}

static void read_calendars(const Look *look, Octets text)
{
    g_auto(Calendar) calendar;
    calendar_init(&calendar, text, &look->survey->policy->limits.calendar);
    for (guint i = 0; i < calendar.components->len; i++) {
        const Component *component = calendar_component(&calendar, i);
        if (component->kind != COMPONENT_VCALENDAR || component->depth > 0)
            continue;
        g_autofree char *product = last_value(&calendar, component, "PRODID");
        g_autofree char *method = last_value(&calendar, component, "METHOD");
        report_mail_add_calendar(look->mail, product, method);
    }
}

static void read_part(const Look *look, const Part *part)
{
    if (part->kind == PART_TNEF) {
        look->mail->has_winmail = TRUE;
        return;
    }
    look->mail->has_calendar = TRUE;
    g_auto(Transfer) transfer;
    transfer_init(&transfer, look->message, part,
                  part->encoding == TRANSFER_UNKNOWN ? part->noisy_encoding : part->encoding);
    read_calendars(look, transfer.decoded);
}

static void read_parts(const Look *look)
{
    const PolicyLimits *limits = &look->survey->policy->limits;
    g_autoptr(GArray) parts = parts_new();
    if (look->message->octets.size > limits->message_bytes || look->message->over_limit)
        return;
    parts_find(look->message, &limits->parts, parts);
    for (guint i = 0; i < parts->len; i++)
        read_part(look, &g_array_index(parts, Part, i));
}

/* ---- defects ---- */

/* The outcome and the choices of a defect that has an edit with every rule enabled. */
static void judge_mended(const Finding *finding, ReportDefect *defect)
{
    guint profiles = finding->rule_case == NULL ? 0 : finding->rule_case->profiles;
    defect->choices = 1 << CHOICE_ALL;
    defect->outcome = OUTCOME_ENABLED;
    if ((profiles & PROFILE_OUTBOUND) != 0) {
        defect->outcome = OUTCOME_OUTBOUND;
        defect->choices |= 1 << CHOICE_OUTBOUND;
    }
    if ((profiles & PROFILE_INBOUND) != 0) {
        defect->outcome = OUTCOME_INBOUND;
        defect->choices |= 1 << CHOICE_INBOUND;
    }
    if ((profiles & PROFILE_ALWAYS) != 0) {
        defect->outcome = OUTCOME_TRACK;
        defect->choices |= 1 << CHOICE_TRACK;
    }
}

/* The product that a defect is laid to. One of the header is laid to the first calendar. */
static char *product_of_finding(const Finding *finding, const ReportMail *mail)
{
    if (finding->producer != NULL)
        return product_of(finding->producer);
    if (g_strcmp0(finding->type, TNEF_TYPE) == 0 || mail->calendars->len == 0)
        return g_strdup(mail->has_winmail ? PRODUCT_WINMAIL : PRODUCT_NONE);
    return g_strdup(g_array_index(mail->calendars, ReportCalendar, 0).product);
}

static void read_finding(const Look *look, const Finding *finding)
{
    g_autofree char *product = product_of_finding(finding, look->mail);
    ReportDefect defect = {.rule = finding->rule,
                           .product = product,
                           .outcome = OUTCOME_LEFT,
                           .reason = finding->reason,
                           .count = 1};
    if (finding->reason == REASON_NONE)
        judge_mended(finding, &defect);
    report_mail_add_defect(look->mail, &defect);
}

static void read_findings(const Look *look)
{
    g_autoptr(Plan) plan = repair_message(look->message, look->survey->policy, look->survey->now);
    for (guint i = 0; i < plan->findings->len; i++)
        read_finding(look, &g_array_index(plan->findings, Finding, i));
}

SurveyKind mail_survey(Octets octets, const Survey *survey, ReportMail **mail)
{
    TokenSearch search = {.state = TOKEN_LINE_START};
    gboolean may_hold = token_search_feed(&search, octets);
    *mail = NULL;
    if (!may_hold && survey->since == REPORT_NO_TIME)
        return SURVEY_PLAIN;

    g_auto(Message) message = {0};
    gint64 time = REPORT_NO_TIME;
    message_init(&message, octets);
    if (!substitute_find_date(&message, survey->now, &time))
        time = REPORT_NO_TIME;
    if (survey->since != REPORT_NO_TIME && time < survey->since)
        return SURVEY_EARLIER;
    if (!may_hold)
        return SURVEY_PLAIN;

    Look look = {.message = &message, .survey = survey, .mail = report_mail_new()};
    look.mail->time = time;
    look.mail->is_signed = repair_is_signed(&message);
    read_parts(&look);
    read_findings(&look);
    if (!look.mail->has_calendar && !look.mail->has_winmail && look.mail->defects->len == 0) {
        report_mail_free(look.mail);
        return SURVEY_PLAIN;
    }
    read_sender(&look);
    read_message_id(&look);
    *mail = look.mail;
    return SURVEY_MAIL;
}
