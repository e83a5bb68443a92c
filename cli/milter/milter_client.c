/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_client: see milter_client.h. A message is a run of steps; a row of the table says for each
 * how it is named on the wire, how a milter asks not to get it, and how not to answer it. Macros go
 * out also for a step that is skipped, as both MTAs do it: later steps may need them.
 */
#include "cli/milter/milter_client.h"

#include "cli/milter/milter_reply.h"
#include "cli/milter/milter_socket.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <string.h>

#define OLDEST_VERSION  2
#define DATA_VERSION    4
#define PROGRESS_MAX    1000
#define NEGOTIATED_SIZE (3 * sizeof(guint32))
#define NO_STAGE        (-1)

struct MilterClient {
    MilterWire *wire;
    MilterTerms terms;
    gboolean in_session;
    MilterVerdict session_verdict; /* what CONNECT and HELO ended with */
    const char *session_step;
};

typedef struct {
    const char *name;
    char command;
    guint32 skip;     /* the milter does not want it */
    guint32 no_reply; /* the milter does not answer it */
    int stage;        /* of its macros */
} Step;

static const Step STEP_CONNECT = {"connect", SMFIC_CONNECT, SMFIP_NOCONNECT, SMFIP_NR_CONN,
                                  SMFIM_CONNECT};
static const Step STEP_HELO = {"helo", SMFIC_HELO, SMFIP_NOHELO, SMFIP_NR_HELO, SMFIM_HELO};
static const Step STEP_MAIL = {"mail", SMFIC_MAIL, SMFIP_NOMAIL, SMFIP_NR_MAIL, SMFIM_ENVFROM};
static const Step STEP_RCPT = {"rcpt", SMFIC_RCPT, SMFIP_NORCPT, SMFIP_NR_RCPT, SMFIM_ENVRCPT};
static const Step STEP_DATA = {"data", SMFIC_DATA, SMFIP_NODATA, SMFIP_NR_DATA, SMFIM_DATA};
static const Step STEP_HEADER = {"header", SMFIC_HEADER, SMFIP_NOHDRS, SMFIP_NR_HDR, NO_STAGE};
static const Step STEP_EOH = {"end of headers", SMFIC_EOH, SMFIP_NOEOH, SMFIP_NR_EOH, SMFIM_EOH};
static const Step STEP_BODY = {"body", SMFIC_BODY, SMFIP_NOBODY, SMFIP_NR_BODY, NO_STAGE};
static const Step STEP_END = {"end of message", SMFIC_BODYEOB, 0, 0, SMFIM_EOM};

/* What macros can say at one step; NULL: not known. */
typedef struct {
    const char *mta_name;
    const char *daemon_name;
    const char *client_address;
    const char *client_name;
    const char *sender;
    const char *recipient;
    const char *queue_id;
} MacroValues;

/* The macros, and the stages at which they are sent to a milter that names none. */
static const struct {
    const char *name;
    guint stages;
    gsize value;
} MACROS[] = {
    {"j", 1 << SMFIM_CONNECT, G_STRUCT_OFFSET(MacroValues, mta_name)},
    {"{daemon_name}", 1 << SMFIM_CONNECT, G_STRUCT_OFFSET(MacroValues, daemon_name)},
    {"{client_addr}", 0, G_STRUCT_OFFSET(MacroValues, client_address)},
    {"{client_name}", 0, G_STRUCT_OFFSET(MacroValues, client_name)},
    {"{mail_addr}", 1 << SMFIM_ENVFROM, G_STRUCT_OFFSET(MacroValues, sender)},
    {"{rcpt_addr}", 1 << SMFIM_ENVRCPT, G_STRUCT_OFFSET(MacroValues, recipient)},
    {"i", 1 << SMFIM_DATA | 1 << SMFIM_EOH | 1 << SMFIM_EOM,
     G_STRUCT_OFFSET(MacroValues, queue_id)},
};

static gboolean client_failed(const char *why, GError **error)
{
    g_set_error(error, MILTER_CLIENT_ERROR, MILTER_CLIENT_ERROR_PROTOCOL, "%s", why);
    return FALSE;
}

static guint32 read_number(Octets data, gsize offset)
{
    guint32 number;
    memcpy(&number, data.data + offset, sizeof number);
    return ntohl(number);
}

/* The lists of macros behind the three numbers of the negotiation: stage, names, NUL. */
static gboolean read_macro_lists(Octets data, MilterTerms *terms)
{
    while (data.size > sizeof(guint32)) {
        guint32 stage = read_number(data, 0);
        const char *names = data.data + sizeof stage;
        const char *end = memchr(names, '\0', data.size - sizeof stage);
        if (stage >= MILTER_STAGES || end == NULL)
            return FALSE;
        g_free(terms->macros[stage]);
        terms->macros[stage] = g_strdup(names);
        data = octets_slice(data, (gsize)(end - data.data) + 1, data.size);
    }
    return data.size == 0;
}

