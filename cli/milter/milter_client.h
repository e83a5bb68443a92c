/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_client: the MTA's side of the milter protocol, version 6.
 *
 * One client is one connection; it carries any number of messages, one after the other, as one SMTP
 * session would. All actions and steps are offered, and what the milter asks for is kept: steps
 * that it skips are not sent, those that it does not answer are not waited for. Packets are
 * gathered and written when an answer is needed. Every wait is bounded by the time-out.
 *
 * After an error (MILTER_CLIENT_ERROR) the connection is of no use any more: close it. A client
 * belongs to one thread.
 */
#ifndef CALMEND_MILTER_CLIENT_H
#define CALMEND_MILTER_CLIENT_H

#include "cli/milter/milter_wire.h"
#include "common/mail/octets.h"

/* SMFIM_CONNECT .. SMFIM_EOH: the stages for which a milter may name macros. */
#define MILTER_STAGES 7

/* A header field as the MTA passes it: folds as LF, no CR, no NUL. */
typedef struct {
    Octets name;
    Octets value; /* from the octet after the colon on, leading blank included */
} MilterHeader;

/* One message with its envelope. Borrowed: all of it must outlive milter_client_send. Strings may
 * be NULL, what they stand for is then left out. */
typedef struct {
    const char *client_name;       /* of the SMTP client; localhost for NULL */
    const char *client_address;    /* IPv4 or IPv6 in text form; 127.0.0.1 for NULL */
    const char *helo;              /* localhost for NULL */
    const char *sender;            /* without <>; the null sender for NULL */
    const char *const *recipients; /* without <>, NULL-terminated; NULL: none */
    const char *queue_id;          /* macro i, from DATA on */
    const char *mta_name;          /* macro j */
    const char *daemon_name;       /* macro {daemon_name} */
    const MilterHeader *headers;
    gsize headers_count;
    Octets body; /* with CR LF */
} MilterMail;

/* What the milter settled on. */
typedef struct {
    guint32 version;
    guint32 actions;             /* SMFIF_ bits */
    guint32 steps;               /* SMFIP_ bits */
    char *macros[MILTER_STAGES]; /* names asked for, by stage; NULL: the MTA's choice */
} MilterTerms;

typedef enum {
    MILTER_CONTINUE,
    MILTER_ACCEPT,
    MILTER_REJECT,
    MILTER_TEMPFAIL,
    MILTER_DISCARD,
    MILTER_REPLYCODE, /* MilterResult.reply has the text */
    MILTER_SHUTDOWN,  /* 421 */
    MILTER_CONNFAIL,
    MILTER_SKIP, /* no verdict: the rest of the body is not wanted */
} MilterVerdict;

/* One edit other than of the body, in the order in which they came. */
typedef struct {
    char command; /* SMFIR_ letter */
    guint32 index;
    char *name;  /* field name, or the one value of an edit without a field */
    char *value; /* field value, or ESMTP arguments; may be NULL */
} MilterEdit;

/* What the milter did with one message. Zero-initialized before its first use; may be used again
 * for the next message. milter_result_clear frees what it holds. */
typedef struct {
    MilterVerdict verdict;
    const char *step; /* where the verdict fell, such as "header"; static */
    char *reply;      /* of MILTER_REPLYCODE */
    guint recipients; /* that were not refused */
    guint progress;   /* how often it asked for patience */
    gboolean body_skipped;
    gboolean body_replaced;
    gboolean body_ended; /* something else came after the new body: MTAs take no more of it */
    GString *body;       /* the new one, when body_replaced */
    GArray *edits;       /* MilterEdit */
} MilterResult;

typedef struct MilterClient MilterClient;

/* Connects to the socket of that name (see milter_socket_connect) and negotiates. `timeout` in
 * seconds, more than 0: the longest wait for the connection, for one answer, and for the milter to
 * take what is written. NULL and MILTER_CLIENT_ERROR when there is no milter. Owned by the caller,
 * milter_client_close. */
MilterClient *milter_client_open(const char *name, double timeout, GError **error);

/* Says QUIT and closes. Takes NULL. */
void milter_client_close(MilterClient *client);

/* What was negotiated. Borrowed from the client. */
const MilterTerms *milter_client_terms(const MilterClient *client);

/* Sends one message and collects the answers. The first message of a session is preceded by CONNECT
 * and HELO with the values of `mail`; what ends the session there holds for the following messages
 * too. FALSE and an error when the milter answered wrongly or not at all; a refusal is no error. */
gboolean milter_client_send(MilterClient *client, const MilterMail *mail, MilterResult *result,
                            GError **error);

void milter_result_clear(MilterResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MilterClient, milter_client_close)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MilterResult, milter_result_clear)

#endif
