/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_message: the head of a mail as fields with positions, and the views of octets below it.
 *
 * A mail is written as its fields, NAME>RAW VALUE, one after the other with | between them, and
 * its body. Every case is one row of a table and one test.
 */
#include "common/mail/message.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *mail;
    const char *fields;
    const char *body;
} MailCase;

/* The names are those of the tests. Escapes such as \x80 end their string where a digit follows. */
static const MailCase mails[] = {
    {"crlf", "A: 1\r\nBc: 2\r\n\r\nbody\r\n", "A> 1|Bc> 2", "body\r\n"},
    {"lf", "A: 1\nB:2\n\nbody", "A> 1|B>2", "body"},
    {"mixed", "A: 1\nB: 2\r\nC: 3\n\r\nbody", "A> 1|B> 2|C> 3", "body"},
    {"folds", "A: 1\r\n 2\r\n\t3\r\nB:\r\n\r\n", "A> 1\r\n 2\r\n\t3|B>", ""},
    {"fold-of-blanks", "A: 1\n \t\nB: 2\n\nx", "A> 1\n \t|B> 2", "x"},
    {"no-body", "A: 1\r\nB: 2\r\n", "A> 1|B> 2", ""},
    {"no-line-end", "A: 1", "A> 1", ""},
    {"no-head", "\r\nA: 1\r\n", "", "A: 1\r\n"},
    {"only-blank-line", "\n", "", ""},
    {"empty", "", "", ""},
    {"second-blank-line", "A: 1\n\n\nx", "A> 1", "\nx"},
    {"from-line", "From a@b Mon Jan  1\nA: 1\n\nx", "A> 1", "x"},
    {"from-line-crlf", "From a@b: c\r\nA: 1\r\n\r\nx", "A> 1", "x"},
    {"from-field", "From: a@b\n\nx", "From> a@b", "x"},
    {"no-field-ends-head", "A: 1\nnonsense\nB: 2\n\nx", "A> 1", "nonsense\nB: 2\n\nx"},
    {"fold-at-start", " A: 1\nB: 2\n\nx", "", " A: 1\nB: 2\n\nx"},
    {"blank-in-name", "A b: 1\n\nx", "", "A b: 1\n\nx"},
    {"blank-before-colon", "A \t: 1\r\n\r\nx", "A> 1", "x"},
    {"no-name", ": 1\n\nx", "", ": 1\n\nx"},
    {"8bit-name", "A: 1\nB\xc3\xa9: 2\n\nx", "A> 1", "B\xc3\xa9: 2\n\nx"},
    {"control-in-name", "A: 1\nB\x7f: 2\n", "A> 1", "B\x7f: 2\n"},
    {"odd-name", "~!#$%&'*+-/=?^_`{|}\"(): 1\n\n", "~!#$%&'*+-/=?^_`{|}\"()> 1", ""},
    {"colons-in-value", "A: b:c: d\n\nx", "A> b:c: d", "x"},
    {"bare-cr", "A: 1\rB: 2\n\nx", "A> 1\rB: 2", "x"},
    {"cr-cr-lf", "A: 1\r\r\n\r\nx", "A> 1\r", "x"},
    {"colon-on-next-line", "A\n : 1\n\nx", "", "A\n : 1\n\nx"},
};

static void append_octets(GString *out, Octets octets)
{
    if (octets.size > 0)
        g_string_append_len(out, octets.data, (gssize)octets.size);
}

static char *fields_text(const Message *message)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        g_string_append(text, i > 0 ? "|" : "");
        append_octets(text, message_field_name(message, field));
        g_string_append_c(text, '>');
        append_octets(text, message_field_value(message, field));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Each field begins where the one before it ends, and the last one before the body. */
static void assert_contiguous(const Message *message)
{
    gsize at = message->head;
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        g_assert_cmpuint(field->start, ==, at);
        g_assert_cmpuint(field->name_end, <, field->value);
        g_assert_cmpuint(field->value_end, <=, field->next);
        at = field->next;
    }
    g_assert_cmpuint(at, <=, message->body);
    g_assert_cmpuint(message->body - at, <=, strlen("\r\n"));
}

static void test_mail(gconstpointer data)
{
    const MailCase *row = data;
    g_auto(Message) message;
    message_init(&message, octets_of(row->mail));
    g_autofree char *fields = fields_text(&message);
    g_autofree char *body =
        octets_dup(octets_slice(message.octets, message.body, message.octets.size));
    g_assert_cmpstr(fields, ==, row->fields);
    g_assert_cmpstr(body, ==, row->body);
    assert_contiguous(&message);
}

static void test_nul(void)
{
    static const char mail[] = "A: 1\0 2\r\n\r\nx\0y";
    g_auto(Message) message;
    message_init(&message, (Octets){mail, sizeof mail - 1});
    g_assert_cmpuint(message.fields->len, ==, 1);
    const HeaderField *field = message_find_field(&message, "A");
    Octets value = message_field_value(&message, field);
    g_assert_cmpuint(value.size, ==, 5);
    g_assert_cmpint(memcmp(value.data, " 1\0 2", 5), ==, 0);
    g_assert_cmpuint(message.octets.size - message.body, ==, 3);
}

static void test_find_field(void)
{
    g_auto(Message) message;
    message_init(&message, octets_of("Date: 1\nX: 2\nDATE: 3\nDat: 4\n\nY: 5\n"));
    const HeaderField *first = message_find_field(&message, "dATE");
    g_assert_true(first == &g_array_index(message.fields, HeaderField, 0));
    g_assert_true(message_find_field(&message, "dat") ==
                  &g_array_index(message.fields, HeaderField, 3));
    g_assert_null(message_find_field(&message, "Y"));
    g_assert_null(message_find_field(&message, ""));
}

