/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_part_facts: what is told of a part beside its content, and calendars that are no parts.
 *
 * The facts are written as words, and octets of the message in brackets: `type2[ a/b]` is the value
 * of the last of two Content-Type fields.
 */
#include "common/mail/parts.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *mail;
    const char *facts;
} FactsCase;

#define MULTIPART(subtype, inside)                                                                 \
    "Content-Type: multipart/" subtype "; boundary=b\n\n--b\n" inside "--b--\n"
#define PLAIN  "Content-Type: text/plain\n\np\n"
#define INVITE "Content-Type: text/calendar\n\nc\n"

static const char *const encoding_words[] = {
    [TRANSFER_IDENTITY] = "identity",
    [TRANSFER_QUOTED_PRINTABLE] = "quoted",
    [TRANSFER_BASE64] = "base64",
    [TRANSFER_UNKNOWN] = "unknown",
};

/* The part of a mail that has just one. */
static const Part *find_only_part(const char *mail, GArray *parts)
{
    static const PartsLimits limits = {.count = 100, .depth = 10};
    g_auto(Message) message;
    message_init(&message, octets_of(mail));
    g_assert_cmpint(parts_find(&message, &limits, parts), ==, PARTS_OK);
    g_assert_cmpuint(parts->len, ==, 1);
    return &g_array_index(parts, Part, 0);
}

/* ---- what else is told ---- */

static const FactsCase facts[] = {
    {"alone", INVITE, "type1[ text/calendar]"},
    {"closed", MULTIPART("mixed", INVITE), "in closed type1[ text/calendar]"},
    {"closed-by-next", MULTIPART("mixed", INVITE "--b\n" PLAIN), "in closed type1[ text/calendar]"},
    {"closed-in-header", MULTIPART("mixed", "Content-Type: text/calendar\n"),
     "in closed type1[ text/calendar]"},
    {"not-closed", "Content-Type: multipart/mixed; boundary=b\n\n--b\n" INVITE,
     "in type1[ text/calendar]"},
    {"closed-by-outer",
     MULTIPART("mixed", "Content-Type: multipart/mixed; boundary=i\n\n--i\n" INVITE),
     "in type1[ text/calendar]"},
    {"fold", "Content-Type:\r\n text/calendar;\r\n charset=x\r\n\r\nc",
     "type1[\r\n text/calendar;\r\n charset=x]"},
    {"two-types", "Content-Type: text/plain\n" INVITE, "type2[ text/calendar]"},
    {"no-type", "Content-Disposition: inline; filename=winmail.dat\n\nt", ""},
    {"attachment", "Content-Disposition: ATTACHMENT; x=y\n" INVITE,
     "attached type1[ text/calendar]"},
    {"attachment-of-two", "Content-Disposition: attachment\nContent-Disposition: inline\n" INVITE,
     "attached type1[ text/calendar]"},
    {"inline", "Content-Disposition: inline; filename=attachment\n" INVITE,
     "type1[ text/calendar]"},
    {"encoding", "Content-Transfer-Encoding: base64\n" INVITE,
     "type1[ text/calendar] encoding1[ base64]"},
    {"noise", "Content-Transfer-Encoding: Base64;\r\n" INVITE,
     "type1[ text/calendar] encoding1[ Base64;] noisy-base64[;]"},
    {"noise-blank", "Content-Transfer-Encoding: 7bit \t\n" INVITE,
     "type1[ text/calendar] encoding1[ 7bit \t] noisy-identity[ \t]"},
    {"noise-fold", "Content-Transfer-Encoding: quoted-printable ;\r\n \r\n" INVITE,
     "type1[ text/calendar] encoding1[ quoted-printable ;\r\n ] noisy-quoted[ ;\r\n ]"},
    {"noise-twice", "Content-Transfer-Encoding: base64;;\n" INVITE,
     "type1[ text/calendar] encoding1[ base64;;]"},
    {"noise-comment", "Content-Transfer-Encoding: (a) base64;\n" INVITE,
     "type1[ text/calendar] encoding1[ (a) base64;]"},
    {"noise-comment-behind", "Content-Transfer-Encoding: base64; (a)\n" INVITE,
     "type1[ text/calendar] encoding1[ base64; (a)]"},
    {"noise-word", "Content-Transfer-Encoding: base64; x\n" INVITE,
     "type1[ text/calendar] encoding1[ base64; x]"},
    {"noise-unknown", "Content-Transfer-Encoding: x-other;\n" INVITE,
     "type1[ text/calendar] encoding1[ x-other;]"},
    {"noise-of-two",
     "Content-Transfer-Encoding: base64;\nContent-Transfer-Encoding: base64;\n" INVITE,
     "type1[ text/calendar] encoding2[ base64;]"},
};

static void append_octets(GString *out, const char *word, const Message *message, gsize start,
                          gsize end)
{
    g_autofree char *octets = octets_dup(octets_slice(message->octets, start, end));
    g_string_append_printf(out, " %s[%s]", word, octets);
}

static void append_place(GString *out, const char *name, const char *field, const Message *message,
                         const FieldPlace *place)
{
    if (place->count == 0)
        return;
    Octets stands = octets_slice(message->octets, place->start, place->start + strlen(field));
    g_assert_true(octets_equal_nocase(stands, field));
    g_autofree char *word = g_strdup_printf("%s%u", name, place->count);
    append_octets(out, word, message, place->value, place->value_end);
}

