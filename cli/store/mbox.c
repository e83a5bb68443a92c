/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mbox: see mbox.h.
 */
#include "cli/store/mbox.h"

#include <string.h>

#define SEPARATOR "From "
#define QUOTED    ">From "

/* What tells whether a line is a separator is so many octets, from its first one, at most. */
#define LOOK_AHEAD (8 * 1024u)

static gboolean begins_with(Octets octets, gsize at, const char *text)
{
    gsize size = strlen(text);
    return octets.size - at >= size && memcmp(octets.data + at, text, size) == 0;
}

static gboolean is_month(Octets word)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (gsize i = 0; i < G_N_ELEMENTS(months) && word.size == strlen("Jan"); i++) {
        if (memcmp(word.data, months[i], word.size) == 0)
            return TRUE;
    }
    return FALSE;
}

/* hh:mm, and what may follow. */
static gboolean is_time(Octets word)
{
    return word.size >= strlen("h:mm") && g_ascii_isdigit(word.data[0]) &&
           memchr(word.data, ':', word.size) != NULL;
}

static gboolean is_year(Octets word)
{
    for (gsize i = 0; i < word.size; i++) {
        if (!g_ascii_isdigit(word.data[i]))
            return FALSE;
    }
    return word.size == strlen("yyyy");
}

/* Has the line [line, end) a month, a time and a year, as asctime and RFC 5322 write them, or the
 * lone hyphen that Netscape wrote in their place? */
static gboolean has_date(Octets octets, gsize line, gsize end)
{
    gboolean month = FALSE;
    gboolean time = FALSE;
    gboolean year = FALSE;
    for (gsize at = line + strlen(SEPARATOR); at < end;) {
        const char *blank = memchr(octets.data + at, ' ', end - at);
        gsize stop = blank == NULL ? end : (gsize)(blank - octets.data);
        Octets word = octets_slice(octets, at, stop);
        month = month || is_month(word);
        time = time || is_time(word);
        year = year || is_year(word);
        at = stop + 1;
    }
    return (month && time && year) ||
           octets_equal(octets_trim(octets_slice(octets, line, end)), SEPARATOR "-");
}

/* Behind lines of >From: what a writer made of a From_ line that a mail came with. */
static gsize skip_quoted(Octets octets, gsize at)
{
    while (begins_with(octets, at, QUOTED))
        at = octets_next_line(octets, at);
    return at;
}

/* Does a header field (RFC 5322 2.2) begin at `line`? */
static gboolean is_field(Octets octets, gsize line)
{
    gsize at = line;
    while (at < octets.size && octets.data[at] > ' ' && octets.data[at] <= '~' &&
           octets.data[at] != ':')
        at++;
    if (at == line)
        return FALSE;
    while (at < octets.size && octet_is_blank(octets.data[at]))
        at++;
    return at < octets.size && octets.data[at] == ':';
}

/* Where the line ending begins that stands before `at`; `at` itself where none does. */
static gsize before_line_ending(Octets octets, gsize at)
{
    return at == 0 ? 0 : octets_line_ending(octets_slice(octets, 0, at), at);
}

/* Is the line before `line` blank? */
static gboolean is_blank_before(Octets octets, gsize line)
{
    gsize ending = before_line_ending(octets, line);
    return ending < line && (ending == 0 || octets.data[ending - 1] == '\n');
}

/* By the line, those before it, and no more than LOOK_AHEAD octets, so that it does not matter how
 * much is at hand. */
static gboolean is_separator(Octets octets, gsize line)
{
    gboolean blank_before = line == 0 || is_blank_before(octets, line);
    Octets seen = octets_slice(octets, 0, MIN(octets.size, line + LOOK_AHEAD));
    gsize next = octets_next_line(seen, line);
    gboolean date = has_date(seen, line, octets_line_ending(seen, next));
    if (date && blank_before)
        return TRUE;
    return (date || blank_before) && is_field(seen, skip_quoted(seen, next));
}

/* Is as much there behind `line` as is_separator looks at? */
static gboolean is_complete(Octets octets, gsize line)
{
    if (octets.size - line >= LOOK_AHEAD)
        return TRUE;
    gsize next = skip_quoted(octets, octets_next_line(octets, line));
    return octets_next_line(octets, next) < octets.size;
}

gboolean mbox_begins(Octets octets)
{
    return begins_with(octets, 0, SEPARATOR) && is_separator(octets, 0);
}

/* The next line behind `*scanned` that begins with the word of a separator, or the size. */
static gsize find_word(Octets octets, gsize scanned)
{
    const char *end = octets.data + octets.size;
    const char *at = octets.data + scanned;
    while (++at < end && (at = memchr(at, SEPARATOR[0], (gsize)(end - at))) != NULL) {
        gsize line = (gsize)(at - octets.data);
        if (at[-1] == '\n' && begins_with(octets, line, SEPARATOR))
            return line;
    }
    return octets.size;
}

gboolean mbox_find(Octets octets, gboolean whole, gsize *scanned, gsize *separator)
{
    while (*scanned < octets.size) {
        gsize line = find_word(octets, *scanned);
        if (line == octets.size)
            break;
        *scanned = line - 1;
        if (!whole && !is_complete(octets, line))
            return FALSE;
        if (is_separator(octets, line)) {
            *separator = line;
            return TRUE;
        }
        *scanned = line;
    }
    *separator = octets.size;
    *scanned = MAX(*scanned, octets.size - MIN(octets.size, strlen("\n" SEPARATOR) - 1));
    return whole;
}

static gsize end_of_mail(Octets octets, gsize start, gsize next)
{
    return next > start && is_blank_before(octets, next) ? before_line_ending(octets, next) : next;
}

gboolean mbox_next(Octets octets, gsize from, gboolean whole, gsize *scanned, MboxMail *mail)
{
    gsize start = skip_quoted(octets, octets_next_line(octets, from));
    gsize next;
    *scanned = MAX(*scanned, start - MIN(start, 1));
    if (!mbox_find(octets, whole, scanned, &next))
        return FALSE;
    *mail = (MboxMail){
        .separator = from, .start = start, .end = end_of_mail(octets, start, next), .next = next};
    *scanned = 0;
    return TRUE;
}
