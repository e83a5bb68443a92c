/* SPDX-License-Identifier: BSD-2-Clause
 *
 * passage: see passage.h.
 */
#include "cli/filter/passage.h"

#include "cli/filter/stream.h"
#include "common/mail/message.h"
#include "common/mail/token_search.h"
#include "common/transit/spool.h"

#include <string.h>

#define CHUNK (64 * 1024)

/* A header that is longer is not waited for: the message is then held. */
#define HEADER_MAX (256 * 1024)

typedef enum {
    STATE_HEADER, /* the header is not over */
    STATE_HOLD,   /* all so far is in the spool */
    STATE_PASS,   /* all so far has left */
} State;

struct Passage {
    const Settings *settings;
    State state;
    GByteArray *header; /* all so far, in STATE_HEADER */
    gsize line;         /* where its last line begins */
    Spool spool;
    TokenSearch search;
    Outcome outcome;
    GError *problem;
};

Passage *passage_new(const Settings *settings)
{
    Passage *passage = g_new0(Passage, 1);
    passage->settings = settings;
    passage->header = g_byte_array_new();
    passage->outcome = OUTCOME_NO_CALENDAR;
    spool_init(&passage->spool, settings->memory_bytes);
    return passage;
}

void passage_free(Passage *passage)
{
    if (passage == NULL)
        return;
    g_byte_array_unref(passage->header);
    spool_clear(&passage->spool);
    g_clear_error(&passage->problem);
    g_free(passage);
}

void passage_open(Passage *passage, Outcome outcome)
{
    passage->state = STATE_PASS;
    passage->outcome = outcome;
}

static gboolean write_piece(Octets piece, gpointer data)
{
    return stream_write(piece, data);
}

/* The output fails with its own error, a spool that cannot be read with another. */
gboolean passage_release(Passage *passage, GError **error)
{
    g_autoptr(GError) output = NULL;
    if (spool_pour(&passage->spool, write_piece, &output, error))
        return TRUE;
    if (output != NULL)
        g_propagate_error(error, g_steal_pointer(&output));
    return FALSE;
}

/* The message is held no longer. */
static gboolean give_up(Passage *passage, Outcome outcome, Octets chunk, GError **error)
{
    passage_open(passage, outcome);
    if (!passage_release(passage, error) || !stream_write(chunk, error))
        return FALSE;
    spool_clear(&passage->spool);
    return TRUE;
}

static gboolean hold(Passage *passage, Octets chunk, GError **error)
{
    if (chunk.size > passage->settings->policy.limits.message_bytes - passage->spool.size)
        return give_up(passage, OUTCOME_UNREAD, chunk, error);
    if (!spool_add(&passage->spool, chunk, &passage->problem))
        return give_up(passage, OUTCOME_FAILED, chunk, error);
    token_search_feed(&passage->search, chunk);
    return TRUE;
}

/* TRUE when a blank line ends the header. `line` is where its last line begins, and goes on; no
 * line ends between that and `from`. */
static gboolean has_blank_line(Octets octets, gsize *line, gsize from)
{
    for (;;) {
        Octets rest = octets_slice(octets, *line, octets.size);
        if (octets_has_prefix(rest, "\n") || octets_has_prefix(rest, "\r\n"))
            return TRUE;
        gsize start = MAX(*line, from);
        const char *end = memchr(octets.data + start, '\n', octets.size - start);
        if (end == NULL)
            return FALSE;
        *line = (gsize)(end - octets.data) + 1;
    }
}

static gboolean header_matters(Octets octets)
{
    g_auto(Message) message = {0};
    message_init(&message, octets);
    for (guint i = 0; i < message.fields->len; i++) {
        const HeaderField *field = &g_array_index(message.fields, HeaderField, i);
        g_autofree char *name = octets_dup(message_field_name(&message, field));
        g_autofree char *value = octets_dup(message_field_value(&message, field));
        if (token_search_field_matters(name, value))
            return TRUE;
    }
    return FALSE;
}

/* `whole`: nothing of the header is missing. */
static gboolean end_header(Passage *passage, gboolean whole, GError **error)
{
    Octets octets = {(const char *)passage->header->data, passage->header->len};
    gboolean matters = !whole || header_matters(octets);
    passage->state = STATE_HOLD;
    gboolean good = matters ? hold(passage, octets, error)
                            : give_up(passage, OUTCOME_HEADER_ONLY, octets, error);
    g_byte_array_set_size(passage->header, 0);
    return good;
}

static gboolean gather_header(Passage *passage, Octets chunk, GError **error)
{
    g_byte_array_append(passage->header, (const guint8 *)chunk.data, (guint)chunk.size);
    Octets octets = {(const char *)passage->header->data, passage->header->len};
    if (has_blank_line(octets, &passage->line, octets.size - chunk.size))
        return end_header(passage, TRUE, error);
    return octets.size < HEADER_MAX || end_header(passage, FALSE, error);
}

static gboolean take(Passage *passage, Octets chunk, GError **error)
{
    switch (passage->state) {
    case STATE_HEADER:
        return gather_header(passage, chunk, error);
    case STATE_HOLD:
        return hold(passage, chunk, error);
    case STATE_PASS:
        return stream_write(chunk, error);
    }
    g_assert_not_reached();
}

/* What is held and cannot matter leaves. */
static PassageEnd end_message(Passage *passage, GError **error)
{
    if (passage->state == STATE_HEADER && !end_header(passage, TRUE, error))
        return PASSAGE_BROKEN;
    if (passage->state == STATE_PASS)
        return PASSAGE_GONE;
    if (passage->search.found)
        return PASSAGE_HELD;
    return passage_release(passage, error) ? PASSAGE_GONE : PASSAGE_BROKEN;
}

PassageEnd passage_read(Passage *passage, GError **error)
{
    char chunk[CHUNK];
    gssize got;
    while ((got = stream_read(chunk, sizeof chunk, error)) > 0) {
        if (!take(passage, (Octets){chunk, (gsize)got}, error))
            return PASSAGE_BROKEN;
    }
    return got < 0 ? PASSAGE_BROKEN : end_message(passage, error);
}

gboolean passage_view(Passage *passage, Octets *octets, GError **error)
{
    return spool_view(&passage->spool, octets, error);
}

void passage_rest(Passage *passage)
{
    spool_rest(&passage->spool);
}

Outcome passage_outcome(const Passage *passage)
{
    return passage->outcome;
}

const char *passage_problem(const Passage *passage)
{
    return passage->problem == NULL ? NULL : passage->problem->message;
}
