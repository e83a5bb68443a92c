/* SPDX-License-Identifier: BSD-2-Clause
 *
 * settings_load: calmend.conf (GKeyFile syntax), read into settings.
 *
 * An unknown group or key, a key or a section that is there twice, a bad value, a rule that does
 * not exist, a comment behind a value, a section that is for no mail: each is told at once, with
 * file, line, key and what would be right. Nothing is half taken.
 */
#ifndef CALMEND_SETTINGS_LOAD_H
#define CALMEND_SETTINGS_LOAD_H

#include "common/settings.h"

/* What a program asks of a value that the file sets, beyond the table: that a user is there, for
 * example. FALSE and an error that says what would be right. Not asked of a default. */
typedef struct {
    const char *group;
    const char *key;
    gboolean (*is_good)(const char *value, GError **error);
} SettingCheck;

/* Reads `path`. `checks` end in a NULL group; NULL for none. NULL and an error (SETTINGS_ERROR or
 * G_FILE_ERROR) when anything in it is wrong; its message has a line for each fault, which begins
 * with the path. Owned by the caller, settings_free. */
Settings *settings_load(const char *path, const SettingCheck *checks, GError **error);

#endif
