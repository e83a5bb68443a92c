/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_parts: which parts of a message are calendars or TNEF, and where they stand.
 *
 * A part is written as NUMBER TYPE ENCODING SEAL CHARSET, a + after the type for a Content-Type
 * field with a method parameter, a ! for a TNEF part, and its encoded content in brackets. The
 * limits are tried at their border: with just as many it must do, with one less it must stop.
 */
#include "common/mail/parts.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *mail;
    const char *parts;
} PartsCase;

#define MULTIPART(subtype, inside)                                                                 \
    "Content-Type: multipart/" subtype "; boundary=b\n\n--b\n" inside "--b--\n"
#define PLAIN  "Content-Type: text/plain\n\np\n"
#define INVITE "Content-Type: text/calendar\n\nc\n"

static const PartsCase cases[] = {
    /* ranges */
    {"alone", "Content-Type: text/calendar\r\n\r\nc\r\n",
     "1 text/calendar identity none - [c\r\n]"},
    {"alone-lf", "Content-Type: text/calendar\n\nc\nd", "1 text/calendar identity none - [c\nd]"},
    {"empty-content", "Content-Type: text/calendar\n\n", "1 text/calendar identity none - []"},
    {"boundary-takes-line-end",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\nContent-Type: "
     "text/calendar\r\n\r\nc\r\n\r\n--b--\r\nepilogue",
     "1 text/calendar identity none - [c\r\n]"},
    {"no-end-boundary",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/calendar\n\nc\n",
     "1 text/calendar identity none - [c\n]"},
    {"from-line", "From a@b Mon Jan  1\nContent-Type: text/calendar\n\nc\n",
     "1 text/calendar identity none - [c\n]"},
    {"junk-before-type", MULTIPART("mixed", "junk\n" INVITE),
     "1 text/calendar identity none - [c]"},
    {"fold-before-type", MULTIPART("mixed", "\tX\n" INVITE), "1 text/calendar identity none - [c]"},
    {"in-head-only", MULTIPART("mixed", "Content-Type: text/calendar\n"),
     "1 text/calendar identity none - []"},
    {"boundary-after-lf",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
     "text/calendar\r\n\r\nc\r\n\n--b--\r\n",
     "1 text/calendar identity none - [c\r\n]"},
    {"boundary-after-crlf", MULTIPART("mixed", "Content-Type: text/calendar\n\nc\n\r\n"),
     "1 text/calendar identity none - [c\n]"},

    {"trailing-blanks",
     "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b \n" INVITE "--b --\n",
     "1 text/calendar identity none - [c]"},
    {"odd-boundary",
     "Content-Type: multipart/mixed; boundary*0=\"b: \"; boundary*1=\"(1)\"\n\n--b: (1)\n" INVITE
     "--b: (1)--\n",
     "1 text/calendar identity none - [c]"},
    {"unquoted-boundary", "Content-Type: multipart/mixed; boundary=--=_a:b\n\n----=_a:b\n" INVITE,
     "1 text/calendar identity none - [c\n]"},
    {"no-boundary", "Content-Type: multipart/mixed\n\n--b\n" INVITE "--b--\n", ""},
    {"prefix-of-inner",
     MULTIPART("mixed", "Content-Type: multipart/mixed; boundary=bb\n\n--bb\n" INVITE
                        "--bb--\n--b\n" INVITE),
     "1.1 text/calendar identity none - [c]\n2 text/calendar identity none - [c]"},
    {"outer-ends-inner",
     MULTIPART("mixed", "Content-Type: multipart/mixed; boundary=i\n\n--i\n" INVITE "--b\n" INVITE),
     "1.1 text/calendar identity none - [c]\n2 text/calendar identity none - [c]"},
    {"epilogue", MULTIPART("mixed", INVITE) "--b\n" INVITE, "1 text/calendar identity none - [c]"},
    {"preamble", "Content-Type: multipart/mixed; boundary=b\n\n" INVITE "--b\n" INVITE "--b--\n",
     "1 text/calendar identity none - [c]"},
    {"delimiter-in-fold", MULTIPART("mixed", "Content-Type: text/calendar;\n --b\n\nc\n"),
     "1 text/calendar identity none - [c]"},
    {"last-type-counts", "Content-Type: text/plain\n" INVITE,
     "1 text/calendar identity none - [c\n]"},
    {"nonsense-first", "junk\n" INVITE, ""},
    {"nonsense-ends-head", "A: 1\njunk\n" INVITE, ""},
    {"nonsense-is-content", "Content-Type: text/calendar\nc\n\nd\n",
     "1 text/calendar identity none - [c\n\nd\n]"},

    /* numbers */
    {"empty-part-has-none", MULTIPART("mixed", "--b\n--b\n" INVITE),
     "1 text/calendar identity none - [c]"},
    {"header-only-has-one", MULTIPART("mixed", "A: 1\n--b\n" INVITE),
     "2 text/calendar identity none - [c]"},
    {"blank-line-has-one", MULTIPART("mixed", "\n--b\n" INVITE),
     "2 text/calendar identity none - [c]"},
    {"second", MULTIPART("mixed", PLAIN "--b\n" INVITE), "2 text/calendar identity none - [c]"},
    {"two", MULTIPART("mixed", INVITE "--b\nContent-Type: application/ics\n\ni\n"),
     "1 text/calendar identity none - [c]\n2 application/ics identity none - [i]"},
    {"nested",
     MULTIPART("mixed", PLAIN "--b\nContent-Type: multipart/alternative; boundary=i\n\n--i\n" PLAIN
                              "--i\n" INVITE "--i--\n"),
     "2.2 text/calendar identity none - [c]"},

    /* types */
    {"case", "content-type: TEXT/Calendar; CHARSET=UTF-8\n\nc",
     "1 text/calendar identity none UTF-8 [c]"},
    {"method", "Content-Type: text/calendar; method=REPLY\n\nc",
     "1 text/calendar+ identity none - [c]"},
    {"rfc2231",
     "Content-Type: text/calendar; charset*=us-ascii''utf%2D8;\n method*0=RE; method*1=PLY\n\nc",
     "1 text/calendar+ identity none utf-8 [c]"},
    {"quoted-charset", "Content-Type: text/calendar;\n\tcharset=\"iso-8859-1\"\n\nc",
     "1 text/calendar identity none iso-8859-1 [c]"},
    {"tnef", "Content-Type: application/ms-tnef\n\nt",
     "1 application/ms-tnef! identity none - [t]"},
    {"winmail", "Content-Type: application/octet-stream; name=WinMail.dat\n\nt",
     "1 application/octet-stream! identity none - [t]"},
    {"winmail-disposition", "Content-Disposition: attachment; filename=winmail.dat\n\nt",
     "1 text/plain! identity none - [t]"},
    {"winmail-encoded", "Content-Type: a/b; name*=utf-8''winmail%2Edat\n\nt",
     "1 a/b! identity none - [t]"},
    {"calendar-named-winmail", "Content-Type: text/calendar; name=winmail.dat\n\nc",
     "1 text/calendar identity none - [c]"},
    {"others",
     MULTIPART("mixed", PLAIN "--b\nContent-Type: text/calendars\n\nx\n--b\n"
                              "Content-Type: application/calendar\n\nx\n--b\n"
                              "Content-Type: text/ics; name=a.ics\n\nx\n"),
     ""},
    {"no-type", "A: 1\n\nBEGIN:VCALENDAR\n", ""},

    /* transfer encodings */
    {"7bit", "Content-Type: text/calendar\nContent-Transfer-Encoding: 7bit\n\nc",
     "1 text/calendar identity none - [c]"},
    {"8bit", "Content-Type: text/calendar\nContent-Transfer-Encoding: 8BIT\n\nc",
     "1 text/calendar identity none - [c]"},
    {"binary", "Content-Type: text/calendar\nContent-Transfer-Encoding: binary\n\nc",
     "1 text/calendar identity none - [c]"},
    {"quoted-printable",
     "Content-Type: text/calendar\nContent-Transfer-Encoding: Quoted-Printable \n\nc=3D",
     "1 text/calendar quoted none - [c=3D]"},
    {"base64", "Content-Transfer-Encoding: base64\nContent-Type: text/calendar\n\nYw==\n",
     "1 text/calendar base64 none - [Yw==\n]"},
    {"uuencode", "Content-Type: text/calendar\nContent-Transfer-Encoding: x-uuencode\n\nc",
     "1 text/calendar unknown none - [c]"},
    {"misspelt-encoding", "Content-Type: text/calendar\nContent-Transfer-Encoding: 8-bit\n\nc",
     "1 text/calendar unknown none - [c]"},
    {"unknown-encoding", "Content-Type: text/calendar\nContent-Transfer-Encoding: x-other\n\nc",
     "1 text/calendar unknown none - [c]"},

    {"encoding-comment",
     "Content-Type: text/calendar\nContent-Transfer-Encoding: (a) base64 (b)\n\nYw==",
     "1 text/calendar base64 none - [Yw==]"},
    {"encoding-empty", "Content-Type: text/calendar\nContent-Transfer-Encoding: (a)\n\nc",
     "1 text/calendar identity none - [c]"},
    {"encoding-semicolon",
     "Content-Type: text/calendar\nContent-Transfer-Encoding: base64;\n\nYw==",
     "1 text/calendar unknown none - [Yw==]"},
    {"encoding-word", "Content-Type: text/calendar\nContent-Transfer-Encoding: base64 x\n\nYw==",
     "1 text/calendar unknown none - [Yw==]"},
    {"encodings-alike", "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: 8bit\n" INVITE,
     "1 text/calendar identity none - [c\n]"},
    {"encodings-differ",
     "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 8bit\n" INVITE,
     "1 text/calendar unknown none - [c\n]"},

    /* seals */
    {"signed-by-one-of-two",
     "Content-Type: multipart/signed; boundary=x\nContent-Type: multipart/mixed; "
     "boundary=b\n\n--b\n" INVITE,
     "1 text/calendar identity signed - [c\n]"},
    {"pkcs7-by-one-of-two", "Content-Type: application/pkcs7-mime\n" INVITE,
     "1 text/calendar identity signed - [c\n]"},
    {"pgp-by-one-of-two", MULTIPART("mixed", "Content-Type: application/PGP-Keys\n" INVITE),
     "1 text/calendar identity signed - [c]"},
    {"report-and-signed-of-two",
     "Content-Type: multipart/report; boundary=x\nContent-Type: multipart/encrypted; "
     "boundary=b\n\n--b\n" INVITE,
     "1 text/calendar identity signed - [c\n]"},
    {"forwarded-base64",
     MULTIPART("mixed",
               "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" INVITE),
     ""},
    {"forwarded-news", MULTIPART("mixed", "Content-Type: message/news\n\n" INVITE),
     "1.1 text/calendar identity quoted - [c]"},
    {"forwarded-global", MULTIPART("mixed", "Content-Type: message/global\n\n" INVITE),
     "1.1 text/calendar identity quoted - [c]"},
    {"forwarded-groups", MULTIPART("mixed", "Content-Type: message/news\n\nTo: a:a:a:\n" INVITE),
     "1.1 text/calendar identity quoted - [c]"},
    {"forwarded-twice",
     MULTIPART("mixed", "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n" INVITE),
     "1.1.1 text/calendar identity quoted - [c]"},
    {"forwarded-nothing", MULTIPART("mixed", "Content-Type: message/rfc822\n\n--b\n" INVITE),
     "2 text/calendar identity none - [c]"},
    {"digest-of-calendars", MULTIPART("digest", INVITE), "1 text/calendar identity none - [c]"},
    {"signed", MULTIPART("signed", INVITE "--b\n" PLAIN), "1 text/calendar identity signed - [c]"},
    {"encrypted", MULTIPART("encrypted", INVITE), "1 text/calendar identity signed - [c]"},
    {"signed-deep",
     MULTIPART("mixed", "Content-Type: multipart/signed; boundary=i\n\n--i\n"
                        "Content-Type: multipart/mixed; boundary=j\n\n--j\n" INVITE
                        "--j--\n--i\n" PLAIN "--i--\n--b\n" INVITE),
     "1.1.1 text/calendar identity signed - [c]\n2 text/calendar identity none - [c]"},
    {"forwarded", MULTIPART("mixed", "Content-Type: message/rfc822\n\n" INVITE),
     "1.1 text/calendar identity quoted - [c]"},
    {"forwarded-alone", "Content-Type: message/rfc822\n\n" INVITE,
     "1.1 text/calendar identity quoted - [c\n]"},
    {"forwarded-multipart",
     MULTIPART("mixed", PLAIN "--b\nContent-Type: message/rfc822\n\n"
                              "Content-Type: multipart/mixed; boundary=i\n\n--i\n" PLAIN
                              "--i\n" INVITE "--i--\n"),
     "2.2 text/calendar identity quoted - [c]"},
    {"digest", MULTIPART("digest", "\n" INVITE), "1.1 text/calendar identity quoted - [c]"},
    {"report", MULTIPART("report", PLAIN "--b\n" INVITE), "2 text/calendar identity quoted - [c]"},
    {"signed-in-forwarded",
     MULTIPART("mixed", "Content-Type: message/rfc822\n\n"
                        "Content-Type: multipart/signed; boundary=i\n\n--i\n" INVITE "--i--\n"),
     "1.1 text/calendar identity quoted - [c]"},
    {"forwarded-in-signed",
     MULTIPART("signed", "Content-Type: message/rfc822\n\n" INVITE "--b\n" PLAIN),
     "1.1 text/calendar identity signed - [c]"},
};

