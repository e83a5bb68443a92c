/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_mime_field: what stands in the value of a MIME field, and where.
 *
 * A reading is written as its type or token, a + where it is well formed, a ~ where it is complete
 * and no more, a ; where it ends in one, and each parameter in brackets: name, * and number and *
 * of RFC 2231, = and the octets of the value, in quotes where it has them. Positions are held to
 * the octets: what stands there is what the brackets say.
 */
#include "common/mail/mime_field.h"

#include <string.h>

typedef struct {
    const char *value;
    const char *reading;
} FieldCase;

static const FieldCase types[] = {
    /* well formed */
    {" text/calendar", "text/calendar+"},
    {"text/calendar", "text/calendar+"},
    {" TEXT/Calendar; charset=utf-8", "TEXT/Calendar+[charset=utf-8]"},
    {" text/calendar;charset=\"utf-8\";method=REPLY",
     "text/calendar+[charset=\"utf-8\"][method=REPLY]"},
    {" text/calendar; method = REPLY ", "text/calendar+[method=REPLY]"},
    {" text / calendar", "text/calendar+"},
    {" text/calendar;", "text/calendar+;"},
    {" text/calendar; charset=utf-8; ", "text/calendar+;[charset=utf-8]"},
    {" text/calendar;\r\n ", "text/calendar+;"},
    {" text/calendar; (none) ", "text/calendar+;"},
    {"\r\n text/calendar;\r\n\tcharset=utf-8", "text/calendar+[charset=utf-8]"},
    {"\n text/calendar", "text/calendar+"},
    {" text/calendar (a (b) c)", "text/calendar+"},
    {" (a) text (b) / (c) calendar (d) ; (e) charset (f) = (g) x (h)", "text/calendar+[charset=x]"},
    {" text/calendar (a \\) b)", "text/calendar+"},
    {" text/calendar (a \\( b)", "text/calendar+"},
    {" text/calendar (;method=x)", "text/calendar+"},
    {" text/calendar; name=\"a;b=\\\"c\\\"\\\\\"", "text/calendar+[name=\"a;b=\\\"c\\\"\\\\\"]"},
    {" text/calendar; name=\"\"", "text/calendar+[name=\"\"]"},
    {" text/calendar; name=\"(a\"", "text/calendar+[name=\"(a\"]"},
    {" text/calendar; name=\"a\r\n b\"", "text/calendar+[name=\"a\r\n b\"]"},
    {" a/b; charset*=us-ascii''x", "a/b+[charset*=us-ascii''x]"},
    {" a/b; m*0=RE; m*1=PLY", "a/b+[m*0=RE][m*1=PLY]"},
    {" a/b; m*0*=utf-8'en'R; m*10=\"x\"", "a/b+[m*0*=utf-8'en'R][m*10=\"x\"]"},

    /* not well formed */
    {" text/calendar; name=\"invite.ics", "text/calendar[name=\"invite.ics]"},
    {" text/calendar; name=\"a\\\"", "text/calendar[name=\"a\\\"]"},
    {" text/calendar; name=\"a; method=REPLY", "text/calendar[name=\"a; method=REPLY]"},
    {" text/calendar; name=\"a\\\n b\"", "text/calendar[name=\"a\\\n b\"]"},
    {" text/calendar (a", "text/calendar"},
    {" text/calendar (a (b)", "text/calendar"},
    {" text/calendar; charset=x (a", "text/calendar[charset=x (a]"},
    {" text/calendar )", "text/calendar"},
    {" text/calendar; method", "text/calendar[method]"},
    {" text/calendar; method; charset=x", "text/calendar[method][charset=x]"},
    {" text/calendar; method=", "text/calendar[method=]"},
    {" text/calendar; method=; charset=x", "text/calendar[method=][charset=x]"},
    {" text/calendar; method*", "text/calendar[method*]"},
    {" text/calendar;; method=REPLY", "text/calendar[method=REPLY]"},
    {" text/calendar; charset=x;;", "text/calendar;[charset=x]"},
    {" text/calendar; =x; method=REPLY", "text/calendar[method=REPLY]"},
    {" text/calendar charset=x; method=REPLY", "text/calendar[method=REPLY]"},
    {" text/calendar, x; method=REPLY", "text/calendar[method=REPLY]"},
    {" text/calendar; name=a b.ics ; method=REPLY", "text/calendar[name=a b.ics][method=REPLY]"},
    {" text/calendar; boundary=----=_a:b", "text/calendar[boundary=----=_a:b]"},
    {" text/calendar; name=\"a\"b; method=REPLY", "text/calendar[name=\"a\"][method=REPLY]"},
    {" text/calendar; a b=c; method=REPLY", "text/calendar[a][method=REPLY]"},
    {" text/calendar; name=M\xc3\xbcller", "text/calendar~[name=M\xc3\xbcller]"},
    {" text/calendar; name=\"M\xc3\xbcller\"", "text/calendar~[name=\"M\xc3\xbcller\"]"},
    {" text/calendar (M\xc3\xbcller)", "text/calendar~"},
    {" text/calendar; name=\"a\x7f\"", "text/calendar~[name=\"a\x7f\"]"},
    {" text/calendar;\rcharset=x", "text/calendar~[charset=x]"},
    {" text/calendar; charset=x\r", "text/calendar~[charset=x]"},
    {"", ""},
    {" ", ""},
    {" text", ""},
    {" text/", ""},
    {" /calendar; method=x", "[method=x]"},
    {" ; method=REPLY", "[method=REPLY]"},
    {" \"text\"/calendar", ""},
};

