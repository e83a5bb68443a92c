/* SPDX-License-Identifier: BSD-2-Clause
 *
 * main: the calmend command. The first argument names a row of the table of commands, which takes
 * the rest. Nothing is read from the locale: output is UTF-8 and messages are English, so that
 * scripts may rely on them.
 */
#include "cli/check.h"
#include "cli/filter/filter_command.h"
#include "cli/probe.h"
#include "cli/repair_command.h"
#include "cli/report_command.h"
#include "cli/rules_command.h"
#include "common/standard_streams.h"
#include "config.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *summary;
    CommandExit (*run)(int argc, char **argv);
} COMMANDS[] = {
    {"check", "say what is wrong in messages", check_command},
    {"repair", "write a repaired message, or mend mail where it lies", repair_command},
    {"report", "show who sends which defects, and what would mend them", report_command},
    {"filter", "pass a message on as the milter would treat it", filter_command},
    {"rules", "show the rules and what the settings make of them", rules_command},
    {"probe", "play the MTA against a running milter", probe_command},
};

static CommandExit show_help(FILE *out)
{
    fputs("Usage:\n  calmend COMMAND [OPTION...]\n\nMends calendar mail.\n\nCommands:\n", out);
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++)
        fprintf(out, "  %-8s %s\n", COMMANDS[i].name, COMMANDS[i].summary);
    fputs("\n  calmend COMMAND --help shows the options of a command,\n"
          "  calmend --version the version.\n",
          out);
    return out == stdout ? command_finish(COMMAND_OK) : COMMAND_TROUBLE;
}

static CommandExit run_command(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (name == NULL)
        return show_help(stderr);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return show_help(stdout);
    if (strcmp(name, "--version") == 0) {
        puts(PACKAGE_STRING);
        return command_finish(COMMAND_OK);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++) {
        if (strcmp(COMMANDS[i].name, name) != 0)
            continue;
        g_autofree char *program = g_strconcat("calmend ", name, NULL);
        g_set_prgname(program);
        return COMMANDS[i].run(argc - 1, argv + 1);
    }
    command_trouble("%s: no such command; try 'calmend --help'", name);
    return COMMAND_TROUBLE;
}

int main(int argc, char **argv)
{
    standard_streams_hold();
    g_set_prgname("calmend");
    return (int)run_command(argc, argv);
}