static void test_field_index(void)
{
    static const guint wanted[] = {1, 1, 2, 2, 3};
    g_auto(Message) message;
    message_init(&message, octets_of("Date: 1\nX: 2\nDATE: 3\nx: 4\ndate: 5\n\n"));
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
        const HeaderField *field = &g_array_index(message.fields, HeaderField, i);
        g_assert_cmpuint(message_field_index(&message, field), ==, wanted[i]);
    }
}

typedef struct {
    const char *name;
    const char *mail;
    const char *text;
} TextCase;

static const TextCase texts[] = {
    {"plain", "A: one two\r\n\r\n", "one two"}, {"no-blank", "A:1\n\n", "1"},
    {"blanks", "A: \t 1 2 \t\r\n\r\n", "1 2"},  {"folds", "A: 1\r\n  2\r\n\t3\r\n\r\n", "1  2\t3"},
    {"fold-first", "A:\n 1\n\n", "1"},          {"empty", "A:\n\n", ""},
    {"bare-cr", "A: 1\r2\n\n", "12"},
};

static void test_text(gconstpointer data)
{
    const TextCase *row = data;
    g_auto(Message) message;
    message_init(&message, octets_of(row->mail));
    g_autofree char *text = message_field_text(&message, message_find_field(&message, "A"));
    g_assert_cmpstr(text, ==, row->text);
}

/* ---- octets ---- */

static void test_octets_of(void)
{
    g_assert_cmpuint(octets_of(NULL).size, ==, 0);
    g_assert_cmpuint(octets_of("").size, ==, 0);
    g_assert_cmpuint(octets_of("ab").size, ==, 2);
}

static void test_slice(void)
{
    Octets octets = octets_of("abcdef");
    g_assert_true(octets_equal(octets_slice(octets, 0, 6), "abcdef"));
    g_assert_true(octets_equal(octets_slice(octets, 2, 4), "cd"));
    g_assert_cmpuint(octets_slice(octets, 6, 6).size, ==, 0);
    g_assert_cmpuint(octets_slice((Octets){NULL, 0}, 0, 0).size, ==, 0);
}

static void test_trim(void)
{
    static const char *const rows[][2] = {
        {"a", "a"}, {" \ta b\t ", "a b"},   {" \t ", ""},
        {"", ""},   {"\r\na\n", "\r\na\n"}, {" a", "a"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_true(octets_equal(octets_trim(octets_of(rows[i][0])), rows[i][1]));
}

static void test_equal(void)
{
    g_assert_true(octets_equal_nocase(octets_of("aBc-1"), "AbC-1"));
    g_assert_false(octets_equal_nocase(octets_of("abc"), "ab"));
    g_assert_false(octets_equal_nocase(octets_of("ab"), "abc"));
    g_assert_false(octets_equal_nocase(octets_of("\xc3\xa9"), "\xc3\x89"));
    g_assert_true(octets_equal_nocase((Octets){NULL, 0}, ""));
    g_assert_false(octets_equal(octets_of("aBc"), "abc"));
    g_assert_false(octets_equal((Octets){"ab\0", 3}, "ab"));
    g_assert_true(octets_equal((Octets){NULL, 0}, ""));
}

static void test_lines(void)
{
    static const struct {
        const char *text;
        gsize from, next, ending;
    } rows[] = {
        {"a\nb\n", 0, 2, 1}, {"a\nb\n", 1, 2, 1}, {"a\nb\n", 2, 4, 3},     {"a\r\nb", 0, 3, 1},
        {"a\r\nb", 3, 4, 4}, {"a\rb\n", 0, 4, 3}, {"a\r\r\nb", 0, 4, 2},   {"\n", 0, 1, 0},
        {"\r\n", 0, 2, 0},   {"\r", 0, 1, 1},     {"a", 1, 1, 1},          {"", 0, 0, 0},
        {"a\n", 9, 2, 1},    {"\n\n", 1, 2, 1},   {"\n\r\n\r\n", 1, 3, 1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        Octets octets = octets_of(rows[i].text);
        g_assert_cmpuint(octets_next_line(octets, rows[i].from), ==, rows[i].next);
        g_assert_cmpuint(octets_line_ending(octets, rows[i].next), ==, rows[i].ending);
    }
}

static void test_blank(void)
{
    for (int octet = 0; octet < 256; octet++)
        g_assert_cmpint(octet_is_blank((char)octet), ==, octet == ' ' || octet == '\t');
}

static void test_dup(void)
{
    g_autofree char *copy = octets_dup((Octets){"a\0b", 3});
    g_autofree char *empty = octets_dup((Octets){NULL, 0});
    g_assert_cmpint(memcmp(copy, "a\0b", 4), ==, 0);
    g_assert_cmpstr(empty, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
        g_autofree char *path = g_strconcat("/message/read/", mails[i].name, NULL);
        g_test_add_data_func(path, &mails[i], test_mail);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *path = g_strconcat("/message/text/", texts[i].name, NULL);
        g_test_add_data_func(path, &texts[i], test_text);
    }
    g_test_add_func("/message/nul", test_nul);
    g_test_add_func("/message/find-field", test_find_field);
    g_test_add_func("/message/field-index", test_field_index);
    g_test_add_func("/octets/of", test_octets_of);
    g_test_add_func("/octets/slice", test_slice);
    g_test_add_func("/octets/trim", test_trim);
    g_test_add_func("/octets/equal", test_equal);
    g_test_add_func("/octets/lines", test_lines);
    g_test_add_func("/octets/blank", test_blank);
    g_test_add_func("/octets/dup", test_dup);
    return g_test_run();
}
