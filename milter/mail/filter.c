/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/filter.h"

#include "common/transit/exemption.h"
#include "milter/mail/finish.h"
#include "milter/mail/incoming.h"
#include "milter/service/connections.h"
#include "milter/service/gate.h"
#include "milter/service/origin.h"
#include "milter/service/overload.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <string.h>

#define ACTIONS (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | SMFIF_SETSYMLIST)

/* CONNECT, MAIL, RCPT and header fields are never answered: libmilter answers in our place where
 * the MTA wants it. DATA is asked for and answered: all that can exempt a message is known then,
 * and over TCP the first header field would else wait for the acknowledgement of the macros of the
 * skipped steps. A body chunk is answered, too: an MTA may send the last one together with the end
 * of the message, to which libmilter does not come after a chunk that has no answer. CONNECT and
 * RCPT are asked for whether the settings exempt anything or not, since a reload may change that
 * while connections are open. The blank behind the colon of a field is asked for, where it is
 * known, so that a field that is changed keeps the octets that are not. */
#define STEPS                                                                                      \
    (SMFIP_NOHELO | SMFIP_NOUNKNOWN | SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_RCPT |              \
     SMFIP_NR_HDR | SMFIP_SKIP | SMFIP_HDR_LEADSPC)

#define LOGIN  "{auth_authen}"
#define DAEMON "{daemon_name}"
#define SIZE   "SIZE="

/* The largest command that is taken from the MTA: libmilter closes the connection on a larger one,
 * and without this on a header field of 64 KiB, which Postfix lets through (header_size_limit). */
#define COMMAND_OCTETS (1024 * 1024)

/* The daemon and the login are looked at once all recipients are known, the others at the end of a
 * message that has an event. */
static const struct {
    int stage;
    const char *macros;
} macro_lists[] = {
    {SMFIM_CONNECT, DAEMON}, {SMFIM_HELO, ""}, {SMFIM_ENVFROM, ""}, {SMFIM_ENVRCPT, ""},
    {SMFIM_DATA, LOGIN},     {SMFIM_EOH, ""},  {SMFIM_EOM, "i j"},
};

/* Where a connection stands to the gate. */
typedef enum {
    GATE_OUTSIDE,
    GATE_INSIDE,     /* its message is under way */
    GATE_UNANSWERED, /* its message has left, and the answer may not be written yet */
    GATE_TOO_LATE,   /* its message came when the gate was shut */
} GateState;

typedef struct {
    Daemon *daemon;                /* in force when its message began */
    Incoming *incoming;            /* its message; NULL between messages */
    Exemption exemption;           /* of its message */
    char client[INET6_ADDRSTRLEN]; /* empty: none that has an address */
    const char *listener;          /* its name, or NULL */
    MilterTerms terms;
    gboolean placed; /* it is one of max-sessions */
    gboolean judged; /* DATA has come: its message is not exempt */
    GateState gate;
    gboolean skip_known; /* the MTA understands SMFIS_SKIP */
} Connection;

/* libmilter has written the answer to the callback before. */
static void note_answer(Connection *connection)
{
    if (connection->gate != GATE_UNANSWERED)
        return;
    gate_answered();
    connection->gate = GATE_OUTSIDE;
}

/* Whose callback this is. */
static Connection *connection_of(SMFICTX *context)
{
    Connection *connection = smfi_getpriv(context);
    if (connection != NULL) {
        note_answer(connection);
        return connection;
    }
    connection = g_new0(Connection, 1);
    connection->daemon = daemon_take();
    connection->placed = connections_enter(connection->daemon->settings);
    connection->listener = origin_of_callback();
    connection->terms.actions = ACTIONS;
    smfi_setpriv(context, connection);
    metrics_add(METRIC_CONNECTIONS, 1);
    metrics_add(METRIC_CONNECTIONS_TOTAL, 1);
    return connection;
}

/* The message in hand; where the MTA has named no sender it begins here. */
static Incoming *incoming_of(Connection *connection)
{
    if (connection->incoming == NULL)
        connection->incoming = incoming_new(connection->daemon->settings, octets_of(NULL),
                                            connection->terms.leading_blank);
    return connection->incoming;
}

/* All of the envelope is known when the message itself begins. */
static void choose_policy(SMFICTX *context, Connection *connection)
{
    if (connection->daemon->settings->sections->len > 0)
        incoming_choose(incoming_of(connection), connection->client,
                        smfi_getsymval(context, (char *)DAEMON), connection->listener);
}

