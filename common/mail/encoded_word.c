/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/encoded_word.h"

#include <string.h>

/* =?CHARSET?B?TEXT?= or =?CHARSET?Q?TEXT?= */
typedef struct {
    char encoding; /* B or Q */
    Octets text;
    gsize end; /* one past the word */
} EncodedWord;

/* The position of the next `?` at or after `from`, or the size. */
static gsize next_mark(Octets text, gsize from)
{
    const char *found = from < text.size ? memchr(text.data + from, '?', text.size - from) : NULL;
    return found == NULL ? text.size : (gsize)(found - text.data);
}

static gboolean read_word(Octets text, gsize at, EncodedWord *word)
{
    if (at + 1 >= text.size || text.data[at] != '=' || text.data[at + 1] != '?')
        return FALSE;
    gsize encoding = next_mark(text, at + 2) + 1;
    if (encoding + 1 >= text.size || text.data[encoding + 1] != '?')
        return FALSE;
    gsize end = next_mark(text, encoding + 2);
    word->encoding = octet_upper(text.data[encoding]);
    if (end + 1 >= text.size || text.data[end + 1] != '=' ||
        (word->encoding != 'B' && word->encoding != 'Q'))
        return FALSE;
    word->text = octets_slice(text, encoding + 2, end);
    word->end = end + 2;
    return TRUE;
}

/* Padding that is missing is added; a step may write three octets more than it reads by fours. */
static void append_base64(GString *out, Octets text)
{
    static const char padding[] = "===";
    gint state = 0;
    guint save = 0;
    gsize size = out->len;
    g_string_set_size(out, size + text.size + 2 * strlen(padding));
    guchar *data = (guchar *)out->str;
    size += g_base64_decode_step(text.data, text.size, data + size, &state, &save);
    size += g_base64_decode_step(padding, strlen(padding), data + size, &state, &save);
    g_string_truncate(out, size);
}

/* RFC 2047 4.2 */
static void append_quoted(GString *out, Octets text)
{
    for (gsize i = 0; i < text.size; i++) {
        char octet = text.data[i] == '_' ? ' ' : text.data[i];
        if (octet == '=' && i + 2 < text.size && g_ascii_isxdigit(text.data[i + 1]) &&
            g_ascii_isxdigit(text.data[i + 2])) {
            octet = (char)(g_ascii_xdigit_value(text.data[i + 1]) * 16 +
                           g_ascii_xdigit_value(text.data[i + 2]));
            i += 2;
        }
        g_string_append_c(out, octet);
    }
}

static void append_word(GString *out, const EncodedWord *word)
{
    if (word->text.size == 0)
        return;
    if (word->encoding == 'B')
        append_base64(out, word->text);
    else
        append_quoted(out, word->text);
}

GString *encoded_words_decode(Octets text)
{
    GString *out = g_string_new(NULL);
    gsize after_word = G_MAXSIZE; /* the length of `out` right behind a word and white space */
    EncodedWord word;
    for (gsize at = 0; at < text.size;) {
        if (!read_word(text, at, &word)) {
            gboolean stays = after_word == G_MAXSIZE || !g_ascii_isspace(text.data[at]);
            after_word = stays ? G_MAXSIZE : after_word;
            g_string_append_c(out, text.data[at++]);
            continue;
        }
        if (after_word != G_MAXSIZE)
            g_string_truncate(out, after_word);
        append_word(out, &word);
        after_word = out->len;
        at = word.end;
    }
    return out;
}
