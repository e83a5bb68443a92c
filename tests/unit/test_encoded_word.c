/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_encoded_word: the octets in encoded words, whatever their charset.
 */
#include "common/mail/encoded_word.h"

typedef struct {
    const char *text;
    const char *decoded;
} WordCase;

static const WordCase words[] = {
    {"", ""},
    {"plain", "plain"},
    {"=?utf-8?Q?winmail.dat?=", "winmail.dat"},
    {"=?utf-8?q?winmail=2Edat?=", "winmail.dat"},
    {"=?iso-8859-1?B?d2lubWFpbC5kYXQ=?=", "winmail.dat"},
    {"=?x?b?d2lubWFpbC5kYXQ?=", "winmail.dat"},
    {"=?utf-8*en?Q?a_b?=", "a b"},
    {"=?utf-8?Q?win?= =?utf-8?Q?mail?=", "winmail"},
    {"=?utf-8?Q?win?=\r\n =?utf-8?B?bWFpbA==?=.dat", "winmail.dat"},
    {"=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"},
    {"a =?utf-8?Q?b?= ", "a b "},
    {"x=?utf-8?Q?b?=y", "xby"},
    {"=?utf-8?Q?"
     "?=",
     ""},
    {"=?utf-8?Q?=4?=", "=4"},
    {"=?utf-8?Q?=G0?=", "=G0"},
    {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
    {"=?utf-8?Q?a", "=?utf-8?Q?a"},
    {"=?utf-8?Q?a?", "=?utf-8?Q?a?"},
    {"=?utf-8?Q", "=?utf-8?Q"},
    {"=?utf-8", "=?utf-8"},
    {"=?", "=?"},
    {"=", "="},
    {"=?a=?utf-8?Q?b?=", "=?ab"},
};

static void test_words(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(GString) decoded = encoded_words_decode(octets_of(words[i].text));
        g_assert_cmpstr(decoded->str, ==, words[i].decoded);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/encoded-word/words", test_words);
    return g_test_run();
}
