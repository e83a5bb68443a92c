/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_wire: packets of the milter protocol over one socket.
 *
 * A packet is a length (32 bits, network order), a command letter and data. What is put is gathered
 * in memory and written when an answer is needed; large data is written from where it stands, with
 * what was gathered before it. Nothing waits longer than the time-out, and a peer that speaks
 * something else is found out by its first length.
 */
#ifndef CALMEND_MILTER_WIRE_H
#define CALMEND_MILTER_WIRE_H

#include "common/mail/octets.h"

#define MILTER_CLIENT_ERROR milter_client_error_quark()
GQuark milter_client_error_quark(void);

typedef enum {
    MILTER_CLIENT_ERROR_SOCKET,   /* the socket's name makes no sense */
    MILTER_CLIENT_ERROR_CONNECT,  /* nobody listens there */
    MILTER_CLIENT_ERROR_TIMEOUT,  /* no answer in time */
    MILTER_CLIENT_ERROR_CLOSED,   /* the connection ended early */
    MILTER_CLIENT_ERROR_PROTOCOL, /* the answer is none of the milter protocol */
} MilterClientError;

typedef struct MilterWire MilterWire;

/* One packet that came. `data` is valid until the next call on the wire. */
typedef struct {
    char command;
    Octets data;
} MilterPacket;

/* Takes over the connected, non-blocking socket `fd`. `timeout` in seconds. Owned by the caller,
 * milter_wire_free, which closes the socket. */
MilterWire *milter_wire_new(int fd, double timeout);
void milter_wire_free(MilterWire *wire);

/* FALSE once a write or a wait has failed. */
gboolean milter_wire_is_usable(const MilterWire *wire);

/* Builds a packet: begin, any number of adds, end. Numbers go in network order. */
void milter_wire_begin(MilterWire *wire, char command);
void milter_wire_add_octets(MilterWire *wire, Octets octets);
void milter_wire_add_string(MilterWire *wire, Octets string); /* and a NUL */
void milter_wire_add_number(MilterWire *wire, guint32 number);
void milter_wire_add_port(MilterWire *wire, guint16 port);
void milter_wire_end(MilterWire *wire);

/* Puts a packet of `command` with `data`. Small data is gathered; large data is written at once,
 * uncopied. FALSE when the peer does not take it. */
gboolean milter_wire_put(MilterWire *wire, char command, Octets data, GError **error);

/* Writes what was gathered. */
gboolean milter_wire_flush(MilterWire *wire, GError **error);

/* Flushes, then waits for the next packet, which must be complete within the time-out. */
gboolean milter_wire_get(MilterWire *wire, MilterPacket *packet, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MilterWire, milter_wire_free)

#endif
