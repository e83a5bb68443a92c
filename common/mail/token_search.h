/* SPDX-License-Identifier: BSD-2-Clause
 *
 * token_search: can this message hold a calendar or TNEF part at all?
 *
 * A part is one only if some Content- field says so, and the few words it must use to say it are
 * searched for in such fields alone: line by line, with memchr, over chunks cut anywhere. What the
 * search does not find needs no parse. It may find too much, never too little.
 */
#ifndef CALMEND_TOKEN_SEARCH_H
#define CALMEND_TOKEN_SEARCH_H

#include "common/mail/octets.h"

/* Where the search is in the message, carried over chunk borders. */
typedef enum {
    TOKEN_LINE_START, /* the line so far is a beginning of "Content-" */
    TOKEN_SKIP,       /* in a line that is none of ours */
    TOKEN_FIELD,      /* in a Content- field */
    TOKEN_FIELD_LINE, /* at the start of the line after one of its lines: a fold, or the next line
                       */
} TokenState;

#define TOKEN_WINDOW 16

/* Zero-initialized is a new search, at the start of a line. */
typedef struct {
    TokenState state;
    guint matched;             /* TOKEN_LINE_START: octets of "Content-" seen */
    char window[TOKEN_WINDOW]; /* TOKEN_FIELD: its last octets in lower case; white space and the
                                  backslashes of quoted pairs left out */
    gboolean found;
} TokenSearch;

/* Feeds the next chunk. TRUE once a token was seen, now or before. */
gboolean token_search_feed(TokenSearch *search, Octets chunk);

/* TRUE when a message with this value of its Content-Type or Content-Disposition field (NULL: no
 * such field) may be or hold a calendar or TNEF part: multipart, message, or one of the words that
 * are searched for. */
gboolean token_search_type_matters(const char *value);

/* TRUE when a field of that name in the header of a message says so: what follows can matter. */
gboolean token_search_field_matters(const char *name, const char *value);

#endif