static gboolean client_negotiate(MilterClient *client, GError **error)
{
    MilterPacket packet;
    MilterTerms *terms = &client->terms;
    milter_wire_begin(client->wire, SMFIC_OPTNEG);
    milter_wire_add_number(client->wire, SMFI_PROT_VERSION);
    milter_wire_add_number(client->wire, SMFI_CURR_ACTS);
    milter_wire_add_number(client->wire, SMFI_CURR_PROT);
    milter_wire_end(client->wire);
    if (!milter_wire_get(client->wire, &packet, error))
        return FALSE;
    if (packet.command != SMFIC_OPTNEG || packet.data.size < NEGOTIATED_SIZE)
        return client_failed("the milter did not negotiate", error);
    terms->version = read_number(packet.data, 0);
    terms->actions = read_number(packet.data, sizeof(guint32));
    terms->steps = read_number(packet.data, 2 * sizeof(guint32));
    if (terms->version < OLDEST_VERSION || terms->version > SMFI_PROT_VERSION)
        return client_failed("the milter speaks another version of the protocol", error);
    if ((terms->actions & ~(guint32)SMFI_CURR_ACTS) != 0 ||
        (terms->steps & ~(guint32)SMFI_CURR_PROT) != 0)
        return client_failed("the milter asked for more than it was offered", error);
    if (!read_macro_lists(octets_slice(packet.data, NEGOTIATED_SIZE, packet.data.size), terms))
        return client_failed("the milter's lists of macros are malformed", error);
    return TRUE;
}

MilterClient *milter_client_open(const char *name, double timeout, GError **error)
{
    int fd = milter_socket_connect(name, timeout, error);
    if (fd < 0)
        return NULL;
    MilterClient *client = g_new0(MilterClient, 1);
    client->wire = milter_wire_new(fd, timeout);
    if (client_negotiate(client, error))
        return client;
    milter_client_close(client);
    return NULL;
}

void milter_client_close(MilterClient *client)
{
    if (client == NULL)
        return;
    if (milter_wire_is_usable(client->wire)) {
        milter_wire_begin(client->wire, SMFIC_QUIT);
        milter_wire_end(client->wire);
        milter_wire_flush(client->wire, NULL);
    }
    milter_wire_free(client->wire);
    for (gsize i = 0; i < MILTER_STAGES; i++)
        g_free(client->terms.macros[i]);
    g_free(client);
}

const MilterTerms *milter_client_terms(const MilterClient *client)
{
    return &client->terms;
}

/* TRUE when `name` is a word of the blank- or comma-separated list. */
static gboolean list_has(const char *list, const char *name)
{
    gsize size = strlen(name);
    for (const char *at = list; (at = strstr(at, name)) != NULL; at += size) {
        gboolean begins = at == list || strchr(" ,", at[-1]) != NULL;
        if (begins && strchr(" ,", at[size]) != NULL)
            return TRUE;
    }
    return FALSE;
}

static void put_macros(MilterClient *client, const Step *step, const MacroValues *values)
{
    gboolean begun = FALSE;
    if (step->stage == NO_STAGE)
        return;
    const char *asked = client->terms.macros[step->stage];
    for (gsize i = 0; i < G_N_ELEMENTS(MACROS); i++) {
        const char *value = G_STRUCT_MEMBER(const char *, values, MACROS[i].value);
        gboolean wanted = asked != NULL ? list_has(asked, MACROS[i].name)
                                        : (MACROS[i].stages & 1u << step->stage) != 0;
        if (value == NULL || !wanted)
            continue;
        if (!begun) {
            milter_wire_begin(client->wire, SMFIC_MACRO);
            milter_wire_add_octets(client->wire, (Octets){.data = &step->command, .size = 1});
            begun = TRUE;
        }
        milter_wire_add_string(client->wire, octets_of(MACROS[i].name));
        milter_wire_add_string(client->wire, octets_of(value));
    }
    if (begun)
        milter_wire_end(client->wire);
}

/* The macros at a step of `mail`; the queue id is there from DATA on, as with Postfix. */
static MacroValues macro_values(const MilterMail *mail, const char *recipient, gboolean queued)
{
    return (MacroValues){
        .mta_name = mail->mta_name,
        .daemon_name = mail->daemon_name,
        .client_address = mail->client_address,
        .client_name = mail->client_name,
        .sender = mail->sender,
        .recipient = recipient,
        .queue_id = queued ? mail->queue_id : NULL,
    };
}

static gboolean step_is_skipped(const MilterClient *client, const Step *step)
{
    return (client->terms.steps & step->skip) != 0;
}

