/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/octets.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

Octets octets_of(const char *string)
{
    return (Octets){string, string == NULL ? 0 : strlen(string)};
}

Octets octets_slice(Octets octets, gsize start, gsize end)
{
    g_assert(start <= end && end <= octets.size);
    if (start == end)
        return (Octets){NULL, 0};
    return (Octets){octets.data + start, end - start};
}

Octets octets_trim(Octets octets)
{
    gsize start = 0;
    gsize end = octets.size;
    while (start < end && octet_is_blank(octets.data[start]))
        start++;
    while (end > start && octet_is_blank(octets.data[end - 1]))
        end--;
    return octets_slice(octets, start, end);
}

gboolean octets_equal_nocase(Octets octets, const char *text)
{
    return strlen(text) == octets.size &&
           (octets.size == 0 || g_ascii_strncasecmp(octets.data, text, octets.size) == 0);
}

gboolean octets_equal(Octets octets, const char *text)
{
    return strlen(text) == octets.size &&
           (octets.size == 0 || memcmp(octets.data, text, octets.size) == 0);
}

gboolean octets_has_prefix(Octets octets, const char *text)
{
    gsize size = strlen(text);
    return octets.size >= size && memcmp(octets.data, text, size) == 0;
}

gsize octets_find(Octets octets, gsize from, char octet)
{
    if (from >= octets.size)
        return octets.size;
    const char *found = memchr(octets.data + from, octet, octets.size - from);
    return found == NULL ? octets.size : (gsize)(found - octets.data);
}

gsize octets_next_line(Octets octets, gsize from)
{
    gsize lf = octets_find(octets, from, '\n');
    return MIN(lf + 1, octets.size);
}

gsize octets_next_unfolded(Octets octets, gsize from)
{
    gsize next = octets_next_line(octets, from);
    while (next < octets.size && octet_is_blank(octets.data[next]))
        next = octets_next_line(octets, next);
    return next;
}

gsize octets_line_ending(Octets octets, gsize next)
{
    if (next == 0 || octets.data[next - 1] != '\n')
        return next;
    return next > 1 && octets.data[next - 2] == '\r' ? next - 2 : next - 1;
}

char *octets_dup(Octets octets)
{
    char *copy = g_malloc(octets.size + 1);
    if (octets.size > 0)
        memcpy(copy, octets.data, octets.size);
    copy[octets.size] = '\0';
    return copy;
}

gsize octets_line_start(Octets octets, gsize at)
{
    while (at > 0 && octets.data[at - 1] != '\n')
        at--;
    return at;
}

gboolean octets_write(Octets octets, int file)
{
    while (octets.size > 0) {
        ssize_t written = write(file, octets.data, octets.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return FALSE;
        octets = octets_slice(octets, (gsize)written, octets.size);
    }
    return TRUE;
}