static const FieldCase tokens[] = {
    {" attachment", "attachment+"},
    {" attachment; filename=x", "attachment+[filename=x]"},
    {" (a) base64 (b)", "base64+"},
    {" base64;", "base64+;"},
    {" base64 x", "base64"},
    {" a/b", "a"},
    {"", "+"},
    {" (a)", "+"},
    {" (a", ""},
};

static void append_range(GString *out, const MimeField *field, gsize start, gsize end)
{
    Octets octets = octets_slice(field->value, start, end);
    if (octets.size > 0)
        g_string_append_len(out, octets.data, (gssize)octets.size);
}

static void append_parameter(GString *out, const MimeField *field, const MimeParameter *parameter)
{
    g_string_append_c(out, '[');
    append_range(out, field, parameter->start, parameter->name_end);
    if (parameter->extended)
        g_string_append_c(out, '*');
    if (parameter->section >= 0)
        g_string_append_printf(out, "%d%s", parameter->section, parameter->encoded ? "*" : "");
    g_string_append(out, parameter->has_value ? "=" : "");
    g_string_append(out, parameter->quoted ? "\"" : "");
    append_range(out, field, parameter->value, parameter->value_end);
    g_string_append(out, parameter->quoted ? "\"" : "");
    g_string_append_c(out, ']');
}

static char *reading_of(const MimeField *field, MimeFieldForm form)
{
    GString *out = g_string_new(NULL);
    if (mime_field_has_type(field)) {
        append_range(out, field, field->type, field->type_end);
        g_string_append(out, form == MIME_FIELD_TYPE ? "/" : "");
        append_range(out, field, field->subtype, field->subtype_end);
    }
    g_string_append(out, field->well_formed ? "+" : field->complete ? "~" : "");
    g_string_append(out, field->ends_in_semicolon ? ";" : "");
    for (guint i = 0; i < field->parameters->len; i++)
        append_parameter(out, field, &g_array_index(field->parameters, MimeParameter, i));
    return g_string_free(out, FALSE);
}

static void check(const FieldCase *row, MimeFieldForm form)
{
    g_auto(MimeField) field = {0};
    mime_field_read(&field, octets_of(row->value), form);
    g_autofree char *reading = reading_of(&field, form);
    g_assert_cmpstr(reading, ==, row->reading);
}

static void test_types(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        check(&types[i], MIME_FIELD_TYPE);
}

static void test_tokens(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tokens); i++)
        check(&tokens[i], MIME_FIELD_TOKEN);
}

/* What was read before leaves nothing behind. */
static void test_again(void)
{
    g_auto(MimeField) field = {0};
    mime_field_read(&field, octets_of(" a/b; c=d;"), MIME_FIELD_TYPE);
    mime_field_read(&field, octets_of(" a/b"), MIME_FIELD_TYPE);
    g_autofree char *reading = reading_of(&field, MIME_FIELD_TYPE);
    g_assert_cmpstr(reading, ==, "a/b+");
}

static void test_nul(void)
{
    static const char value[] = " a/b; c=d\0; e=f";
    g_auto(MimeField) field = {0};
    mime_field_read(&field, (Octets){value, sizeof value - 1}, MIME_FIELD_TYPE);
    g_autofree char *reading = reading_of(&field, MIME_FIELD_TYPE);
    g_assert_cmpstr(reading, ==, "a/b[c=d]");
}

