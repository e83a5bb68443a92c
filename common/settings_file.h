/* SPDX-License-Identifier: BSD-2-Clause
 *
 * settings_file: a file in the syntax of GKeyFile, as numbered lines.
 *
 * GKeyFile itself keeps no line numbers, ends at the first fault, and takes the last of two equal
 * keys without a word; whoever reads these lines can say all that is wrong, and where. Blank lines
 * and comments are left out. What a line means is not known here.
 */
#ifndef CALMEND_SETTINGS_FILE_H
#define CALMEND_SETTINGS_FILE_H

#include <glib.h>

typedef enum {
    SETTINGS_LINE_GROUP, /* [name] */
    SETTINGS_LINE_KEY,   /* name=value */
    SETTINGS_LINE_WRONG, /* neither; `name` is all of it */
} SettingsLineKind;

/* Strings are owned. */
typedef struct {
    SettingsLineKind kind;
    guint number; /* from 1 on */
    char *name;   /* what is no UTF-8 in it replaced */
    char *value;  /* of a key: as it is written, without the blanks around it; else NULL */
} SettingsLine;

/* The lines of the file `path`, an array of SettingsLine. NULL and an error (G_FILE_ERROR or
 * SETTINGS_ERROR, without the path) when it cannot be read, is no regular file, or is larger than
 * 1 MiB. Owned by the caller, g_array_unref. */
GArray *settings_file_read(const char *path, GError **error);

/* The value of a line without its escapes, without the blanks around it then. NULL and an error
 * (G_KEY_FILE_ERROR) for an unknown escape, or what is no UTF-8. Owned by the caller, g_free. */
char *settings_file_unescape(const char *value, GError **error);

/* `value` as it is written in a file, so that settings_file_unescape gives it back. Owned by the
 * caller, g_free. */
char *settings_file_escape(const char *value);

/* TRUE when `value`, as it is written, has a # where a comment would begin: at its begin or behind
 * a blank. */
gboolean settings_file_has_comment(const char *value);

#endif
