/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/delimiters.h"

#include <string.h>

typedef struct Boundary Boundary;
struct Boundary {
    Octets text;     /* without the blanks at its end; of `string` */
    GString *string; /* as the field has it */
    guint tag;
    Boundary *hidden; /* the one of the same text that is open around it, or NULL */
};

static void boundary_free(gpointer data)
{
    Boundary *boundary = data;
    g_string_free(boundary->string, TRUE);
    g_free(boundary);
}

/* FNV-1a. */
static guint octets_hash(gconstpointer data)
{
    const Octets *octets = data;
    guint hash = 2166136261U;
    for (gsize i = 0; i < octets->size; i++)
        hash = (hash ^ (guchar)octets->data[i]) * 16777619U;
    return hash;
}

static gboolean octets_same(gconstpointer one, gconstpointer other)
{
    const Octets *first = one;
    const Octets *second = other;
    return first->size == second->size &&
           (first->size == 0 || memcmp(first->data, second->data, first->size) == 0);
}

/* `text` without blanks and CR at its end. */
static Octets without_padding(Octets text)
{
    while (text.size > 0 &&
           (octet_is_blank(text.data[text.size - 1]) || text.data[text.size - 1] == '\r'))
        text.size--;
    return text;
}

void delimiters_open(Delimiters *delimiters, GString *string, guint tag)
{
    if (delimiters->open == NULL) {
        delimiters->open = g_ptr_array_new_with_free_func(boundary_free);
        delimiters->newest = g_hash_table_new(octets_hash, octets_same);
    }
    Boundary *boundary = g_new(Boundary, 1);
    *boundary = (Boundary){
        .text = without_padding((Octets){string->str, string->len}), .string = string, .tag = tag};
    boundary->hidden = g_hash_table_lookup(delimiters->newest, &boundary->text);
    g_hash_table_replace(delimiters->newest, &boundary->text, boundary);
    g_ptr_array_add(delimiters->open, boundary);
}

static Boundary *innermost(const Delimiters *delimiters)
{
    return g_ptr_array_index(delimiters->open, delimiters->open->len - 1);
}

void delimiters_close(Delimiters *delimiters, guint tag)
{
    while (delimiters_count(delimiters) > 0 && innermost(delimiters)->tag >= tag) {
        Boundary *boundary = innermost(delimiters);
        if (boundary->hidden == NULL)
            g_hash_table_remove(delimiters->newest, &boundary->text);
        else
            g_hash_table_replace(delimiters->newest, &boundary->hidden->text, boundary->hidden);
        g_ptr_array_set_size(delimiters->open, (gint)delimiters->open->len - 1);
    }
}

guint delimiters_count(const Delimiters *delimiters)
{
    return delimiters->open == NULL ? 0 : delimiters->open->len;
}

guint delimiters_innermost(const Delimiters *delimiters)
{
    return innermost(delimiters)->tag;
}

/* What stands before the `--` that closes. A blank there must be the boundary's own. */
static const Boundary *find_closed(const Delimiters *delimiters, Octets text)
{
    if (text.size < 2 || memcmp(text.data + text.size - 2, "--", 2) != 0)
        return NULL;
    text.size -= 2;
    Octets key = without_padding(text);
    const Boundary *found = g_hash_table_lookup(delimiters->newest, &key);
    return found != NULL && text.size <= found->string->len ? found : NULL;
}

gboolean delimiters_match(const Delimiters *delimiters, Octets octets, gsize line, Delimiter *found)
{
    gsize next = octets_next_line(octets, line);
    if (delimiters_count(delimiters) == 0 || next - line < 2 ||
        memcmp(octets.data + line, "--", 2) != 0)
        return FALSE;
    gsize end = octets_line_ending(octets, next);
    Octets text = without_padding(octets_slice(octets, line + 2, MAX(line + 2, end)));
    const Boundary *boundary = g_hash_table_lookup(delimiters->newest, &text);
    const Boundary *closed = find_closed(delimiters, text);
    if (boundary == NULL && closed == NULL)
        return FALSE;
    gboolean closes = boundary == NULL || (closed != NULL && closed->tag > boundary->tag);
    *found = (Delimiter){line, next, (closes ? closed : boundary)->tag, closes};
    return TRUE;
}

/* Where the next line that begins with "--" starts, after a line's start at or after `from`; the
 * size where there is none. A hyphen is rare in a body. */
static gsize next_dashes(Octets octets, gsize from)
{
    const char *end = octets.data + octets.size;
    const char *at = octets.data + from + 1;
    while (at < end && (at = memchr(at, '-', (gsize)(end - at))) != NULL) {
        if (at[-1] == '\n' && at + 1 < end && at[1] == '-')
            return (gsize)(at - octets.data);
        at++;
    }
    return octets.size;
}

gboolean delimiters_next(const Delimiters *delimiters, Octets octets, gsize from, Delimiter *found)
{
    if (delimiters_count(delimiters) == 0)
        return FALSE;
    for (gsize line = from; line < octets.size; line = next_dashes(octets, line)) {
        if (delimiters_match(delimiters, octets, line, found))
            return TRUE;
    }
    return FALSE;
}

void delimiters_clear(Delimiters *delimiters)
{
    g_clear_pointer(&delimiters->newest, g_hash_table_unref);
    g_clear_pointer(&delimiters->open, g_ptr_array_unref);
}
