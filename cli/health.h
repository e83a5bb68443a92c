/* SPDX-License-Identifier: BSD-2-Clause
 *
 * health: calmend probe --health [OPTION...] SOCKET
 *
 * A plug-in for Nagios, Icinga and others (Monitoring Plugins Development Guidelines): plays one
 * message without a defect against a milter and judges the answer. One line on standard output with
 * performance data; the exit code is the state. Whatever happens, a line is written.
 */
#ifndef CALMEND_HEALTH_H
#define CALMEND_HEALTH_H

#include "cli/command.h"

/* TRUE when --health is among the arguments. */
gboolean health_is_asked(int argc, char **argv);

/* 0 (OK), 1 (WARNING), 2 (CRITICAL) or 3 (UNKNOWN: asked wrongly), as the guidelines number the
 * states. */
CommandExit health_command(int argc, char **argv);

#endif
