/* SPDX-License-Identifier: BSD-2-Clause
 *
 * probe: see probe.h.
 */
#include "cli/probe.h"

#include "cli/health.h"
#include "cli/input.h"
#include "cli/message_diff.h"
#include "cli/milter/milter_mail.h"
#include "cli/milter/milter_reply.h"
#include "cli/milter_terms.h"
#include "cli/output.h"
#include "cli/probe_policy.h"
#include "common/repair.h"

#include <stdio.h>

#define DEFAULT_TIMEOUT 30.0
#define VALUE_MAX       1000

typedef struct {
    double timeout;
    char *sender;
    char **recipients;
    char *helo;
    char *client;
    char *daemon;
    char *config;
    char **rest; /* SOCKET FILE */
} ProbeOptions;

static void probe_options_clear(ProbeOptions *options)
{
    g_free(options->sender);
    g_strfreev(options->recipients);
    g_free(options->helo);
    g_free(options->client);
    g_free(options->daemon);
    g_free(options->config);
    g_strfreev(options->rest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ProbeOptions, probe_options_clear)

static MilterMail probe_envelope(const ProbeOptions *options)
{
    static const char *const postmaster[] = {"postmaster", NULL};
    const char *const *recipients = (const char *const *)options->recipients;
    return (MilterMail){
        .client_name = "localhost",
        .client_address = options->client != NULL ? options->client : "127.0.0.1",
        .helo = options->helo != NULL ? options->helo : g_get_host_name(),
        .sender = options->sender != NULL ? options->sender : "postmaster",
        .recipients = recipients != NULL ? recipients : postmaster,
        .queue_id = "PROBE",
        .mta_name = g_get_host_name(),
        .daemon_name = options->daemon != NULL ? options->daemon : g_get_host_name(),
    };
}

static void append_edit(GString *out, const MilterEdit *edit)
{
    g_string_append_printf(out, "%s", milter_edit_text(edit));
    if (milter_edit_has_index(edit))
        g_string_append_printf(out, " %u", edit->index);
    g_string_append(out, ": ");
    output_escape_short(out, edit->name, VALUE_MAX);
    if (edit->value != NULL && edit->value[0] != '\0') {
        g_string_append(out, ": ");
        output_escape_short(out, edit->value, VALUE_MAX);
    }
    g_string_append_c(out, '\n');
}

static void append_result(GString *out, const MilterResult *result, gsize body_size)
{
    if (result->body_skipped)
        g_string_append(out, "skip: the rest of the body was not wanted\n");
    if (result->body_replaced)
        g_string_append_printf(
            out, "replace body: %" G_GSIZE_FORMAT " octets become %" G_GSIZE_FORMAT "\n", body_size,
            result->body->len);
    for (guint i = 0; i < result->edits->len; i++)
        append_edit(out, &g_array_index(result->edits, MilterEdit, i));
    g_string_append_printf(out, "verdict: %s at %s", milter_verdict_text(result->verdict),
                           result->step);
    if (result->reply != NULL) {
        g_string_append(out, ": ");
        output_escape_short(out, result->reply, VALUE_MAX);
    }
    g_string_append_c(out, '\n');
}

/* The head of `message` with a body in wire form behind it. Owned by the caller. */
static GString *with_body(const Message *message, const GString *body)
{
    GString *octets = g_string_sized_new(message->body + body->len + 1);
    g_string_append_len(octets, message->octets.data, (gssize)message->body);
    return g_string_append_len(octets, body->str, (gssize)body->len);
}

static void append_body_diff(GString *out, const Message *message, const GString *sent,
                             const GString *replaced, gboolean color)
{
    g_auto(Message) before = {0};
    g_auto(Message) after = {0};
    g_auto(Policy) policy = {0};
    GString *before_octets = with_body(message, sent);
    GString *after_octets = with_body(message, replaced);
    policy_init(&policy);
    message_init(&before, (Octets){.data = before_octets->str, .size = before_octets->len});
    message_init(&after, (Octets){.data = after_octets->str, .size = after_octets->len});
    message_diff_append(out, &before, &after, &policy.limits.parts, color);
    g_string_free(before_octets, TRUE);
    g_string_free(after_octets, TRUE);
}

/* What the settings, NULL if they cannot be read, choose for the message, where they are those of
 * this milter. */
static void append_policy(GString *out, const ProbeOptions *options, const Settings *settings)
{
    MilterMail mail = probe_envelope(options);
    gboolean known;
    if (settings == NULL)
        return;
    g_autofree char *names = probe_policy_names(settings, options->rest[0], &mail, &known);
    if (!known && options->config == NULL)
        return;
    g_string_append_printf(out, "policy by the settings%s: %s\n",
                           known ? "" : ", which do not name this socket", names);
}

/* One message over one connection; what is to be shown is appended to `out`. */
static gboolean probe_run(const ProbeOptions *options, const Message *message, GString *out,
                          GError **error)
{
    g_auto(MilterContent) content = {0};
    g_auto(MilterResult) result = {0};
    MilterMail mail = probe_envelope(options);
    g_autoptr(MilterClient) client = milter_client_open(options->rest[0], options->timeout, error);
    if (client == NULL)
        return FALSE;
    milter_terms_append(out, milter_client_terms(client));
    milter_content_init(&content, message);
    milter_content_put(&content, &mail);
    if (!milter_client_send(client, &mail, &result, error))
        return FALSE;
    append_result(out, &result, content.body->len);
    if (result.body_replaced)
        append_body_diff(out, message, content.body, result.body, output_has_color(stdout));
    return TRUE;
}

/* What to do about trouble with a milter. */
static const char *advice(MilterClientError problem)
{
    switch (problem) {
    case MILTER_CLIENT_ERROR_SOCKET:
        return "";
    case MILTER_CLIENT_ERROR_CONNECT:
        return "; is the milter running, and is this its socket?";
    case MILTER_CLIENT_ERROR_TIMEOUT:
        return "; is it a milter, and does it answer others? --timeout waits longer";
    case MILTER_CLIENT_ERROR_CLOSED:
    case MILTER_CLIENT_ERROR_PROTOCOL:
        return "; is it a milter? see its log";
    }
    return "";
}

static CommandExit probe_file(const ProbeOptions *options, const Settings *settings)
{
    const char *file = options->rest[1];
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) buffer = g_byte_array_new();
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(Message) message = {0};
    if (!input_read(file, buffer, &error)) {
        command_trouble("%s: %s", file, error->message);
        return COMMAND_TROUBLE;
    }
    message_init(&message, input_octets(buffer));
    append_policy(out, options, settings);
    gboolean answered = probe_run(options, &message, out, &error);
    fputs(out->str, stdout);
    if (answered)
        return command_finish(COMMAND_OK);
    command_trouble("%s: %s%s", options->rest[0], error->message,
                    advice((MilterClientError)error->code));
    return command_finish(COMMAND_TROUBLE);
}