/* Reads answers until a verdict. Edits count at the end of the message only. */
static gboolean client_await(MilterClient *client, const Step *step, MilterResult *result,
                             GError **error)
{
    MilterPacket packet;
    while (milter_wire_get(client->wire, &packet, error)) {
        if (result->body_replaced && packet.command != SMFIR_REPLBODY)
            result->body_ended = TRUE;
        if (packet.command == SMFIR_PROGRESS) {
            if (++result->progress > PROGRESS_MAX)
                return client_failed("the milter asks for patience without end", error);
        } else if (milter_reply_verdict(&packet, result)) {
            result->step = step->name;
            if (result->verdict == MILTER_SKIP && step != &STEP_BODY)
                return client_failed("the milter answered skip where there is no body", error);
            return TRUE;
        } else if (step != &STEP_END) {
            g_set_error(error, MILTER_CLIENT_ERROR, MILTER_CLIENT_ERROR_PROTOCOL,
                        "the answer to %s is none of the milter protocol", step->name);
            return FALSE;
        } else if (!milter_reply_edit(&packet, client->terms.actions, result, error)) {
            return FALSE;
        }
    }
    return FALSE;
}

/* Waits for the answer to a step, if the milter gives one. */
static gboolean step_answer(MilterClient *client, const Step *step, MilterResult *result,
                            GError **error)
{
    if ((client->terms.steps & step->no_reply) != 0)
        return TRUE;
    return client_await(client, step, result, error);
}

/* Ends the packet of a step and takes the answer. */
static gboolean step_end(MilterClient *client, const Step *step, MilterResult *result,
                         GError **error)
{
    milter_wire_end(client->wire);
    return step_answer(client, step, result, error);
}

static gboolean send_connect(MilterClient *client, const MilterMail *mail, MilterResult *result,
                             GError **error)
{
    MacroValues values = macro_values(mail, NULL, FALSE);
    const char *address = mail->client_address != NULL ? mail->client_address : "127.0.0.1";
    const char *name = mail->client_name != NULL ? mail->client_name : "localhost";
    char family = strchr(address, ':') != NULL ? SMFIA_INET6 : SMFIA_INET;
    put_macros(client, &STEP_CONNECT, &values);
    if (step_is_skipped(client, &STEP_CONNECT))
        return TRUE;
    milter_wire_begin(client->wire, STEP_CONNECT.command);
    milter_wire_add_string(client->wire, octets_of(name));
    milter_wire_add_octets(client->wire, (Octets){.data = &family, .size = 1});
    milter_wire_add_port(client->wire, 0);
    milter_wire_add_string(client->wire, octets_of(address));
    return step_end(client, &STEP_CONNECT, result, error);
}

static gboolean send_helo(MilterClient *client, const MilterMail *mail, MilterResult *result,
                          GError **error)
{
    MacroValues values = macro_values(mail, NULL, FALSE);
    put_macros(client, &STEP_HELO, &values);
    if (step_is_skipped(client, &STEP_HELO))
        return TRUE;
    milter_wire_begin(client->wire, STEP_HELO.command);
    milter_wire_add_string(client->wire, octets_of(mail->helo != NULL ? mail->helo : "localhost"));
    return step_end(client, &STEP_HELO, result, error);
}

/* MAIL or RCPT with its address. */
static gboolean send_address(MilterClient *client, const Step *step, const char *address,
                             const MacroValues *values, MilterResult *result, GError **error)
{
    put_macros(client, step, values);
    if (step_is_skipped(client, step))
        return TRUE;
    milter_wire_begin(client->wire, step->command);
    milter_wire_add_octets(client->wire, octets_of("<"));
    milter_wire_add_octets(client->wire, octets_of(address));
    milter_wire_add_string(client->wire, octets_of(">"));
    return step_end(client, step, result, error);
}

static gboolean send_sender(MilterClient *client, const MilterMail *mail, MilterResult *result,
                            GError **error)
{
    MacroValues values = macro_values(mail, NULL, FALSE);
    return send_address(client, &STEP_MAIL, mail->sender, &values, result, error);
}

/* A refusal of one recipient ends the message only when no other is left. */
static gboolean send_recipients(MilterClient *client, const MilterMail *mail, MilterResult *result,
                                GError **error)
{
    for (const char *const *each = mail->recipients; each != NULL && *each != NULL; each++) {
        MacroValues values = macro_values(mail, *each, FALSE);
        result->verdict = MILTER_CONTINUE;
        if (!send_address(client, &STEP_RCPT, *each, &values, result, error))
            return FALSE;
        if (result->verdict == MILTER_ACCEPT || result->verdict == MILTER_DISCARD)
            return TRUE;
        result->recipients += result->verdict == MILTER_CONTINUE;
    }
    if (result->recipients > 0)
        result->verdict = MILTER_CONTINUE;
    return TRUE;
}

