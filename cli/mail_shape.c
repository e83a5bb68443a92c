/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mail_shape: see mail_shape.h.
 */
#include "cli/mail_shape.h"

#include <string.h>

#define SEPARATOR "From "

static gboolean begins_with(Octets octets, gsize from, const char *text)
{
    gsize size = strlen(text);
    return octets.size - from >= size && memcmp(octets.data + from, text, size) == 0;
}

/* Only a mailbox begins with a separator; in it a line of a message that looks like one behind a
 * blank line is quoted (RFC 4155, appendix A). */
static gboolean is_mailbox(Octets octets)
{
    gboolean blank = FALSE;
    if (!begins_with(octets, 0, SEPARATOR))
        return FALSE;
    for (gsize line = octets_next_line(octets, 0); line < octets.size;) {
        gsize next = octets_next_line(octets, line);
        if (blank && begins_with(octets, line, SEPARATOR))
            return TRUE;
        blank = octets_line_ending(octets, next) == line;
        line = next;
    }
    return FALSE;
}

static gboolean is_calendar(Octets octets)
{
    const char *const begin = "BEGIN:VCALENDAR";
    gsize from = begins_with(octets, 0, "\xef\xbb\xbf") ? 3 : 0;
    while (from < octets.size && g_ascii_isspace(octets.data[from]))
        from++;
    gsize end = MIN(octets.size, from + strlen(begin));
    return octets_equal_nocase(octets_slice(octets, from, end), begin);
}

/* The signature of a TNEF stream (MS-OXTNEF 2.1.3.1). */
static gboolean is_winmail(Octets octets)
{
    return begins_with(octets, 0, "\x78\x9f\x3e\x22");
}

static const struct {
    gboolean (*is)(Octets octets);
    const char *fault;
} shapes[] = {
    {is_mailbox, "is a mailbox of more than one message; make a file of each, as \"git mailsplit\" "
                 "and \"formail -s\" do"},
    {is_calendar, "is a calendar without a mail around it; put a header before it: "
                  "printf 'Content-Type: text/calendar; charset=utf-8\\n\\n' | cat - FILE | "
                  "calmend check -"},
    {is_winmail, "is a winmail.dat without a mail around it; put a header before it: "
                 "(printf 'Content-Type: application/ms-tnef\\nContent-Transfer-Encoding: base64"
                 "\\n\\n'; base64 FILE) | calmend check -"},
};

const char *mail_shape_fault(Octets octets)
{
    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++) {
        if (shapes[i].is(octets))
            return shapes[i].fault;
    }
    return NULL;
}
