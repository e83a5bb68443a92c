/* SPDX-License-Identifier: BSD-2-Clause
 *
 * probe: calmend probe [OPTION...] SOCKET FILE
 *
 * Plays the MTA against a running milter, with one message, and shows what the milter negotiated,
 * the edits it asked for, its verdict, and, where it replaced the body, what became of the
 * calendar. Nothing is delivered. Any milter will do; the message need not hold a calendar.
 */
#ifndef CALMEND_PROBE_H
#define CALMEND_PROBE_H

#include "cli/command.h"

/* COMMAND_OK when the milter answered as the protocol demands, whatever it did with the message;
 * COMMAND_TROUBLE when there is none at the socket, it answered otherwise, or not in time. */
CommandExit probe_command(int argc, char **argv);

#endif