static void enter_message(SMFICTX *context, Connection *connection)
{
    if (connection->gate != GATE_OUTSIDE)
        return;
    connection->gate = gate_enter() ? GATE_INSIDE : GATE_TOO_LATE;
    choose_policy(context, connection);
}

/* The message is answered now. */
static void end_message(Connection *connection, Outcome outcome)
{
    g_clear_pointer(&connection->incoming, incoming_free);
    metrics_count_outcome(outcome);
    if (connection->gate == GATE_INSIDE) {
        gate_leave_with_answer();
        connection->gate = GATE_UNANSWERED;
    }
}

/* The message, if there is one, is over without an answer. */
static void drop_message(Connection *connection)
{
    g_clear_pointer(&connection->incoming, incoming_free);
    if (connection->gate == GATE_INSIDE) {
        metrics_count_outcome(OUTCOME_ABORTED);
        gate_leave();
    }
    connection->gate = GATE_OUTSIDE;
}

static sfsistat on_negotiate(SMFICTX *context, unsigned long actions, unsigned long steps,
                             unsigned long reserved2, unsigned long reserved3,
                             unsigned long *wanted_actions, unsigned long *wanted_steps,
                             unsigned long *wanted2, unsigned long *wanted3)
{
    (void)reserved2;
    (void)reserved3;
    Connection *connection = connection_of(context);
    connection->terms.actions = ACTIONS & actions;
    connection->terms.leading_blank = (steps & SMFIP_HDR_LEADSPC) != 0;
    connection->skip_known = (steps & SMFIP_SKIP) != 0;
    *wanted_actions = connection->terms.actions;
    *wanted_steps = STEPS & steps;
    *wanted2 = 0;
    *wanted3 = 0;
    if ((actions & SMFIF_SETSYMLIST) == 0)
        return SMFIS_CONTINUE;
    for (gsize i = 0; i < G_N_ELEMENTS(macro_lists); i++)
        smfi_setsymlist(context, macro_lists[i].stage, (char *)macro_lists[i].macros);
    return SMFIS_CONTINUE;
}

/* An address without its angle brackets; <> stays what it is. */
static Octets bare_address(Octets path)
{
    gboolean bracketed = path.size > 2 && path.data[0] == '<' && path.data[path.size - 1] == '>';
    return bracketed ? octets_slice(path, 1, path.size - 1) : path;
}

static sfsistat on_connect(SMFICTX *context, char *host, _SOCK_ADDR *address)
{
    (void)host;
    Connection *connection = connection_of(context);
    const struct sockaddr *client = (const struct sockaddr *)address;
    const void *number = NULL;
    connection->client[0] = '\0';
    if (client != NULL && client->sa_family == AF_INET)
        number = &((const struct sockaddr_in *)(const void *)client)->sin_addr;
    else if (client != NULL && client->sa_family == AF_INET6)
        number = &((const struct sockaddr_in6 *)(const void *)client)->sin6_addr;
    if (number != NULL)
        inet_ntop(client->sa_family, number, connection->client, sizeof connection->client);
    return SMFIS_NOREPLY;
}

/* What the client says of its size (RFC 1870); 0 where it says nothing. */
static gsize announced_size(char **arguments)
{
    for (char **parameter = arguments + 1; *parameter != NULL; parameter++) {
        if (g_ascii_strncasecmp(*parameter, SIZE, strlen(SIZE)) == 0)
            return g_ascii_strtoull(*parameter + strlen(SIZE), NULL, 10);
    }
    return 0;
}

static sfsistat on_mail(SMFICTX *context, char **arguments)
{
    Connection *connection = connection_of(context);
    Octets sender = bare_address(octets_of(arguments[0]));
    drop_message(connection);
    daemon_drop(connection->daemon);
    connection->daemon = daemon_take();
    connection->exemption = exemption_begin(connection->daemon->settings, sender);
    connection->judged = FALSE;
    connection->incoming =
        incoming_new(connection->daemon->settings, sender, connection->terms.leading_blank);
    incoming_announce(connection->incoming, announced_size(arguments));
    return SMFIS_NOREPLY;
}

static sfsistat on_recipient(SMFICTX *context, char **arguments)
{
    Connection *connection = connection_of(context);
    Octets recipient = bare_address(octets_of(arguments[0]));
    exemption_recipient(&connection->exemption, connection->daemon->settings, recipient);
    incoming_recipient(incoming_of(connection), recipient);
    return SMFIS_NOREPLY;
}

