/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/quoted_reading.h"

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
    gint digit = g_ascii_xdigit_value(octet);
    if (reader->state == AT_TEXT)
        return read_plain(reader, octet);
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

static gboolean read_piece(Octets piece, gpointer reader)
{
    for (gsize i = 0; i < piece.size; i++) {
        if (!read_octet(reader, piece.data[i]))
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
