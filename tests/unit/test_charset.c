/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_charset: which calendars may be edited as ASCII, and how the others are looked at.
 *
 * A label decides by its name, octets NUL decide whatever the label says. Conversion is tried with
 * labels, with byte-order marks, and without either.
 */
#include "common/mail/charset.h"

#include <string.h>

typedef struct {
    const char *label; /* NULL: none */
    gboolean compatible;
} LabelCase;

static const LabelCase labels[] = {
    {NULL, TRUE},          {"", TRUE},
    {"us-ascii", TRUE},    {"UTF-8", TRUE},
    {"utf8", TRUE},        {"iso-8859-1", TRUE},
    {"ISO-8859-15", TRUE}, {"windows-1252", TRUE},
    {"koi8-r", TRUE},      {"gb2312", TRUE},
    {"big5", TRUE},        {"euc-jp", TRUE},
    {"macintosh", TRUE},   {"x-unknown", TRUE},
    {"utf", TRUE},         {"cp0", TRUE},
    {"utf-16", FALSE},     {"UTF-16", FALSE},
    {"UTF-16LE", FALSE},   {"utf-16be", FALSE},
    {"UTF16", FALSE},      {"utf-32", FALSE},
    {"UTF-32BE", FALSE},   {"utf-7", FALSE},
    {"UTF-7-IMAP", FALSE}, {"ISO-10646-UCS-2", FALSE},
    {"ucs-2", FALSE},      {"UCS-4", FALSE},
    {"csUnicode", FALSE},  {"unicode-1-1-utf-7", FALSE},
    {"EBCDIC-US", FALSE},  {"cp037", FALSE},
    {"IBM037", FALSE},     {"cp500", FALSE},
    {"IBM1047", FALSE},    {"IBM01140", FALSE},
};

static void test_label(gconstpointer data)
{
    const LabelCase *row = data;
    Octets text = octets_of("BEGIN:VCALENDAR\r\n");
    g_assert_cmpint(charset_is_ascii_compatible(row->label, text), ==, row->compatible);
    g_assert_cmpint(charset_is_ascii_compatible(row->label, (Octets){NULL, 0}), ==,
                    row->compatible);
}

static void test_nul(void)
{
    static const char text[] = "BEGIN:VCALENDAR\0";
    g_assert_true(charset_is_ascii_compatible("utf-8", (Octets){text, sizeof text - 2}));
    g_assert_false(charset_is_ascii_compatible("utf-8", (Octets){text, sizeof text - 1}));
    g_assert_false(charset_is_ascii_compatible(NULL, (Octets){text, sizeof text - 1}));
    g_assert_false(charset_is_ascii_compatible(NULL, (Octets){"\0", 1}));
}

/* ---- conversion ---- */

#define CALENDAR "BEGIN:VCALENDAR\r\nX:\xc3\xa9\r\n"

typedef struct {
    const char *name;
    const char *label;   /* NULL: none */
    const char *charset; /* what CALENDAR is written in */
    const char *mark;    /* octets before it; NULL: none */
    gsize mark_size;
    gboolean converted;
} ConvertCase;

static const ConvertCase conversions[] = {
    {"utf-16le-label", "utf-16le", "UTF-16LE", NULL, 0, TRUE},
    {"utf-16be-label", "UTF-16BE", "UTF-16BE", NULL, 0, TRUE},
    {"utf-16-mark-le", "utf-16", "UTF-16LE", "\xff\xfe", 2, TRUE},
    {"utf-16-mark-be", "utf-16", "UTF-16BE", "\xfe\xff", 2, TRUE},
    {"utf-32le-label", "utf-32le", "UTF-32LE", NULL, 0, TRUE},
    {"utf-7-label", "utf-7", "UTF-7", NULL, 0, FALSE},
    {"ebcdic-label", "ibm1047", "IBM1047", NULL, 0, TRUE},
    {"no-label-mark-le", NULL, "UTF-16LE", "\xff\xfe", 2, TRUE},
    {"no-label-mark-be", NULL, "UTF-16BE", "\xfe\xff", 2, TRUE},
    {"no-label-le", NULL, "UTF-16LE", NULL, 0, TRUE},
    {"no-label-be", NULL, "UTF-16BE", NULL, 0, TRUE},
    {"wrong-label", "utf-8", "UTF-16LE", NULL, 0, TRUE},
    {"ascii", NULL, "UTF-8", NULL, 0, FALSE},
    {"ascii-labelled-utf-16", "utf-16", "UTF-8", NULL, 0, FALSE},
};

static GString *encode_calendar(const ConvertCase *row)
{
    gsize size;
    g_autofree char *text = g_convert(CALENDAR, -1, row->charset, "UTF-8", NULL, &size, NULL);
    g_assert_nonnull(text);
    GString *encoded = g_string_new_len(row->mark, (gssize)row->mark_size);
    g_string_append_len(encoded, text, (gssize)size);
    return encoded;
}

static void test_convert(gconstpointer data)
{
    const ConvertCase *row = data;
    g_autoptr(GString) encoded = encode_calendar(row);
    gsize size = 0;
    g_autofree char *text =
        charset_to_utf8(row->label, (Octets){encoded->str, encoded->len}, &size);
    if (!row->converted) {
        g_assert_null(text);
        return;
    }
    g_assert_cmpstr(text, ==, CALENDAR);
    g_assert_cmpuint(size, ==, strlen(CALENDAR));
}

static void test_not_convertible(void)
{
    static const struct {
        const char *label;
        Octets text;
    } rows[] = {
        {"utf-16le", {"B\0E", 3}},
        {"utf-16le", {"\x00\xdc\x00\xdc", 4}},
        {"utf-16-nonsense", {"B\0E\0", 4}},
        {"utf-16", {NULL, 0}},
        {NULL, {NULL, 0}},
        {NULL, {"\0", 1}},
        {NULL, {"ab\0", 3}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gsize size = 0;
        g_assert_null(charset_to_utf8(rows[i].label, rows[i].text, &size));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
        g_autofree char *path = g_strdup_printf(
            "/charset/label/\"%s\"", labels[i].label == NULL ? "(none)" : labels[i].label);
        g_test_add_data_func(path, &labels[i], test_label);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(conversions); i++) {
        g_autofree char *path = g_strconcat("/charset/convert/", conversions[i].name, NULL);
        g_test_add_data_func(path, &conversions[i], test_convert);
    }
    g_test_add_func("/charset/nul", test_nul);
    g_test_add_func("/charset/not-convertible", test_not_convertible);
    return g_test_run();
}
