/* SPDX-License-Identifier: BSD-2-Clause
 *
 * in_place: calmend repair --in-place [OPTION...] PATH...
 *
 * Mends stored mail where it lies, as if every switch were on. A mail is examined, its original
 * kept where that is asked for, and then replaced by the way of its store: mend_file, mend_maildir,
 * mend_mbox. One line on standard output for each that was mended, and one with the sums. Trouble
 * with one mail spares the others and ends in COMMAND_TROUBLE.
 */
#ifndef CALMEND_IN_PLACE_H
#define CALMEND_IN_PLACE_H

#include "cli/command.h"

/* TRUE when --in-place is among the arguments. */
gboolean in_place_is_asked(int argc, char **argv);

/* The command, as in command.h. */
CommandExit in_place_command(int argc, char **argv);

#endif
