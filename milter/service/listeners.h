/* SPDX-License-Identifier: BSD-2-Clause
 *
 * listeners: all sockets of the settings, each opened with care (listen).
 *
 * The first is libmilter's own; the others join it (front). One that is gone is gone for all: no
 * MTA finds it, and only a new process can make another.
 */
#ifndef CALMEND_LISTENERS_H
#define CALMEND_LISTENERS_H

#include "milter/service/listen.h"

typedef struct Listeners Listeners;

/* Takes the socket that a service manager has opened as `descriptor`, in the place of all of the
 * settings. NULL and an error as listen_take. Owned by the caller, listeners_close. */
Listeners *listeners_take(int descriptor, const Settings *settings, GError **error);

/* Opens those of the settings. NULL and an error (G_FILE_ERROR) that names the first one that
 * cannot be used; those that were made are removed. Owned by the caller, listeners_close. */
Listeners *listeners_open(const Settings *settings, GError **error);

/* Closes each (listen_close). Takes NULL. */
void listeners_close(Listeners *listeners);

/* The address, as it was set, of one that is gone (listen_is_gone); NULL when none is. Borrowed. */
const char *listeners_gone(const Listeners *listeners);

/* As listen_nudge. */
void listeners_nudge(const Listeners *listeners);

/* All addresses (listen_spec), separated by commas, and which listeners of the settings have none,
 * for people. Owned by the caller, g_free. */
char *listeners_list(const Listeners *listeners);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listeners, listeners_close)

#endif
