/* SPDX-License-Identifier: BSD-2-Clause
 *
 * filter: the callbacks of libmilter, thin: each hands what it gets to the message under way and
 * turns its word into an answer.
 *
 * The same steps and actions are asked for on every connection, whatever the settings are, since
 * libmilter keeps one table of steps for the whole process. A message takes the settings in force
 * when it begins. One that they exempt is accepted before its header is sent. A connection may come
 * without any step but its close; its callbacks run on changing threads, never two at once.
 */
#ifndef CALMEND_FILTER_H
#define CALMEND_FILTER_H

#include <glib.h>

/* Registers the callbacks with libmilter, before its socket is opened and after there are settings
 * in force. FALSE when libmilter is of another version than the one built with. */
gboolean filter_register(void);

#endif
