/* SPDX-License-Identifier: BSD-2-Clause
 *
 * filter_command: see filter_command.h.
 */
#include "cli/filter/filter_command.h"

#include "cli/filter/examination.h"
#include "cli/filter/trace.h"
#include "common/transit/exemption.h"
#include "common/transit/log.h"
#include "common/transit/verdict.h"

#include <signal.h>

/* Octets as they are: an address may be of any character set. */
typedef struct {
    char *config;
    char *sender;
    char **recipients;
    char **rest; /* recipients, too */
    char *client;
    char *queue_id;
} FilterOptions;

static void filter_options_clear(FilterOptions *options)
{
    g_free(options->config);
    g_free(options->sender);
    g_strfreev(options->recipients);
    g_free(options->client);
    g_free(options->queue_id);
    g_strfreev(options->rest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FilterOptions, filter_options_clear)

/* FALSE when the command ends here, with `code`: help was shown. What is wrong in the options was
 * said, and is told as `fault`. */
static gboolean parse(FilterOptions *options, int argc, char **argv, char **fault,
                      CommandExit *code)
{
    static const CommandHelp help = {
        .arguments = "[RECIPIENT...]",
        .summary = "Passes a message on, from standard input to standard output, as the milter "
                   "would have\ntreated it.",
        .alone = TRUE,
        .description = "Whatever is wrong, the message leaves as it came, and syslog tells.\n"
                       "Exit code: 0, or 75 when the message could not be read or written.",
    };
    const GOptionEntry entries[] = {
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &options->config, "Settings to use", "FILE"},
        {"sender", 0, 0, G_OPTION_ARG_FILENAME, &options->sender,
         "The sender of the envelope; empty for none", "ADDRESS"},
        {"recipient", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->recipients,
         "A recipient of the envelope; may be given again", "ADDRESS"},
        {"client", 0, 0, G_OPTION_ARG_FILENAME, &options->client,
         "The client that the message came from, as numbers", "ADDRESS"},
        {"queue-id", 0, 0, G_OPTION_ARG_FILENAME, &options->queue_id,
         "The name of the message in the log of the MTA", "ID"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->rest, NULL, NULL},
        {0},
    };
    if (command_parse(&help, entries, argc, argv, code))
        return TRUE;
    *fault = g_strdup("its options are wrong; see calmend filter --help");
    return *code != COMMAND_OK;
}

/* What holds for the message: never NULL. */
static Settings *load(const char *config, char **fault)
{
    g_autoptr(GError) error = NULL;
    Settings *settings = *fault == NULL ? command_load_settings(config, &error) : NULL;
    if (error != NULL) {
        g_auto(GStrv) faults = g_strsplit(error->message, "\n", -1);
        *fault = g_strjoinv("; ", faults);
    }
    return settings == NULL ? settings_new() : settings;
}

/* NULL where it is not known, <> where there is none. */
static const char *sender_of(const FilterOptions *options)
{
    return options->sender != NULL && *options->sender == '\0' ? "<>" : options->sender;
}

/* NULL where they are not known; borrowed strings. Owned by the caller, g_ptr_array_unref. */
static GPtrArray *recipients_of(const FilterOptions *options)
{
    char **const lists[] = {options->recipients, options->rest};
    GPtrArray *recipients = g_ptr_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (char **it = lists[i]; it != NULL && *it != NULL; it++)
            g_ptr_array_add(recipients, *it);
    }
    if (recipients->len == 0)
        g_clear_pointer(&recipients, g_ptr_array_unref);
    return recipients;
}

static gboolean is_exempt(const Settings *settings, const FilterOptions *options,
                          const GPtrArray *recipients)
{
    Exemption exemption = exemption_begin(settings, octets_of(sender_of(options)));
    for (guint i = 0; recipients != NULL && i < recipients->len; i++)
        exemption_recipient(&exemption, settings, octets_of(g_ptr_array_index(recipients, i)));
    return exemption_holds(&exemption, settings, options->client, NULL);
}

/* The message has left as it came. `why`, where it was not to, is a clause. */
static CommandExit finish(const Settings *settings, EventContext where, Outcome outcome,
                          const char *why)
{
    if (why != NULL) {
        g_autoptr(Event) event = verdict_unexamined(why);
        trace_open(settings);
        log_event(event, &where);
    }
    trace_finish(settings, outcome);
    return COMMAND_OK;
}

static CommandExit fail(const GError *error)
{
    command_trouble("%s", error->message);
    return COMMAND_TRY_AGAIN;
}

static CommandExit examine(const Examination *examination)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *why = NULL;
    switch (examination_run(examination, &why)) {
    case ATTEMPT_WRITTEN:
        return COMMAND_OK;
    case ATTEMPT_PART:
        return COMMAND_TRY_AGAIN;
    case ATTEMPT_NOTHING:
        if (!passage_release(examination->passage, &error))
            return fail(error);
        return finish(examination->settings, examination->where, OUTCOME_FAILED, why);
    }
    g_assert_not_reached();
}

static CommandExit pass(const Settings *settings, const FilterOptions *options, const char *fault)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Passage) passage = passage_new(settings);
    g_autoptr(GPtrArray) recipients = recipients_of(options);
    const Envelope envelope = {
        .sender = sender_of(options), .recipients = recipients, .client = options->client};
    g_autoptr(Choice) choice = choice_new(settings, &envelope);
    const Examination examination = {
        .settings = settings,
        .choice = choice,
        .passage = passage,
        .recipients = recipients,
        .where = {.queue_id = options->queue_id,
                  .user = sender_of(options),
                  .computer = settings->policy.host,
                  .policy = choice == NULL ? NULL : choice->names},
    };
    if (fault != NULL)
        passage_open(passage, OUTCOME_FAILED);
    else if (is_exempt(settings, options, recipients))
        passage_open(passage, OUTCOME_EXEMPT);
    switch (passage_read(passage, &error)) {
    case PASSAGE_GONE:
        return finish(settings, examination.where, passage_outcome(passage),
                      fault != NULL ? fault : passage_problem(passage));
    case PASSAGE_HELD:
        return examine(&examination);
    case PASSAGE_BROKEN:
        return fail(error);
    }
    g_assert_not_reached();
}

CommandExit filter_command(int argc, char **argv)
{
    g_auto(FilterOptions) options = {0};
    g_autofree char *fault = NULL;
    CommandExit code;
    /* What ends a process by default is an error of write(2) here. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (!parse(&options, argc, argv, &fault, &code))
        return code;
    g_autoptr(Settings) settings = load(options.config, &fault);
    return pass(settings, &options, fault);
}
