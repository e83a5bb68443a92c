/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rules_command: calmend rules [--json] [--config FILE]
 *
 * The rule table, row by row, and what the settings make of each. JSON is one object per row, on a
 * line of its own, all strings but one:
 *   rule, family, switch, property, parameter, method, component, state, repair, profile
 *                (null: none) the columns of the table
 *   now          what the settings have the row do: repair, report or ignore
 */
#ifndef CALMEND_RULES_COMMAND_H
#define CALMEND_RULES_COMMAND_H

#include "cli/command.h"

CommandExit rules_command(int argc, char **argv);

#endif
