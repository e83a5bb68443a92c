/* SPDX-License-Identifier: BSD-2-Clause
 *
 * options: the command line of calmend-milter, and the settings that it leads to.
 *
 * A settings file that is named must be there; the default one need not. What is wrong is an error
 * whose message can be shown as it is.
 */
#ifndef CALMEND_OPTIONS_H
#define CALMEND_OPTIONS_H

#include "common/settings.h"

/* Strings are owned, options_clear. */
typedef struct {
    char *config;   /* NULL: the default file */
    char *socket;   /* NULL: as in the settings */
    char *pid_file; /* NULL: as in the settings */
    char *help;     /* the text that --help asks for; else NULL */
    gboolean check_config;
    gboolean print_config;
    gboolean foreground;
    gboolean version;
} Options;

/* Reads the command line into zero-initialized `options`. FALSE and an error (G_OPTION_ERROR) when
 * it is wrong. */
gboolean options_parse(Options *options, int *argc, char ***argv, GError **error);
void options_clear(Options *options);

/* Reads the settings; each call reads the file again. NULL and an error when they are wrong. Owned
 * by the caller, settings_free. */
Settings *options_load_settings(const Options *options, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

#endif
