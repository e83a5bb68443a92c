/* SPDX-License-Identifier: BSD-2-Clause */
#include "session.h"

#include "slots.h"
#include "spool.h"
#include "token_search.h"

#include <string.h>

/* What Postfix counts beside the octets that a milter sees: the envelope, its own trace field, the
 * lengths of lines, marks where edits begin. About 1,000 octets, and 100 for each recipient. */
#define MTA_OVERHEAD ((gsize)128 * 1024)

struct Session {
    const Settings *settings;
    char *sender; /* NULL: unknown */
    Spool spool;  /* the kept fields, a blank line, the body */
    TokenSearch search;
    gboolean matters; /* a field says that a calendar may follow */
    gsize body;       /* where the body begins in the spool */
    gsize octets;     /* of the whole message so far, kept or not */
    gboolean unread;
    GError *problem;
    Message message; /* of the spool; fields NULL before the plan */
};

/* All the engine looks at or changes. Every field of such a name is kept, so that its number among
 * them is the number that the MTA knows it by. */
static const struct {
    const char *name;
    gboolean decides; /* its value says whether the body can matter */
} kept_fields[] = {
    {"Content-Type", TRUE},
    {"Content-Disposition", TRUE},
    {"Content-Transfer-Encoding", FALSE},
    {"MIME-Version", FALSE},
    {"Date", FALSE},
    {"Message-ID", FALSE},
    {"DKIM-Signature", FALSE},
    {"Reply-By", FALSE},
    {"Expires", FALSE},
    {"Expiry-Date", FALSE},
    {"Deferred-Delivery", FALSE},
};

Session *session_new(const Settings *settings, Octets sender)
{
    Session *session = g_new0(Session, 1);
    session->settings = settings;
    session->sender = sender.size == 0 ? NULL : octets_dup(sender);
    spool_init(&session->spool, settings->memory_bytes);
    return session;
}

void session_free(Session *session)
{
    if (session == NULL)
        return;
    message_clear(&session->message);
    spool_clear(&session->spool);
    g_clear_error(&session->problem);
    g_free(session->sender);
    g_free(session);
}

static gboolean is_given_up(const Session *session)
{
    return session->unread || session->problem != NULL;
}

static void keep(Session *session, Octets octets)
{
    if (is_given_up(session))
        return;
    session->unread =
        octets.size > session->settings->policy.limits.message_bytes - session->spool.size;
    if (!session->unread && spool_add(&session->spool, octets, &session->problem))
        token_search_feed(&session->search, octets);
    else
        spool_clear(&session->spool);
}

void session_header(Session *session, const char *name, const char *value)
{
    session->octets += strlen(name) + strlen(": ") + strlen(value) + strlen("\r\n");
    for (gsize i = 0; i < G_N_ELEMENTS(kept_fields); i++) {
        if (g_ascii_strcasecmp(name, kept_fields[i].name) != 0)
            continue;
        session->matters |= kept_fields[i].decides && token_search_type_matters(value);
        keep(session, octets_of(name));
        keep(session, octets_of(": "));
        keep(session, octets_of(value));
        keep(session, octets_of("\r\n"));
        return;
    }
}

gboolean session_end_header(Session *session)
{
    keep(session, octets_of("\r\n"));
    session->body = session->spool.size;
    return session->matters;
}

gboolean session_body(Session *session, Octets chunk)
{
    session->octets += chunk.size;
    keep(session, chunk);
    return !is_given_up(session);
}

/* A line end in a field that is no fold would end the header early for the engine, and every
 * position in the body would be wrong. */
static gboolean read_message(Session *session)
{
    Octets octets;
    if (!spool_view(&session->spool, &octets, &session->problem))
        return FALSE;
    message_init(&session->message, octets);
    if (session->message.body == session->body)
        return TRUE;
    g_set_error_literal(&session->problem, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "a header field holds a line end that is no fold");
    return FALSE;
}

Plan *session_plan(Session *session, gint64 now)
{
    if (is_given_up(session) || !session->search.found || !read_message(session))
        return NULL;
    if (!spool_is_file(&session->spool))
        return repair_message(&session->message, &session->settings->policy, now);

    slots_take();
    Plan *plan = repair_message(&session->message, &session->settings->policy, now);
    spool_rest(&session->spool);
    slots_give();
    return plan;
}

gboolean session_has_room(const Session *session, gsize growth)
{
    gsize limit = session->settings->mta_bytes;
    return limit == 0 || session->octets > limit ||
           session->octets + growth + MTA_OVERHEAD <= limit;
}

gboolean session_is_unread(const Session *session)
{
    return session->unread;
}

const char *session_problem(const Session *session)
{
    return session->problem == NULL ? NULL : session->problem->message;
}

const Message *session_message(const Session *session)
{
    return session->message.fields == NULL ? NULL : &session->message;
}

void session_rest(Session *session)
{
    spool_rest(&session->spool);
}

const char *session_sender(const Session *session)
{
    return session->sender;
}