CommandExit probe_command(int argc, char **argv)
{
    static const CommandHelp help = {
        .arguments = "SOCKET FILE",
        .summary =
            "Plays the MTA against a running milter and shows what it asks for. SOCKET is\n"
            "unix:PATH, inet:PORT@HOST or inet6:PORT@HOST; FILE is a message, - is standard\n"
            "input.",
        .description = "Exit code: 0 the milter answered, whatever it did; 2 it did not.\n\n"
                       "With --health it takes other options: see 'calmend probe --health --help'.",
    };
    g_auto(ProbeOptions) options = {.timeout = DEFAULT_TIMEOUT};
    CommandExit code;
    const GOptionEntry entries[] = {
        {"timeout", 0, 0, G_OPTION_ARG_DOUBLE, &options.timeout, "Longest wait for one answer (30)",
         "SECONDS"},
        {"sender", 0, 0, G_OPTION_ARG_STRING, &options.sender, "Envelope sender (postmaster)",
         "ADDRESS"},
        {"recipient", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.recipients,
         "Envelope recipient (postmaster), may be repeated", "ADDRESS"},
        {"helo", 0, 0, G_OPTION_ARG_STRING, &options.helo, "HELO name (this host's)", "NAME"},
        {"client", 0, 0, G_OPTION_ARG_STRING, &options.client,
         "Address of the SMTP client (127.0.0.1)", "ADDRESS"},
        {"daemon", 0, 0, G_OPTION_ARG_STRING, &options.daemon,
         "Name of the MTA's daemon (this host's)", "NAME"},
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &options.config,
         "Settings of the milter, which choose the policy", "FILE"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.rest, NULL, NULL},
        {0},
    };
    if (health_is_asked(argc, argv))
        return health_command(argc, argv);
    if (!command_parse(&help, entries, argc, argv, &code))
        return code;
    if (options.rest == NULL || g_strv_length(options.rest) != 2) {
        command_trouble("it takes a SOCKET and a FILE; try 'calmend probe --help'");
        return COMMAND_TROUBLE;
    }
    if (!(options.timeout > 0 && options.timeout <= G_MAXINT)) {
        command_trouble("--timeout: give a number of seconds above 0");
        return COMMAND_TROUBLE;
    }
    repair_init();
    g_autoptr(Settings) settings = options.config == NULL
                                       ? command_load_settings(NULL, NULL)
                                       : command_require_settings(options.config);
    if (settings == NULL && options.config != NULL)
        return COMMAND_TROUBLE;
    return probe_file(&options, settings);
}