static const char *const encoding_words[] = {
    [TRANSFER_IDENTITY] = "identity",
    [TRANSFER_QUOTED_PRINTABLE] = "quoted",
    [TRANSFER_BASE64] = "base64",
    [TRANSFER_UNKNOWN] = "unknown",
};

static const char *const seal_words[] = {
    [SEAL_NONE] = "none",
    [SEAL_SIGNED] = "signed",
    [SEAL_QUOTED] = "quoted",
};

static gboolean has_method(const Message *message, const Part *part)
{
    g_auto(MimeField) field = {0};
    mime_field_read(
        &field,
        octets_slice(message->octets, part->content_type.value, part->content_type.value_end),
        MIME_FIELD_TYPE);
    return mime_field_count(&field, "method") > 0;
}

static char *part_text(const Message *message, const Part *part)
{
    g_autofree char *content = octets_dup(part_content(message, part));
    return g_strdup_printf("%s %s%s%s %s %s %s [%s]", part->number, part->type,
                           has_method(message, part) ? "+" : "", part->kind == PART_TNEF ? "!" : "",
                           encoding_words[part->encoding], seal_words[part->seal],
                           part->charset == NULL ? "-" : part->charset, content);
}

static char *parts_text(const Message *message, const GArray *parts)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < parts->len; i++)
        g_ptr_array_add(lines, part_text(message, &g_array_index(parts, Part, i)));
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **)lines->pdata);
}

