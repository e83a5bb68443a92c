/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/token_search.h"

#include <string.h>

static const char field_prefix[] = "content-";

/* Words without which no Content- field makes a part a calendar or TNEF part. A part may be named
 * winmail.dat in an encoded or continued parameter (RFC 2231, RFC 2047), which no plain word shows.
 */
static const Octets tokens[] = {
    {"calendar", 8}, {"ics", 3}, {"tnef", 4}, {"winmail", 7}, {"name*", 5}, {"=?", 2},
};

/* The last octets of the tokens. Most octets are none of them. */
static const gboolean ends_token[256] = {
    ['r'] = TRUE, ['s'] = TRUE, ['f'] = TRUE, ['l'] = TRUE, ['*'] = TRUE, ['?'] = TRUE,
};

static gboolean window_ends_with_token(const char *window)
{
    const char *end = window + TOKEN_WINDOW;
    if (!ends_token[(guchar)end[-1]])
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(tokens); i++) {
        gsize size = tokens[i].size;
        if (end[-1] == tokens[i].data[size - 1] && memcmp(end - size, tokens[i].data, size) == 0)
            return TRUE;
    }
    return FALSE;
}

static void feed_field_octet(TokenSearch *search, char octet)
{
    if (octet == '\n') {
        search->state = TOKEN_FIELD_LINE;
        return;
    }
    if (g_ascii_isspace(octet) || octet == '\\')
        return;
    memmove(search->window, search->window + 1, TOKEN_WINDOW - 1);
    search->window[TOKEN_WINDOW - 1] = octet_lower(octet);
    if (window_ends_with_token(search->window))
        search->found = TRUE;
}

static void feed_line_start(TokenSearch *search, char octet)
{
    if (octet == '\n') {
        search->matched = 0;
        return;
    }
    if (octet_lower(octet) != field_prefix[search->matched]) {
        search->state = TOKEN_SKIP;
        return;
    }
    if (++search->matched == sizeof field_prefix - 1) {
        memset(search->window, 0, TOKEN_WINDOW);
        search->state = TOKEN_FIELD;
    }
}

static void start_line(TokenSearch *search)
{
    search->state = TOKEN_LINE_START;
    search->matched = 0;
}

/* Where the next line that begins with "Content-" may start, or the last line of the chunk, which
 * may go on in the next one; the size where there is no line end. A hyphen is rare in a body. */
static gsize next_candidate(Octets chunk, gsize from)
{
    const gsize word = sizeof field_prefix - 2;
    const char *end = chunk.data + chunk.size;
    const char *at = chunk.data + from;
    const char *hyphen;
    for (; (hyphen = memchr(at, '-', (gsize)(end - at))) != NULL; at = hyphen + 1) {
        if ((gsize)(hyphen - chunk.data) > from + word && hyphen[-(gssize)word - 1] == '\n' &&
            g_ascii_strncasecmp(hyphen - word, field_prefix, word) == 0)
            return (gsize)(hyphen - chunk.data) - word;
    }
    const char *line = memrchr(chunk.data + from, '\n', chunk.size - from);
    return line == NULL ? chunk.size : (gsize)(line - chunk.data) + 1;
}

gboolean token_search_feed(TokenSearch *search, Octets chunk)
{
    gsize i = 0;
    while (i < chunk.size && !search->found) {
        switch (search->state) {
        case TOKEN_LINE_START:
            feed_line_start(search, chunk.data[i++]);
            break;
        case TOKEN_SKIP:
            i = next_candidate(chunk, i);
            if (chunk.data[i - 1] == '\n')
                start_line(search);
            break;
        case TOKEN_FIELD:
            feed_field_octet(search, chunk.data[i++]);
            break;
        case TOKEN_FIELD_LINE:
            if (octet_is_blank(chunk.data[i]))
                search->state = TOKEN_FIELD;
            else
                start_line(search);
            break;
        }
    }
    return search->found;
}

gboolean token_search_type_matters(const char *value)
{
    if (value == NULL)
        return FALSE;
    g_autofree char *lower = g_ascii_strdown(value, -1);
    if (strstr(lower, "multipart") != NULL || strstr(lower, "message") != NULL)
        return TRUE;
    TokenSearch search = {.state = TOKEN_FIELD};
    return token_search_feed(&search, octets_of(lower));
}

gboolean token_search_field_matters(const char *name, const char *value)
{
    static const char *const deciding[] = {"Content-Type", "Content-Disposition"};
    for (gsize i = 0; i < G_N_ELEMENTS(deciding); i++) {
        if (g_ascii_strcasecmp(name, deciding[i]) == 0)
            return token_search_type_matters(value);
    }
    return FALSE;
}
