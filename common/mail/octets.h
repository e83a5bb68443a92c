/* SPDX-License-Identifier: BSD-2-Clause
 *
 * octets: a view of octets that somebody else owns.
 *
 * Mail is octets, not strings: it holds NUL, and no range of it ends in one. Every room takes and
 * gives views; nothing here allocates but octets_dup.
 */
#ifndef CALMEND_OCTETS_H
#define CALMEND_OCTETS_H

#include <glib.h>

typedef struct {
    const char *data; /* NULL only when size is 0 */
    gsize size;
} Octets;

/* The octets of a C string, without its NUL; empty for NULL. */
Octets octets_of(const char *string);

/* The view [start, end) of `octets`. start <= end <= size. */
Octets octets_slice(Octets octets, gsize start, gsize end);

/* Writes all of them to an open file. FALSE with errno when it does not take them. */
gboolean octets_write(Octets octets, int file);

/* `octets` without the blanks (space, tab) around it. */
Octets octets_trim(Octets octets);

/* TRUE when `octets` is `text`, letters compared without case in ASCII. */
gboolean octets_equal_nocase(Octets octets, const char *text);

/* TRUE when `octets` is `text`, octet for octet. */
gboolean octets_equal(Octets octets, const char *text);

/* TRUE when `octets` begins with `text`, octet for octet. */
gboolean octets_has_prefix(Octets octets, const char *text);

/* The position of the first `octet` at or after `from`, or the size. */
gsize octets_find(Octets octets, gsize from, char octet);

/* The position of the first octet after the next LF at or after `from`, or the size. */
gsize octets_next_line(Octets octets, gsize from);

/* The same past the folds of that line: lines that begin with a blank (RFC 5322 2.2.3, RFC
 * 5545 3.1).
 */
gsize octets_next_unfolded(Octets octets, gsize from);

/* The first octet of the line that `at` is in. */
gsize octets_line_start(Octets octets, gsize at);

/* The position where the line ending (LF, or CR LF) of the line that `next` ends begins; `next`
 * itself when the octet before it is no LF. */
gsize octets_line_ending(Octets octets, gsize next);

/* TRUE for space and tab: what folds a line (RFC 5322 2.2.3, RFC 5545 3.1). */
static inline gboolean octet_is_blank(char octet)
{
    return octet == ' ' || octet == '\t';
}

/* TRUE for CR and LF, of which line ends are made. */
static inline gboolean octet_is_line_end(char octet)
{
    return octet == '\r' || octet == '\n';
}

/* TRUE for what names are made of: letters, digits, hyphens (RFC 5545 3.1). */
static inline gboolean octet_is_name(char octet)
{
    return g_ascii_isalnum(octet) || octet == '-';
}

/* The octet, a letter of ASCII as a capital one. */
static inline char octet_upper(char octet)
{
    return octet >= 'a' && octet <= 'z' ? (char)(octet - 'a' + 'A') : octet;
}

/* The octet, a letter of ASCII as a small one. */
static inline char octet_lower(char octet)
{
    return octet >= 'A' && octet <= 'Z' ? (char)(octet - 'A' + 'a') : octet;
}

/* A NUL-terminated copy, with NUL octets as they are. Owned by the caller, g_free. */
char *octets_dup(Octets octets);

#endif
