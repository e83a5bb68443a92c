/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/incoming.h"

#include "common/mail/token_search.h"
#include "common/transit/mta_limit.h"
#include "common/transit/spool.h"
#include "common/transit/verdict.h"
#include "milter/mail/original.h"
#include "milter/mail/slots.h"

#include <errno.h>
#include <string.h>

/* How long a large message waits for its turn. An MTA waits for minutes, and others behind it. */
#define SLOT_SECONDS 30

/* Octets of a body that are written at once. */
#define WRITE_STEP ((gsize)1024 * 1024)

struct Incoming {
    const Settings *settings;
    Choice *choice;        /* of a policy; NULL: [repair] */
    const Policy *policy;  /* that holds */
    const char *colon;     /* what stands between the name and the value of a field */
    char *sender;          /* NULL: unknown */
    GPtrArray *recipients; /* of the envelope */
    Spool spool;           /* the kept fields, a blank line, the body */
    Original *original;    /* NULL: none is kept */
    TokenSearch search;
    gboolean matters; /* a field says that a calendar may follow */
    gsize body;       /* where the body begins in the spool */
    gsize octets;     /* of the whole message so far, kept or not */
    gsize records;    /* of the message with a plan that changes it (mta_limit) */
    gboolean unread;
    gboolean late;
    GError *problem;
    Message message; /* of the spool; fields NULL before the plan */
};

Incoming *incoming_new(const Settings *settings, Octets sender, gboolean leading_blank)
{
    Incoming *incoming = g_new0(Incoming, 1);
    incoming->settings = settings;
    incoming->policy = &settings->policy;
    incoming->colon = leading_blank ? ":" : ": ";
    incoming->sender = sender.size == 0 ? NULL : octets_dup(sender);
    incoming->recipients = g_ptr_array_new_with_free_func(g_free);
    spool_init(&incoming->spool, settings->memory_bytes);
    if (settings->keep != NULL)
        incoming->original = original_new(settings);
    return incoming;
}

void incoming_free(Incoming *incoming)
{
    if (incoming == NULL)
        return;
    message_clear(&incoming->message);
    spool_clear(&incoming->spool);
    original_free(incoming->original);
    g_clear_error(&incoming->problem);
    g_ptr_array_unref(incoming->recipients);
    choice_free(incoming->choice);
    g_free(incoming->sender);
    g_free(incoming);
}

static gboolean is_given_up(const Incoming *incoming)
{
    return incoming->unread || incoming->problem != NULL;
}

static void keep(Incoming *incoming, Octets octets)
{
    if (is_given_up(incoming))
        return;
    incoming->unread =
        octets.size > incoming->settings->policy.limits.message_bytes - incoming->spool.size;
    if (!incoming->unread && spool_add(&incoming->spool, octets, &incoming->problem))
        token_search_feed(&incoming->search, octets);
    else
        spool_clear(&incoming->spool);
}

void incoming_announce(Incoming *incoming, gsize octets)
{
    incoming->spool.expected = octets;
}

void incoming_recipient(Incoming *incoming, Octets recipient)
{
    g_ptr_array_add(incoming->recipients, octets_dup(recipient));
}

void incoming_choose(Incoming *incoming, const char *client, const char *daemon,
                     const char *listener)
{
    const Envelope envelope = {
        .sender = incoming->sender,
        .recipients = incoming->recipients,
        .client = client,
        .daemon = daemon,
        .listener = listener,
    };
    incoming->choice = choice_new(incoming->settings, &envelope);
    if (incoming->choice != NULL)
        incoming->policy = incoming->choice->policy;
}

/* Every field of a name that the engine reads is kept, so that its number among them is the number
 * that the MTA knows it by. */
void incoming_header(Incoming *incoming, const char *name, const char *value)
{
    incoming->octets += strlen(name) + strlen(incoming->colon) + strlen(value) + strlen("\r\n");
    if (incoming->original != NULL)
        original_add_field(incoming->original, name, incoming->colon, value);
    if (!repair_reads(incoming->policy, name))
        return;
    incoming->matters |= token_search_field_matters(name, value);
    keep(incoming, octets_of(name));
    keep(incoming, octets_of(incoming->colon));
    keep(incoming, octets_of(value));
    keep(incoming, octets_of("\r\n"));
}

