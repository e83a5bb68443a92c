/* SPDX-License-Identifier: BSD-2-Clause
 *
 * command: what the commands of calmend share.
 *
 * Options, the settings and the clock that a message is examined with, messages about trouble, exit
 * codes. A command is a function of argc and argv that gives an exit code; argv[0] is its name.
 */
#ifndef CALMEND_COMMAND_H
#define CALMEND_COMMAND_H

#include "common/repair.h"
#include "common/settings.h"

typedef enum {
    COMMAND_OK = 0,
    COMMAND_FOUND = 1, /* check: a finding */
    COMMAND_TROUBLE = 2,
    COMMAND_UNKNOWN = 3,    /* probe --health: asked wrongly */
    COMMAND_TRY_AGAIN = 75, /* filter: EX_TEMPFAIL of sysexits.h */
} CommandExit;

/* How a command shows itself in its --help. */
typedef struct {
    const char *arguments; /* such as "FILE..." */
    const char *summary;
    const char *description; /* after the options; NULL: none */
    gboolean alone;          /* --help beside anything else is wrong: what is printed is mail */
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

/* What the options say of it; all NULL or FALSE where they say nothing. */
typedef struct {
    char *config;  /* the settings to use */
    char *now;     /* YYYYMMDDTHHMMSSZ */
    char *policy;  /* the section [policy NAME] in place of [repair] */
    char *profile; /* in place of [repair] profile */
    char *enable;  /* beside [repair] enable */
    char *disable;
    char **recipients; /* of the envelope */
    gboolean all;      /* every rule enabled */
} EngineOptions;

/* What messages are examined with. */
typedef struct {
    Settings *settings;
    gint64 now;            /* seconds since 1970-01-01 UTC */
    GPtrArray *recipients; /* of the envelope, borrowed strings; NULL: not known */
} Engine;

/* Loads the settings of that file, or with NULL the installed ones where there are any, else the
 * defaults. NULL and an error, a line for each fault. Owned by the caller, settings_free. */
Settings *command_load_settings(const char *config, GError **error);

/* The same; what is wrong in them was said. */
Settings *command_require_settings(const char *config);

/* Loads the settings that the options name, or the installed ones where there are any, and takes
 * the time from the clock where they name none. FALSE when one of them is wrong, which was said.
 * engine_close frees what it holds. Borrows the options. */
gboolean engine_open(Engine *engine, const EngineOptions *options);
void engine_close(Engine *engine);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Engine, engine_close)

/* The plan for a message. On any thread. Owned by the caller, plan_free. */
Plan *engine_plan(const Engine *engine, Octets octets);

/* Frees what the options hold. */
void engine_options_clear(EngineOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EngineOptions, engine_options_clear)

/* The entries of the options, for EngineOptions. */
/* clang-format off */
#define ENGINE_CONFIG_ENTRY(options)                                                               \
    {"config", 0, 0, G_OPTION_ARG_FILENAME, &(options).config, "Settings to use", "FILE"},          \
    {"policy", 0, 0, G_OPTION_ARG_STRING, &(options).policy,                                       \
     "The policy of the settings to use", "NAME"}
#define ENGINE_NOW_ENTRY(options)                                                                  \
    {"now", 0, 0, G_OPTION_ARG_STRING, &(options).now, "The time to take for now",                 \
     "YYYYMMDDTHHMMSSZ"}
#define ENGINE_ENTRIES(options)                                                                    \
    ENGINE_CONFIG_ENTRY(options),                                                                  \
    ENGINE_NOW_ENTRY(options),                                                                     \
    {"profile", 0, 0, G_OPTION_ARG_STRING, &(options).profile,                                     \
     "inbound, outbound or none, in place of the settings'", "PROFILE"},                           \
    {"enable", 0, 0, G_OPTION_ARG_STRING, &(options).enable, "Rules or families to enable, too",   \
     "RULES"},                                                                                     \
    {"disable", 0, 0, G_OPTION_ARG_STRING, &(options).disable,                                     \
     "Rules or families to disable, too", "RULES"},                                                \
    {"recipient", 0, 0, G_OPTION_ARG_STRING_ARRAY, &(options).recipients,                          \
     "A recipient of the envelope; may be given again", "ADDRESS"}
/* clang-format on */

#endif
