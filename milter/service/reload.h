/* SPDX-License-Identifier: BSD-2-Clause
 *
 * reload: the settings, read again while messages go through.
 *
 * They are read and checked as a whole, and then put in force as one: event 344, which names what
 * holds only after a restart. When anything is wrong in them the old ones stay: event 345, with the
 * reason. From the first thread only.
 */
#ifndef CALMEND_RELOAD_H
#define CALMEND_RELOAD_H

#include "milter/service/options.h"

/* Remembers the command line, which counts at each reload too, and must stay until the process
 * ends. After the first settings are in force. */
void reload_prepare(const Options *options);

void reload_settings(void);

#endif