static void test_is_type(void)
{
    g_auto(MimeField) field = {0};
    mime_field_read(&field, octets_of(" Text / Calendar; x=y"), MIME_FIELD_TYPE);
    g_assert_true(mime_field_is_type(&field, "text", "calendar"));
    g_assert_false(mime_field_is_type(&field, "text", "calendars"));
    g_assert_false(mime_field_is_type(&field, "tex", "calendar"));
}

static void test_count(void)
{
    static const struct {
        const char *value;
        guint count;
    } rows[] = {
        {" a/b", 0},
        {" a/b; method=x", 1},
        {" a/b; METHOD=x", 1},
        {" a/b; method*=x; method*0=x; method*1*=x", 3},
        {" a/b; method", 1},
        {" a/b x; method=; method=x", 2},
        {" a/b; xmethod=x; methods=x; name=method; x=\"; method=y\"", 0},
        {" a/b (; method=x)", 0},
    };
    g_auto(MimeField) field = {0};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        mime_field_read(&field, octets_of(rows[i].value), MIME_FIELD_TYPE);
        g_assert_cmpuint(mime_field_count(&field, "method"), ==, rows[i].count);
        g_assert_cmpint(mime_field_find(&field, "method") != NULL, ==, rows[i].count > 0);
    }
}

static void test_value(void)
{
    static const FieldCase rows[] = {
        {" a/b; n=x", "x"},
        {" a/b; n=x; n=y", "x"},
        {" a/b; N=x", "x"},
        {" a/b; n; n=y", "y"},
        {" a/b; n=", ""},
        {" a/b; n=\"x y\"", "x y"},
        {" a/b; n=\"x\\\"\\\\y\"", "x\"\\y"},
        {" a/b; n=\"x\r\n y\"", "x y"},
        {" a/b; n=\"x\\\r\n y\"", "x y"},
        {" a/b; n=\"x", "\"x"},
        {" a/b; n=x\\y", "x\\y"},
        {" a/b; n=x%41", "x%41"},
        {" a/b; n*=utf-8''x%41%2fy%", "xA/y%"},
        {" a/b; n*=utf-8'de'x'y", "x'y"},
        {" a/b; n*=x%4", "x%4"},
        {" a/b; n*='x", ""},
        {" a/b; n*0=x; n*1=\"y z\"; n*2=%41", "xy z%41"},
        {" a/b; n*1=y; n*0=x", "xy"},
        {" a/b; n*10=k; n*9=j; n*0=x", "xjk"},
        {" a/b; n*0*=utf-8''%41; n*1=%42; n*2*=%43'", "A%42C'"},
        {" a/b; n*0=x; n=y", "x"},
        {" a/b; n=y; n*0=x", "y"},
        {" a/b; m=x", NULL},
        {" a/b; n", NULL},
    };
    g_auto(MimeField) field = {0};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        mime_field_read(&field, octets_of(rows[i].value), MIME_FIELD_TYPE);
        GString *value = mime_field_value(&field, "n");
        g_assert_cmpstr(value == NULL ? NULL : value->str, ==, rows[i].reading);
        if (value != NULL)
            g_string_free(value, TRUE);
    }
}

/* As many parameters as are read, and one more. */
static void test_limit(void)
{
    g_autoptr(GString) text = g_string_new(" a/b");
    for (guint i = 0; i < MIME_FIELD_MAX_PARAMETERS; i++)
        g_string_append(text, "; c=d");
    g_auto(MimeField) field = {0};
    mime_field_read(&field, (Octets){text->str, text->len}, MIME_FIELD_TYPE);
    g_assert_true(field.well_formed && !field.over_limit);
    g_string_append(text, ";");
    mime_field_read(&field, (Octets){text->str, text->len}, MIME_FIELD_TYPE);
    g_assert_true(field.well_formed && !field.over_limit && field.ends_in_semicolon);
    g_string_append(text, "c=d");
    mime_field_read(&field, (Octets){text->str, text->len}, MIME_FIELD_TYPE);
    g_assert_true(!field.well_formed && field.over_limit);
    g_assert_cmpuint(field.parameters->len, ==, MIME_FIELD_MAX_PARAMETERS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/mime-field/types", test_types);
    g_test_add_func("/mime-field/tokens", test_tokens);
    g_test_add_func("/mime-field/again", test_again);
    g_test_add_func("/mime-field/nul", test_nul);
    g_test_add_func("/mime-field/is-type", test_is_type);
    g_test_add_func("/mime-field/count", test_count);
    g_test_add_func("/mime-field/value", test_value);
    g_test_add_func("/mime-field/limit", test_limit);
    return g_test_run();
}