/* Where a part says it has a Content-Type field of its own, one begins. */
static void assert_fields(const Message *message, const GArray *parts)
{
    for (guint i = 0; i < parts->len; i++) {
        const Part *part = &g_array_index(parts, Part, i);
        if (part->content_type.count == 0)
            continue;
        gsize end = part->content_type.start + strlen("Content-Type");
        Octets name = octets_slice(message->octets, part->content_type.start, end);
        g_assert_true(octets_equal_nocase(name, "Content-Type"));
    }
}

static void test_parts(gconstpointer data)
{
    static const PartsLimits limits = {.count = 100, .depth = 10};
    const PartsCase *row = data;
    g_auto(Message) message;
    message_init(&message, octets_of(row->mail));
    g_autoptr(GArray) parts = parts_new();
    g_assert_cmpint(parts_find(&message, &limits, parts), ==, PARTS_OK);
    g_autofree char *text = parts_text(&message, parts);
    g_assert_cmpstr(text, ==, row->parts);
    assert_fields(&message, parts);
}

/* ---- limits ---- */

typedef struct {
    const char *name;
    const char *mail;
    guint parts; /* how many it has */
    guint depth; /* how deep they stand */
} LimitCase;

static const LimitCase limit_cases[] = {
    {"alone", INVITE, 1, 0},
    {"flat", MULTIPART("mixed", PLAIN "--b\n" PLAIN "--b\n" INVITE), 4, 1},
    {"nested",
     MULTIPART("mixed", "Content-Type: multipart/mixed; boundary=i\n\n--i\n" INVITE "--i--\n"), 3,
     2},
    {"forwarded", MULTIPART("mixed", "Content-Type: message/rfc822\n\n" INVITE), 3, 2},
};

