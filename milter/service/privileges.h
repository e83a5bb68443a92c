/* SPDX-License-Identifier: BSD-2-Clause
 *
 * privileges: from root to the user of the settings, for good.
 *
 * A process that was started as root opens its socket and its files first, and becomes that user
 * before the first connection: user, group and the groups that the user is in, none of root's, no
 * capability in any set but the bounding one, with no way back. It refuses to go on as root unless
 * the settings say so by name: a user that nobody made is an error that tells how to make it. A
 * process of any other user stays what it is.
 */
#ifndef CALMEND_PRIVILEGES_H
#define CALMEND_PRIVILEGES_H

#include <glib.h>

typedef struct Privileges Privileges;

/* Whom to become for `user`, which is USER or USER:GROUP, NULL for none. NULL and an error
 * (G_FILE_ERROR) that says what to do when the process is root's and there is no such user or
 * group, or none is named. Owned by the caller, privileges_free. */
Privileges *privileges_find(const char *user, GError **error);

/* Whether there is such a user, and such a group. FALSE and an error (G_FILE_ERROR) that says what
 * to do, without the name. */
gboolean privileges_check(const char *user, GError **error);
void privileges_free(Privileges *privileges);

/* Becomes that user. FALSE and an error (G_FILE_ERROR) when the system refuses; the process must
 * end then. */
gboolean privileges_drop(const Privileges *privileges, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Privileges, privileges_free)

#endif