gboolean incoming_end_header(Incoming *incoming)
{
    keep(incoming, octets_of("\r\n"));
    incoming->body = incoming->spool.size;
    return incoming->matters;
}

gboolean incoming_body(Incoming *incoming, Octets chunk)
{
    incoming->octets += chunk.size;
    keep(incoming, chunk);
    return !is_given_up(incoming);
}

/* A line end in a field that is no fold would end the header early for the engine, and every
 * position in the body would be wrong. */
static gboolean read_message(Incoming *incoming)
{
    Octets octets;
    if (!spool_view(&incoming->spool, &octets, &incoming->problem))
        return FALSE;
    message_init(&incoming->message, octets);
    incoming->message.recipients = incoming->recipients->len > 0 ? incoming->recipients : NULL;
    if (incoming->message.body == incoming->body)
        return TRUE;
    g_set_error_literal(&incoming->problem, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "a header field holds a line end that is no fold");
    return FALSE;
}

/* What reads all of the message is done here, while few others do so. */
static Plan *make_plan(Incoming *incoming, guint switches, gint64 now)
{
    Plan *plan = verdict_plan(&incoming->message, incoming->policy, switches, now);
    if (plan_changes(plan))
        incoming->records = mta_limit_records(incoming->message.octets);
    return plan;
}

Plan *incoming_plan(Incoming *incoming, guint switches, gint64 now)
{
    if (is_given_up(incoming) || !incoming->search.found || !read_message(incoming))
        return NULL;
    if (!spool_is_large(&incoming->spool))
        return make_plan(incoming, switches, now);

    incoming->late = !slots_take(SLOT_SECONDS);
    if (incoming->late)
        return NULL;
    Plan *plan = make_plan(incoming, switches, now);
    spool_rest(&incoming->spool);
    slots_give();
    return plan;
}

/* The body as it came, behind the fields that were kept for the engine. */
static Octets body_of(const Incoming *incoming)
{
    return octets_slice(incoming->message.octets, incoming->body, incoming->message.octets.size);
}

/* What was read of a large body is given back step by step. */
gboolean incoming_write(Incoming *incoming, int file, GError **error)
{
    Octets body = body_of(incoming);
    if (!original_write_head(incoming->original, incoming->sender, incoming->recipients, file,
                             error))
        return FALSE;
    while (body.size > 0) {
        Octets step = octets_slice(body, 0, MIN(body.size, WRITE_STEP));
        if (!octets_write(step, file)) {
            g_set_error_literal(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                                g_strerror(errno));
            return FALSE;
        }
        body = octets_slice(body, step.size, body.size);
        spool_rest(&incoming->spool);
    }
    return TRUE;
}

gsize incoming_write_size(const Incoming *incoming)
{
    return original_head_size(incoming->original, incoming->sender, incoming->recipients) +
           body_of(incoming).size;
}

gboolean incoming_has_room(const Incoming *incoming, gsize growth, gsize taken)
{
    gsize kept = incoming->message.octets.size;
    gsize not_kept = incoming->octets - MIN(incoming->octets, kept);
    const MtaSize size = {
        .size = incoming->octets,
        .records = incoming->records,
        .uncertain = mta_limit_records_max(not_kept),
        .growth = growth,
        .recipients = incoming->recipients->len,
    };
    return mta_limit_allows(incoming->settings->mta_bytes, taken, &size);
}

gsize incoming_octets(const Incoming *incoming)
{
    return incoming->octets;
}

gboolean incoming_is_unread(const Incoming *incoming)
{
    return incoming->unread;
}

gboolean incoming_is_late(const Incoming *incoming)
{
    return incoming->late;
}

const char *incoming_problem(const Incoming *incoming)
{
    return incoming->problem == NULL ? NULL : incoming->problem->message;
}

const Message *incoming_message(const Incoming *incoming)
{
    return incoming->message.fields == NULL ? NULL : &incoming->message;
}

gboolean incoming_copy(const Incoming *incoming, Octets octets, char *to)
{
    return spool_copy(&incoming->spool, octets, to);
}

const Choice *incoming_choice(const Incoming *incoming)
{
    return incoming->choice;
}

const char *incoming_sender(const Incoming *incoming)
{
    return incoming->sender;
}
