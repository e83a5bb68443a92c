/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/report_mail.h"

#include "cli/report/product.h"

#include <string.h>

#define STRINGS_BLOCK   512
#define MOST_CALENDARS  64
#define MOST_DEFECTS    512
#define ID_LONGEST      200
#define ADDRESS_LONGEST 254 /* RFC 5321 4.5.3.1.3, without the brackets */

static const char *const method_names[REPORT_METHODS] = {
    [REPORT_METHOD_NONE] = "(none)",     [REPORT_METHOD_REQUEST] = "REQUEST",
    [REPORT_METHOD_REPLY] = "REPLY",     [REPORT_METHOD_CANCEL] = "CANCEL",
    [REPORT_METHOD_COUNTER] = "COUNTER", [REPORT_METHOD_DECLINECOUNTER] = "DECLINECOUNTER",
    [REPORT_METHOD_REFRESH] = "REFRESH", [REPORT_METHOD_ADD] = "ADD",
    [REPORT_METHOD_PUBLISH] = "PUBLISH", [REPORT_METHOD_OTHER] = "(other)",
};

ReportMail *report_mail_new(void)
{
    ReportMail *mail = g_new0(ReportMail, 1);
    mail->time = REPORT_NO_TIME;
    mail->calendars = g_array_new(FALSE, FALSE, sizeof(ReportCalendar));
    mail->defects = g_array_new(FALSE, FALSE, sizeof(ReportDefect));
    mail->strings = g_string_chunk_new(STRINGS_BLOCK);
    return mail;
}

void report_mail_free(ReportMail *mail)
{
    if (mail == NULL)
        return;
    g_array_unref(mail->calendars);
    g_array_unref(mail->defects);
    g_string_chunk_free(mail->strings);
    g_free(mail);
}

/* A copy of a string for a member, NULL for NULL. Owned by the mail. */
static const char *keep(ReportMail *mail, const char *string)
{
    return string == NULL ? NULL : g_string_chunk_insert_const(mail->strings, string);
}

void report_mail_set_message_id(ReportMail *mail, const char *message_id)
{
    g_autofree char *valid = message_id == NULL ? NULL : g_utf8_make_valid(message_id, -1);
    if (valid != NULL)
        valid[strcspn(g_strchug(valid), " \t\r\n")] = '\0';
    if (valid != NULL && strlen(valid) > ID_LONGEST)
        *g_utf8_find_prev_char(valid, valid + ID_LONGEST + 1) = '\0';
    mail->message_id = valid == NULL || *valid == '\0' ? NULL : keep(mail, valid);
}

/* TRUE for letters, digits, hyphens and dots: what a name of DNS may be shown with. */
static gboolean is_domain(const char *text)
{
    if (*text == '\0')
        return FALSE;
    for (; *text != '\0'; text++) {
        if (!octet_is_name(*text) && *text != '.' && *text != '_')
            return FALSE;
    }
    return TRUE;
}

void report_mail_set_sender(ReportMail *mail, const char *address)
{
    const char *at = address == NULL ? NULL : strrchr(address, '@');
    if (at == NULL || !is_domain(at + 1) || strlen(address) > ADDRESS_LONGEST)
        return;
    g_autofree char *domain = g_ascii_strdown(at + 1, -1);
    mail->address = keep(mail, address);
    mail->domain = keep(mail, domain);
}

static ReportMethod count_as(const char *method)
{
    if (method == NULL || *method == '\0')
        return REPORT_METHOD_NONE;
    for (guint i = REPORT_METHOD_REQUEST; i < REPORT_METHOD_OTHER; i++) {
        if (g_ascii_strcasecmp(method, method_names[i]) == 0)
            return (ReportMethod)i;
    }
    return REPORT_METHOD_OTHER;
}

void report_mail_add_calendar(ReportMail *mail, const char *prodid, const char *method)
{
    if (mail->calendars->len >= MOST_CALENDARS)
        return;
    g_autofree char *product = product_of(prodid);
    ReportCalendar calendar = {
        .product = keep(mail, product),
        .method = count_as(method),
    };
    g_array_append_val(mail->calendars, calendar);
}

static gboolean is_alike(const ReportDefect *one, const ReportDefect *other)
{
    return one->rule == other->rule && one->outcome == other->outcome &&
           one->reason == other->reason && one->choices == other->choices &&
           strcmp(one->product, other->product) == 0;
}

void report_mail_add_defect(ReportMail *mail, const ReportDefect *defect)
{
    for (guint i = 0; i < mail->defects->len; i++) {
        ReportDefect *known = &g_array_index(mail->defects, ReportDefect, i);
        if (is_alike(known, defect)) {
            known->count += defect->count;
            return;
        }
    }
    if (mail->defects->len >= MOST_DEFECTS)
        return;
    ReportDefect kept = *defect;
    kept.product = keep(mail, defect->product);
    g_array_append_val(mail->defects, kept);
}

const char *report_method_name(ReportMethod method)
{
    return method_names[method];
}