static char *facts_text(const Message *message, const Part *part)
{
    g_autoptr(GString) text = g_string_new(part->in_multipart ? " in" : "");
    g_string_append(text, part->closed ? " closed" : "");
    g_string_append(text, part->is_attachment ? " attached" : "");
    append_place(text, "type", "Content-Type", message, &part->content_type);
    append_place(text, "encoding", "Content-Transfer-Encoding", message, &part->transfer_encoding);
    if (part->noisy_encoding != TRANSFER_UNKNOWN) {
        g_autofree char *word = g_strconcat("noisy-", encoding_words[part->noisy_encoding], NULL);
        append_octets(text, word, message, part->noise, part->noise_end);
    }
    return g_strdup(text->str + strspn(text->str, " "));
}

static void test_facts(gconstpointer data)
{
    const FactsCase *row = data;
    g_autoptr(GArray) parts = parts_new();
    const Part *part = find_only_part(row->mail, parts);
    g_auto(Message) message;
    message_init(&message, octets_of(row->mail));
    g_autofree char *text = facts_text(&message, part);
    g_assert_cmpstr(text, ==, row->facts);
}

/* ---- calendars behind the end of a multipart ---- */

#define STRAY "Content-Type: text/calendar\n\nbegin:vcalendar\nBEGIN:VCALENDAR\n"

/* The number of each multipart, and a colon. */
static const FactsCase strays[] = {
    {"none", MULTIPART("mixed", INVITE) "--b\n" INVITE, ""},
    {"top", MULTIPART("mixed", INVITE) STRAY, ":"},
    {"no-line-end", MULTIPART("mixed", INVITE) "Begin:VCalendar", ":"},
    {"behind-delimiter", MULTIPART("mixed", INVITE) "--b\n" STRAY, ":"},
    {"not-at-line-start", MULTIPART("mixed", INVITE) " BEGIN:VCALENDAR\nXBEGIN:VCALENDAR\n", ""},
    {"cut", MULTIPART("mixed", INVITE) "BEGIN:VCALENDA", ""},
    {"preamble", "Content-Type: multipart/mixed; boundary=b\n\n" STRAY "--b\n" INVITE "--b--\n",
     ""},
    {"not-closed", "Content-Type: multipart/mixed; boundary=b\n\n--b\n" PLAIN STRAY, ""},
    {"inner",
     MULTIPART("mixed", PLAIN "--b\nContent-Type: multipart/mixed; boundary=i\n\n--i\n" INVITE
                              "--i--\n" STRAY "--b\n" PLAIN STRAY),
     "2:"},
    {"both", MULTIPART("mixed", "Content-Type: multipart/mixed; boundary=i\n\n--i--\n" STRAY) STRAY,
     "1::"},
};

static void test_strays(gconstpointer data)
{
    static const PartsLimits limits = {.count = 100, .depth = 10};
    const FactsCase *row = data;
    g_auto(Message) message;
    message_init(&message, octets_of(row->mail));
    g_autoptr(GArray) parts = parts_new();
    g_autoptr(GArray) found = parts_new_strays();
    g_assert_cmpint(parts_find_all(&message, &limits, parts, found), ==, PARTS_OK);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < found->len; i++) {
        const StrayCalendar *stray = &g_array_index(found, StrayCalendar, i);
        g_string_append_printf(text, "%s:", stray->number);
        g_assert_true(g_ascii_strncasecmp(row->mail + stray->line, "BEGIN:VCALENDAR", 15) == 0);
        g_assert_true(row->mail[stray->line - 1] == '\n');
    }
    g_assert_cmpstr(text->str, ==, row->facts);
}

/* ---- the Content-Type field ---- */

/* The field of the part, not one of the same text in the body before it. */
static void test_content_type_field(void)
{
    static const char mail[] =
        MULTIPART("mixed", "X: 1\n\nContent-Type: text/calendar\n--b\nX: 2\n" INVITE);
    g_autoptr(GArray) parts = parts_new();
    const Part *part = find_only_part(mail, parts);
    g_assert_true(part->content_type.count > 0);
    g_assert_true(mail + part->content_type.start == strstr(mail, "X: 2\n") + 5);
}

/* The one that the part's type was read from. */
static void test_last_content_type_field(void)
{
    static const char mail[] = "Content-Type: text/plain\nX: 1\n" INVITE;
    g_autoptr(GArray) parts = parts_new();
    const Part *part = find_only_part(mail, parts);
    g_assert_cmpstr(part->type, ==, "text/calendar");
    g_assert_true(mail + part->content_type.start == strstr(mail, "X: 1\n") + 5);
}

static void test_no_content_type_field(void)
{
    static const char mail[] = "Content-Disposition: x; filename=winmail.dat\n\nt";
    g_autoptr(GArray) parts = parts_new();
    g_assert_false(find_only_part(mail, parts)->content_type.count > 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    parts_init();
    for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
        g_autofree char *path = g_strconcat("/part-facts/facts/", facts[i].name, NULL);
        g_test_add_data_func(path, &facts[i], test_facts);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(strays); i++) {
        g_autofree char *path = g_strconcat("/part-facts/strays/", strays[i].name, NULL);
        g_test_add_data_func(path, &strays[i], test_strays);
    }
    g_test_add_func("/part-facts/content-type-field", test_content_type_field);
    g_test_add_func("/part-facts/last-content-type-field", test_last_content_type_field);
    g_test_add_func("/part-facts/no-content-type-field", test_no_content_type_field);
    return g_test_run();
}
