/* SPDX-License-Identifier: BSD-2-Clause
 *
 * repair_command: calmend repair [--diff] [ENGINE OPTION...] [FILE]
 *
 * The repaired message on standard output, as if every switch were on, or what a repair changes.
 * The message is read whole before anything is written, so that trouble leaves nothing half done;
 * line ends stay as they came.
 */
#ifndef CALMEND_REPAIR_COMMAND_H
#define CALMEND_REPAIR_COMMAND_H

#include "cli/command.h"

CommandExit repair_command(int argc, char **argv);

#endif
