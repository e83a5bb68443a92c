/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/quoted_reading.h"

#include <string.h>

/* What was read of an escape or a soft break. */
typedef enum {
    AT_TEXT,   /* nothing */
    AT_EQUALS, /* the = */
    AT_DIGIT,  /* = and the first digit */
    AT_BLANK,  /* = and blanks */
    AT_RETURN, /* = and all but the LF */
} State;

typedef struct {
    State state;
    gint digit;         /* of AT_DIGIT */
    const Octets *text; /* what is to be read; NULL: anything without a plain line end */
    gsize done;         /* octets that were read */
    gboolean is_faulty; /* an = was neither an escape nor a soft break, and stands for itself */
} Reader;

/* The readers of octets give FALSE when that is not to be read. */
static gboolean take(Reader *reader, gint octet)
{
    const Octets *text = reader->text;
    reader->state = AT_TEXT;
    if (text != NULL && (reader->done == text->size || (guchar)text->data[reader->done] != octet))
        return FALSE;
    reader->done++;
    return TRUE;
}

static gboolean read_plain(Reader *reader, char octet)
{
    if (octet == '=') {
        reader->state = AT_EQUALS;
        return TRUE;
    }
    return (reader->text != NULL || octet != '\n') && take(reader, (guchar)octet);
}

static gboolean reads_soft_break(Reader *reader, char octet)
{
    gboolean ended = reader->state == AT_RETURN;
    if (octet == '\n')
        reader->state = AT_TEXT;
    else if (octet == '\r' && !ended)
        reader->state = AT_RETURN;
    else if (octet_is_blank(octet) && !ended)
        reader->state = AT_BLANK;
    else
        return FALSE;
    return TRUE;
}

static gboolean read_octet(Reader *reader, char octet)
{
    if (reader->state == AT_TEXT)
        return read_plain(reader, octet);
    gint digit = g_ascii_xdigit_value(octet);
    if (reader->state == AT_DIGIT && digit >= 0)
        return take(reader, reader->digit * 16 + digit);
    if (reader->state == AT_EQUALS && digit >= 0) {
        reader->state = AT_DIGIT;
        reader->digit = digit;
        return TRUE;
    }
    if (reader->state != AT_DIGIT && reads_soft_break(reader, octet))
        return TRUE;
    reader->is_faulty = TRUE;
    return read_plain(reader, octet);
}

/* How many octets from `at` on stand for themselves, to be read as one. */
static gsize run_size(const Reader *reader, Octets piece, gsize at)
{
    if (reader->state != AT_TEXT || reader->text == NULL)
        return 0;
    return octets_find(piece, at, '=') - at;
}

static gboolean read_run(Reader *reader, Octets run)
{
    const Octets *text = reader->text;
    if (run.size > text->size - reader->done ||
        memcmp(text->data + reader->done, run.data, run.size) != 0)
        return FALSE;
    reader->done += run.size;
    return TRUE;
}

static gboolean read_piece(Octets piece, gpointer reader)
{
    gsize size;
    for (gsize at = 0; at < piece.size; at += size) {
        gsize run = run_size(reader, piece, at);
        size = MAX(run, 1);
        if (run > 0 ? !read_run(reader, octets_slice(piece, at, at + run))
                    : !read_octet(reader, piece.data[at]))
            return FALSE;
    }
    return TRUE;
}

gboolean quoted_decodes_to(Octets encoded, const GArray *edits, Octets text)
{
    Reader reader = {.text = &text};
    return splice_apply(encoded, edits, read_piece, &reader) && reader.done == text.size &&
           !reader.is_faulty && reader.state != AT_DIGIT && reader.state != AT_RETURN;
}

gboolean quoted_escapes_line_ends(Octets encoded, const GArray *edits)
{
    Reader reader = {.text = NULL};
    return splice_apply(encoded, edits, read_piece, &reader);
}
