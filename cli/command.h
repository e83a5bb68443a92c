/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command: what the commands of calmend share.
 *
 * Options, the settings and the clock that a message is examined with, messages about trouble, exit
 * codes. A command is a function of argc and argv that gives an exit code; argv[0] is its name.
 */
#ifndef CALMEND_COMMAND_H
#define CALMEND_COMMAND_H

#include "common/settings.h"

typedef enum {
    COMMAND_OK = 0,
    COMMAND_FOUND = 1, /* check: a finding */
    COMMAND_TROUBLE = 2,
    COMMAND_UNKNOWN = 3, /* probe --health: asked wrongly */
} CommandExit;

/* How a command shows itself in its --help. */
typedef struct {
    const char *arguments; /* such as "FILE..." */
    const char *summary;
    const char *description; /* after the options; NULL: none */
} CommandHelp;

/* Reads the options. FALSE when the command ends here, with `code`: help was shown, or the options
 * are wrong, which was said. */
gboolean command_parse(const CommandHelp *help, const GOptionEntry *entries, int argc, char **argv,
                       CommandExit *code);

/* Writes "calmend COMMAND: text" to standard error, escaped, as one line. */
void command_trouble(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Writes out standard output. COMMAND_TROUBLE, which was said, when it does not take everything;
 * else `code`. */
CommandExit command_finish(CommandExit code);

/* What messages are examined with. */
typedef struct {
    Settings *settings;
    gint64 now; /* seconds since 1970-01-01 UTC */
} Engine;

/* Loads the settings from `config`, or for NULL from the installed file where there is one, and
 * takes the time from `now` (YYYYMMDDTHHMMSSZ), or for NULL from the clock. FALSE when one of them
 * is wrong, which was said. engine_close frees what it holds. */
gboolean engine_open(Engine *engine, const char *config, const char *now);
void engine_close(Engine *engine);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Engine, engine_close)

/* The entries of --config and --now. */
#define ENGINE_CONFIG_ENTRY(variable)                                                              \
    {                                                                                              \
        "config", 0, 0, G_OPTION_ARG_FILENAME, &(variable), "Settings to use", "FILE"              \
    }
#define ENGINE_NOW_ENTRY(variable)                                                                 \
    {                                                                                              \
        "now", 0, 0, G_OPTION_ARG_STRING, &(variable), "The time to take for now",                 \
            "YYYYMMDDTHHMMSSZ"                                                                     \
    }

#endif
