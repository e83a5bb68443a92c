/* SPDX-License-Identifier: BSD-2-Clause
 *
 * filter_command: calmend filter [OPTION...]
 *
 * A message from standard input to standard output, as the milter would have treated it. Nothing of
 * ours costs a mail: on any fault it leaves as it came, with event 331. Exit codes: 0, or 75
 * (EX_TEMPFAIL of sysexits.h) when the input or the output failed, so that what was written is not
 * the message.
 */
#ifndef CALMEND_FILTER_COMMAND_H
#define CALMEND_FILTER_COMMAND_H

#include "cli/command.h"

CommandExit filter_command(int argc, char **argv);

#endif
