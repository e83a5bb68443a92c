/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_shape: see store_shape.h.
 */
#include "cli/store/store_shape.h"

#include "cli/store/mbox.h"
#include "common/mail/message.h"

#include <string.h>

/* So many fields are looked at for one that only mails have. */
#define FIELDS_MAX 100

/* Fields without one of which no mail is stored (RFC 5322 3.6, RFC 2045), but for a draft's. */
static const char *const FIELDS[] = {
    "Return-Path", "Received", "Delivered-To", "Date",         "From",
    "To",          "Subject",  "Message-ID",   "MIME-Version", "Content-Type",
};

static gboolean is_mail_field(Octets name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
        if (octets_equal_nocase(name, FIELDS[i]))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_mail(Octets octets)
{
    HeaderField field;
    gsize line = 0;
    for (guint i = 0; i < FIELDS_MAX && message_read_field(octets, line, &field); i++) {
        if (is_mail_field(octets_slice(octets, field.start, field.name_end)))
            return TRUE;
        line = field.next;
    }
    return FALSE;
}

static gboolean is_calendar(Octets octets)
{
    const char *const begin = "BEGIN:VCALENDAR";
    gsize from = octets_has_prefix(octets, "\xef\xbb\xbf") ? 3 : 0;
    while (from < octets.size && g_ascii_isspace(octets.data[from]))
        from++;
    gsize end = MIN(octets.size, from + strlen(begin));
    return octets_equal_nocase(octets_slice(octets, from, end), begin);
}

/* The signature of a TNEF stream (MS-OXTNEF 2.1.3.1). */
static gboolean is_winmail(Octets octets)
{
    return octets_has_prefix(octets, "\x78\x9f\x3e\x22");
}

static const struct {
    StoreShape shape;
    gboolean (*is)(Octets octets);
    const char *fault;
} SHAPES[] = {
    {SHAPE_MBOX, mbox_begins, NULL},
    {SHAPE_CALENDAR, is_calendar,
     "is a calendar without a mail around it; put a header before it: "
     "printf 'Content-Type: text/calendar; charset=utf-8\\n\\n' | cat - FILE | "
     "calmend check -"},
    {SHAPE_WINMAIL, is_winmail,
     "is a winmail.dat without a mail around it; put a header before it: "
     "(printf 'Content-Type: application/ms-tnef\\nContent-Transfer-Encoding: base64"
     "\\n\\n'; base64 FILE) | calmend check -"},
    {SHAPE_MAIL, is_mail, NULL},
};

StoreShape store_shape_of(Octets octets)
{
    for (gsize i = 0; i < G_N_ELEMENTS(SHAPES); i++) {
        if (SHAPES[i].is(octets))
            return SHAPES[i].shape;
    }
    return SHAPE_OTHER;
}

const char *store_shape_fault(StoreShape shape)
{
    for (gsize i = 0; i < G_N_ELEMENTS(SHAPES); i++) {
        if (SHAPES[i].shape == shape)
            return SHAPES[i].fault;
    }
    return NULL;
}
