/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_mail.h"

#include "common/calendar/calendar.h"
#include "fuzz_input.h"

/* How lines end. */
enum { LINES_AS_THEY_ARE, LINES_CRLF, LINES_LF, LINES_DOUBLED, LINES };

/* How the calendar is encoded. */
enum {
    ENCODED_8BIT,
    ENCODED_BASE64,
    ENCODED_BASE64_LONG,
    ENCODED_QUOTED,
    ENCODED_QUOTED_LINES,
    ENCODINGS
};

static const char *const line_ends[LINES] = {NULL, "\r\n", "\n", "\r\r\n"};

static const char *const encoding_fields[ENCODINGS] = {
    [ENCODED_8BIT] = "",
    [ENCODED_BASE64] = "Content-Transfer-Encoding: base64\r\n",
    [ENCODED_BASE64_LONG] = "Content-Transfer-Encoding: base64;\r\n",
    [ENCODED_QUOTED] = "Content-Transfer-Encoding: quoted-printable\r\n",
    [ENCODED_QUOTED_LINES] = "Content-Transfer-Encoding: quoted-printable\r\n",
};

static const char *const types[] = {
    "Content-Type: text/calendar; charset=utf-8\r\n",
    "Content-Type: text/calendar; charset=\"us-ascii\"; method=REQUEST\r\n",
    "Content-Type: text/calendar;\r\n\tmethod=\"REPLY\";\r\n",
    "Content-Type: application/ics; name=a.ics\r\n",
    "Content-Type: text/calendar (a)\r\nContent-Disposition: attachment\r\n",
};

static void append_octet(GString *out, const char *ending, Octets text, gsize at)
{
    gboolean in_ending = text.data[at] == '\r' && at + 1 < text.size && text.data[at + 1] == '\n';
    if (ending != NULL && text.data[at] == '\n')
        g_string_append(out, ending);
    else if (ending == NULL || !in_ending)
        g_string_append_c(out, text.data[at]);
}

static GString *make_text(Octets text, guint lines, gboolean marked)
{
    GString *out = g_string_new(marked ? BYTE_ORDER_MARK : NULL);
    for (gsize i = 0; i < text.size; i++)
        append_octet(out, line_ends[lines], text, i);
    return out;
}

static void append_base64(GString *mail, const GString *text, gsize width)
{
    g_autofree char *encoded = g_base64_encode((const guchar *)text->str, text->len);
    Octets rest = octets_of(encoded);
    while (rest.size > 0) {
        Octets line = fuzz_take(&rest, width);
        g_string_append_len(mail, line.data, (gssize)line.size);
        g_string_append(mail, "\r\n");
    }
}

static void append_quoted(GString *mail, const GString *text, gboolean hides_lines)
{
    for (gsize i = 0; i < text->len; i++) {
        char octet = text->str[i];
        gboolean plain = hides_lines ? g_ascii_isalnum(octet) : octet != '=' && (octet & 0x80) == 0;
        if (plain)
            g_string_append_c(mail, octet);
        else
            g_string_append_printf(mail, "=%02X", (guchar)octet);
        if (octet == '\n' && hides_lines)
            g_string_append(mail, "=\r\n");
    }
}

static void append_encoded(GString *mail, const GString *text, guint encoding)
{
    switch (encoding) {
    case ENCODED_BASE64:
        append_base64(mail, text, 76);
        return;
    case ENCODED_BASE64_LONG:
        append_base64(mail, text, 1200);
        return;
    case ENCODED_QUOTED:
    case ENCODED_QUOTED_LINES:
        append_quoted(mail, text, encoding == ENCODED_QUOTED_LINES);
        return;
    default:
        g_string_append_len(mail, text->str, (gssize)text->len);
    }
}

GString *fuzz_choose_mail(Octets *input)
{
    guint lines = fuzz_choose(input, 2 * LINES);
    guint encoding = fuzz_choose(input, ENCODINGS);
    guint kind = fuzz_choose(input, 2 * G_N_ELEMENTS(types));
    gboolean in_multipart = kind >= G_N_ELEMENTS(types);
    g_autoptr(GString) text = make_text(*input, lines % LINES, lines >= LINES);
    GString *mail =
        g_string_new("Date: Tue, 06 Jan 2026 00:00:00 +0000\r\nTo: <b@example.com>\r\n");
    if (in_multipart)
        g_string_append(mail, "Content-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n--=_b\r\n");
    g_string_append(mail, types[kind % G_N_ELEMENTS(types)]);
    g_string_append(mail, encoding_fields[encoding]);
    g_string_append(mail, "\r\n");
    append_encoded(mail, text, encoding);
    if (in_multipart)
        g_string_append(mail, "\r\n--=_b--\r\n");
    return mail;
}