/* A step that is only its letter. */
static gboolean send_bare(MilterClient *client, const MilterMail *mail, const Step *step,
                          MilterResult *result, GError **error)
{
    MacroValues values = macro_values(mail, NULL, TRUE);
    put_macros(client, step, &values);
    if (step_is_skipped(client, step))
        return TRUE;
    milter_wire_begin(client->wire, step->command);
    return step_end(client, step, result, error);
}

static gboolean send_data(MilterClient *client, const MilterMail *mail, MilterResult *result,
                          GError **error)
{
    if (client->terms.version < DATA_VERSION)
        return TRUE;
    return send_bare(client, mail, &STEP_DATA, result, error);
}

static Octets without_leading_blanks(Octets value)
{
    gsize start = 0;
    while (start < value.size && octet_is_blank(value.data[start]))
        start++;
    return octets_slice(value, start, value.size);
}

static gboolean send_headers(MilterClient *client, const MilterMail *mail, MilterResult *result,
                             GError **error)
{
    gboolean keep_blank = (client->terms.steps & SMFIP_HDR_LEADSPC) != 0;
    if (step_is_skipped(client, &STEP_HEADER))
        return TRUE;
    for (gsize i = 0; i < mail->headers_count && result->verdict == MILTER_CONTINUE; i++) {
        Octets value = mail->headers[i].value;
        milter_wire_begin(client->wire, STEP_HEADER.command);
        milter_wire_add_string(client->wire, mail->headers[i].name);
        milter_wire_add_string(client->wire, keep_blank ? value : without_leading_blanks(value));
        if (!step_end(client, &STEP_HEADER, result, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean send_end_of_headers(MilterClient *client, const MilterMail *mail,
                                    MilterResult *result, GError **error)
{
    return send_bare(client, mail, &STEP_EOH, result, error);
}

static gboolean send_body(MilterClient *client, const MilterMail *mail, MilterResult *result,
                          GError **error)
{
    if (step_is_skipped(client, &STEP_BODY))
        return TRUE;
    for (gsize at = 0; at < mail->body.size; at += MILTER_CHUNK_SIZE) {
        gsize end = MIN(at + MILTER_CHUNK_SIZE, mail->body.size);
        Octets chunk = octets_slice(mail->body, at, end);
        if (!milter_wire_put(client->wire, STEP_BODY.command, chunk, error) ||
            !step_answer(client, &STEP_BODY, result, error))
            return FALSE;
        if (result->verdict != MILTER_CONTINUE)
            break;
    }
    if (result->verdict == MILTER_SKIP) {
        result->verdict = MILTER_CONTINUE;
        result->body_skipped = TRUE;
    }
    return TRUE;
}

static gboolean send_end(MilterClient *client, const MilterMail *mail, MilterResult *result,
                         GError **error)
{
    return send_bare(client, mail, &STEP_END, result, error);
}

static gboolean (*const SESSION_STEPS[])(MilterClient *, const MilterMail *, MilterResult *,
                                         GError **) = {send_connect, send_helo};

static gboolean (*const MESSAGE_STEPS[])(MilterClient *, const MilterMail *, MilterResult *,
                                         GError **) = {
    send_sender, send_recipients, send_data, send_headers, send_end_of_headers, send_body, send_end,
};

static gboolean client_begin_session(MilterClient *client, const MilterMail *mail,
                                     MilterResult *result, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(SESSION_STEPS); i++) {
        if (!SESSION_STEPS[i](client, mail, result, error))
            return FALSE;
        if (result->verdict != MILTER_CONTINUE)
            break;
    }
    client->in_session = TRUE;
    client->session_verdict = result->verdict;
    client->session_step = result->step;
    return TRUE;
}

/* Ends a message whose verdict fell early. */
static gboolean client_abort(MilterClient *client, GError **error)
{
    milter_wire_begin(client->wire, SMFIC_ABORT);
    milter_wire_end(client->wire);
    return milter_wire_flush(client->wire, error);
}

gboolean milter_client_send(MilterClient *client, const MilterMail *mail, MilterResult *result,
                            GError **error)
{
    const gsize last = G_N_ELEMENTS(MESSAGE_STEPS) - 1;
    milter_result_reset(result);
    if (!client->in_session && !client_begin_session(client, mail, result, error))
        return FALSE;
    result->verdict = client->session_verdict;
    result->step = client->session_step;
    if (result->verdict != MILTER_CONTINUE)
        return TRUE;
    for (gsize i = 0; i <= last; i++) {
        if (!MESSAGE_STEPS[i](client, mail, result, error))
            return FALSE;
        if (result->verdict != MILTER_CONTINUE && i < last)
            return client_abort(client, error);
    }
    return TRUE;
}