static PartsStatus find_within(const char *mail, guint max_parts, guint max_depth, guint *found)
{
    PartsLimits limits = {.count = max_parts, .depth = max_depth};
    g_auto(Message) message;
    message_init(&message, octets_of(mail));
    g_autoptr(GArray) parts = parts_new();
    PartsStatus status = parts_find(&message, &limits, parts);
    *found = parts->len;
    return status;
}

static void test_limits(gconstpointer data)
{
    const LimitCase *row = data;
    guint found;
    g_assert_cmpint(find_within(row->mail, row->parts, row->depth, &found), ==, PARTS_OK);
    g_assert_cmpuint(found, ==, 1);
    g_assert_cmpint(find_within(row->mail, row->parts - 1, row->depth, &found), ==, PARTS_TOO_MANY);
    g_assert_cmpuint(found, ==, 0);
    if (row->depth == 0)
        return;
    g_assert_cmpint(find_within(row->mail, row->parts, row->depth - 1, &found), ==, PARTS_TOO_MANY);
    g_assert_cmpuint(found, ==, 0);
}

/* What was found before the limit is there. */
static void test_limit_keeps_first(void)
{
    guint found;
    const char *mail = MULTIPART("mixed", INVITE "--b\n" INVITE "--b\n" INVITE);
    g_assert_cmpint(find_within(mail, 3, 10, &found), ==, PARTS_TOO_MANY);
    g_assert_cmpuint(found, ==, 2);
}

