/* SPDX-License-Identifier: BSD-2-Clause
 *
 * check: calmend check [--json] [--all] [ENGINE OPTION...] PATH...
 *
 * Says what is wrong in stored mail (store.h) and what a repair would make of it; changes nothing.
 * A file that cannot be read is named on standard error, and the others are examined all the same.
 */
#ifndef CALMEND_CHECK_H
#define CALMEND_CHECK_H

#include "cli/command.h"

/* COMMAND_OK: nothing found; COMMAND_FOUND: a finding; COMMAND_TROUBLE: a file was not read. */
CommandExit check_command(int argc, char **argv);

#endif