static gboolean is_exempt(SMFICTX *context, const Connection *connection)
{
    const char *login = smfi_getsymval(context, (char *)LOGIN);
    return exemption_holds(&connection->exemption, connection->daemon->settings, connection->client,
                           login);
}

/* Whether this message is to come again later. */
static gboolean is_put_off(Connection *connection)
{
    if (!connection->placed)
        connection->placed = connections_enter(connection->daemon->settings);
    if (!connection->placed)
        overload_report(OVERLOAD_SESSIONS, NULL);
    return !connection->placed || !gate_is_open();
}

static sfsistat on_data(SMFICTX *context)
{
    Connection *connection = connection_of(context);
    connection->judged = TRUE;
    if (is_exempt(context, connection)) {
        end_message(connection, OUTCOME_EXEMPT);
        return SMFIS_ACCEPT;
    }
    if (!is_put_off(connection))
        return SMFIS_CONTINUE;
    end_message(connection, OUTCOME_PUT_OFF);
    return SMFIS_TEMPFAIL;
}

static sfsistat on_header(SMFICTX *context, char *name, char *value)
{
    Connection *connection = connection_of(context);
    enter_message(context, connection);
    incoming_header(incoming_of(connection), name, value);
    return SMFIS_NOREPLY;
}

/* To be asked for each message once, at the end of its header. */
static gboolean is_wanted(SMFICTX *context, Connection *connection, Outcome *outcome)
{
    if (connection->gate == GATE_TOO_LATE) {
        *outcome = OUTCOME_PUT_OFF;
        return FALSE;
    }
    gboolean exempt =
        !connection->judged && is_exempt(context, connection); /* an MTA without DATA */
    *outcome = exempt ? OUTCOME_EXEMPT : OUTCOME_HEADER_ONLY;
    return !exempt && incoming_end_header(incoming_of(connection));
}

static sfsistat on_end_of_header(SMFICTX *context)
{
    Connection *connection = connection_of(context);
    Outcome outcome;
    enter_message(context, connection);
    if (is_wanted(context, connection, &outcome))
        return SMFIS_CONTINUE;
    end_message(connection, outcome);
    return outcome == OUTCOME_PUT_OFF ? SMFIS_TEMPFAIL : SMFIS_ACCEPT;
}

static sfsistat on_body(SMFICTX *context, unsigned char *data, size_t size)
{
    Connection *connection = connection_of(context);
    const Octets chunk = {(const char *)data, size};
    metrics_add(METRIC_BODY_BYTES, (gint64)size);
    gboolean more = incoming_body(incoming_of(connection), chunk);
    return more || !connection->skip_known ? SMFIS_CONTINUE : SMFIS_SKIP;
}

static sfsistat on_end_of_message(SMFICTX *context)
{
    Connection *connection = connection_of(context);
    enter_message(context, connection);
    Outcome outcome = connection->gate == GATE_TOO_LATE
                          ? OUTCOME_PUT_OFF
                          : finish_message(connection->daemon, context, &connection->terms,
                                           incoming_of(connection));
    end_message(connection, outcome);
    return outcome == OUTCOME_DEFERRED || outcome == OUTCOME_PUT_OFF ? SMFIS_TEMPFAIL
                                                                     : SMFIS_CONTINUE;
}

static sfsistat on_abort(SMFICTX *context)
{
    drop_message(connection_of(context));
    return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX *context)
{
    if (smfi_getpriv(context) == NULL)
        return SMFIS_CONTINUE;
    Connection *connection = connection_of(context);
    smfi_setpriv(context, NULL);
    drop_message(connection);
    if (connection->placed)
        connections_leave();
    daemon_drop(connection->daemon);
    g_free(connection);
    metrics_add(METRIC_CONNECTIONS, -1);
    return SMFIS_CONTINUE;
}

gboolean filter_register(void)
{
    smfi_setmaxdatasize(COMMAND_OCTETS);
    return smfi_register((struct smfiDesc){
               .xxfi_name = (char *)"calmend-milter",
               .xxfi_version = SMFI_VERSION,
               .xxfi_flags = ACTIONS,
               .xxfi_negotiate = on_negotiate,
               .xxfi_connect = on_connect,
               .xxfi_envfrom = on_mail,
               .xxfi_envrcpt = on_recipient,
               .xxfi_data = on_data,
               .xxfi_header = on_header,
               .xxfi_eoh = on_end_of_header,
               .xxfi_body = on_body,
               .xxfi_eom = on_end_of_message,
               .xxfi_abort = on_abort,
               .xxfi_close = on_close,
           }) == MI_SUCCESS;
}