/* ---- fields that are too long ---- */

/* A mail in which `between` stands behind so many parameters. */
static PartsStatus find_behind_parameters(const char *before, guint parameters, const char *behind,
                                          guint *found)
{
    g_autoptr(GString) mail = g_string_new(before);
    for (guint i = 0; i < parameters; i++)
        g_string_append(mail, ";a=b");
    g_string_append(mail, behind);
    return find_within(mail->str, 10, 10, found);
}

/* Where the field of a part that matters, or of a container, has more parameters than are read,
 * nobody knows what it says. */
static void test_too_long(void)
{
    static const struct {
        const char *before, *behind;
        PartsStatus status; /* with one parameter too many */
        guint found;
    } rows[] = {
        {"Content-Type: text/calendar", "\n\nc", PARTS_TOO_LONG, 0},
        {"Content-Type: multipart/mixed; boundary=b", "\n\n--b\n" INVITE, PARTS_TOO_LONG, 0},
        {"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain",
         "\n\n--b\n" INVITE, PARTS_OK, 1},
        {"Content-Type: text/calendar\nContent-Disposition: inline", "\n\nc", PARTS_OK, 1},
    };
    guint found;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint last = i == 1 ? MIME_FIELD_MAX_PARAMETERS - 1 : MIME_FIELD_MAX_PARAMETERS;
        g_assert_cmpint(find_behind_parameters(rows[i].before, last, rows[i].behind, &found), ==,
                        PARTS_OK);
        g_assert_cmpuint(found, ==, 1);
        g_assert_cmpint(find_behind_parameters(rows[i].before, last + 1, rows[i].behind, &found),
                        ==, rows[i].status);
        g_assert_cmpuint(found, ==, rows[i].found);
    }
}

/* A name that is longer than 1,024 octets is not winmail.dat, whatever it is when it is decoded. */
static void test_long_name(void)
{
    guint found;
    for (guint size = 1024; size <= 1025; size++) {
        g_autofree char *blanks = g_strnfill(size - strlen("=?a?Q?win?==?a?Q?mail.dat?="), ' ');
        g_autofree char *mail = g_strdup_printf(
            "Content-Type: a/b; name=\"=?a?Q?win?=%s=?a?Q?mail.dat?=\"\n\nt", blanks);
        g_assert_cmpint(find_within(mail, 10, 10, &found), ==, PARTS_OK);
        g_assert_cmpuint(found, ==, size == 1024 ? 1 : 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    parts_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/parts/find/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_parts);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(limit_cases); i++) {
        g_autofree char *path = g_strconcat("/parts/limits/", limit_cases[i].name, NULL);
        g_test_add_data_func(path, &limit_cases[i], test_limits);
    }
    g_test_add_func("/parts/limit-keeps-first", test_limit_keeps_first);
    g_test_add_func("/parts/too-long", test_too_long);
    g_test_add_func("/parts/long-name", test_long_name);
    return g_test_run();
}
