/* SPDX-License-Identifier: BSD-2-Clause
 *
 * report_command: `calmend report`: who sends which defects, and what would mend them, over stored
 * mail or over calmend's own log; as text, as JSON, as a page.
 */
#ifndef CALMEND_REPORT_COMMAND_H
#define CALMEND_REPORT_COMMAND_H

#include "cli/command.h"

CommandExit report_command(int argc, char **argv);

#endif
