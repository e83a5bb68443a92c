/* SPDX-License-Identifier: BSD-2-Clause
 *
 * repair_command: see repair_command.h.
 */
#include "cli/repair_command.h"

#include "cli/in_place.h"
#include "cli/input.h"
#include "cli/message_diff.h"
#include "cli/output.h"
#include "common/repair.h"

#include <stdio.h>

static gboolean write_piece(Octets piece, gpointer file)
{
    return fwrite(piece.data, 1, piece.size, file) == piece.size;
}

static void print_diff(const Message *message, const GArray *edits, const PartsLimits *limits)
{
    g_auto(Message) repaired = {0};
    g_autoptr(GString) text = g_string_new(NULL);
    GString *octets = splice_to_string(message->octets, edits);
    message_init(&repaired, (Octets){.data = octets->str, .size = octets->len});
    message_diff_append(text, message, &repaired, limits, output_has_color(stdout));
    fputs(text->str, stdout);
    g_string_free(octets, TRUE);
}

static CommandExit repair_file(const char *file, const Engine *engine, gboolean diff)
{
    const Policy *policy = &engine->settings->policy;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) buffer = g_byte_array_new();
    g_auto(Message) message = {0};
    if (!input_read(file, buffer, &error)) {
        command_trouble("%s: %s", file, error->message);
        return COMMAND_TROUBLE;
    }
    message_init(&message, input_octets(buffer));
    message.recipients = engine->recipients;
    g_autoptr(Plan) plan = repair_message(&message, policy, engine->now);
    if (diff)
        print_diff(&message, plan->edits, &policy->limits.parts);
    else
        splice_apply(message.octets, plan->edits, write_piece, stdout);
    return command_finish(COMMAND_OK);
}

CommandExit repair_command(int argc, char **argv)
{
    static const CommandHelp help = {
        .arguments = "[FILE]",
        .summary = "Writes the repaired message. FILE is a message; without it, or with -, it is\n"
                   "standard input.",
        .description = "Exit code: 0, or 2 with nothing on standard output.\n\n"
                       "With --in-place it takes other options: see 'calmend repair --in-place "
                       "--help'.",
    };
    g_auto(EngineOptions) options = {0};
    g_auto(GStrv) files = NULL;
    gboolean diff = FALSE;
    CommandExit code;
    g_auto(Engine) engine = {0};
    const GOptionEntry entries[] = {
        {"diff", 0, 0, G_OPTION_ARG_NONE, &diff, "Show what a repair changes instead", NULL},
        ENGINE_ENTRIES(options),
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, NULL},
        {0},
    };
    if (in_place_is_asked(argc, argv))
        return in_place_command(argc, argv);
    if (!command_parse(&help, entries, argc, argv, &code))
        return code;
    if (files != NULL && g_strv_length(files) > 1) {
        command_trouble("more than one FILE; name one message at a time");
        return COMMAND_TROUBLE;
    }
    if (!engine_open(&engine, &options))
        return COMMAND_TROUBLE;
    return repair_file(files != NULL ? files[0] : "-", &engine, diff);
}
