/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_reply: see milter_reply.h. The letters and shapes are those of libmilter/mfdef.h.
 */
#include "cli/milter/milter_reply.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <string.h>

/* No MTA takes a mail that large; a milter that sends more is broken. */
#define BODY_MAX ((gsize)1024 * 1024 * 1024)

static const struct {
    char command;
    MilterVerdict verdict;
    const char *text;
} VERDICTS[] = {
    {SMFIR_CONTINUE, MILTER_CONTINUE, "continue"},
    {SMFIR_ACCEPT, MILTER_ACCEPT, "accept"},
    {SMFIR_REJECT, MILTER_REJECT, "reject"},
    {SMFIR_TEMPFAIL, MILTER_TEMPFAIL, "tempfail"},
    {SMFIR_DISCARD, MILTER_DISCARD, "discard"},
    {SMFIR_REPLYCODE, MILTER_REPLYCODE, "reply code"},
    {SMFIR_SHUTDOWN, MILTER_SHUTDOWN, "shutdown"},
    {SMFIR_CONN_FAIL, MILTER_CONNFAIL, "connection failure"},
    {SMFIR_SKIP, MILTER_SKIP, "skip"},
};

typedef struct {
    char command;
    guint32 action;
    gboolean has_index;
    guint strings; /* that must be there; one more may follow a recipient or sender */
    const char *text;
} EditShape;

static const EditShape EDITS[] = {
    {SMFIR_INSHEADER, SMFIF_ADDHDRS, TRUE, 2, "insert header"},
    {SMFIR_ADDHEADER, SMFIF_ADDHDRS, FALSE, 2, "add header"},
    {SMFIR_CHGHEADER, SMFIF_CHGHDRS, TRUE, 2, "change header"},
    {SMFIR_ADDRCPT, SMFIF_ADDRCPT, FALSE, 1, "add recipient"},
    {SMFIR_ADDRCPT_PAR, SMFIF_ADDRCPT_PAR, FALSE, 1, "add recipient"},
    {SMFIR_DELRCPT, SMFIF_DELRCPT, FALSE, 1, "delete recipient"},
    {SMFIR_CHGFROM, SMFIF_CHGFROM, FALSE, 1, "change sender"},
    {SMFIR_QUARANTINE, SMFIF_QUARANTINE, FALSE, 1, "quarantine"},
};

const char *milter_verdict_text(MilterVerdict verdict)
{
    for (gsize i = 0; i < G_N_ELEMENTS(VERDICTS); i++)
        if (VERDICTS[i].verdict == verdict)
            return VERDICTS[i].text;
    g_return_val_if_reached("");
}

static const EditShape *edit_shape(char command)
{
    for (gsize i = 0; i < G_N_ELEMENTS(EDITS); i++)
        if (EDITS[i].command == command)
            return &EDITS[i];
    return NULL;
}

const char *milter_edit_text(const MilterEdit *edit)
{
    if (edit->command == SMFIR_CHGHEADER && edit->value[0] == '\0')
        return "delete header";
    return edit_shape(edit->command)->text;
}

gboolean milter_edit_has_index(const MilterEdit *edit)
{
    return edit_shape(edit->command)->has_index;
}

gboolean milter_reply_verdict(const MilterPacket *packet, MilterResult *result)
{
    for (gsize i = 0; i < G_N_ELEMENTS(VERDICTS); i++) {
        if (VERDICTS[i].command != packet->command)
            continue;
        result->verdict = VERDICTS[i].verdict;
        g_clear_pointer(&result->reply, g_free);
        if (result->verdict == MILTER_REPLYCODE)
            result->reply = g_strndup(packet->data.data, packet->data.size);
        return TRUE;
    }
    return FALSE;
}

static gboolean edit_failed(const MilterPacket *packet, const char *why, GError **error)
{
    char letter[] = {packet->command, '\0'};
    g_autofree char *shown = g_strescape(letter, NULL);
    g_set_error(error, MILTER_CLIENT_ERROR, MILTER_CLIENT_ERROR_PROTOCOL,
                "the milter answered '%s' at the end of the message: %s", shown, why);
    return FALSE;
}

/* Takes the next NUL-terminated string off the front of `data`, or NULL when there is none. */
static char *take_string(Octets *data)
{
    const char *end = data->size == 0 ? NULL : memchr(data->data, '\0', data->size);
    if (end == NULL)
        return NULL;
    char *string = g_strdup(data->data);
    *data = octets_slice(*data, (gsize)(end - data->data) + 1, data->size);
    return string;
}

/* Fills `edit` from the data of its packet. FALSE when they do not fit the shape. */
static gboolean parse_edit(const EditShape *shape, Octets data, MilterEdit *edit)
{
    if (shape->has_index) {
        if (data.size < sizeof edit->index)
            return FALSE;
        memcpy(&edit->index, data.data, sizeof edit->index);
        edit->index = ntohl(edit->index);
        data = octets_slice(data, sizeof edit->index, data.size);
    }
    edit->name = take_string(&data);
    edit->value = take_string(&data);
    const char *last = shape->strings == 1 ? edit->name : edit->value;
    return last != NULL && data.size == 0;
}

static gboolean take_body(const MilterPacket *packet, guint32 actions, MilterResult *result,
                          GError **error)
{
    if ((actions & SMFIF_CHGBODY) == 0)
        return edit_failed(packet, "it did not negotiate body changes", error);
    if (result->body_ended)
        return edit_failed(packet, "the new body must come in one run", error);
    if (result->body->len + packet->data.size > BODY_MAX)
        return edit_failed(packet, "the new body is larger than any mail", error);
    result->body_replaced = TRUE;
    g_string_append_len(result->body, packet->data.data, (gssize)packet->data.size);
    return TRUE;
}

gboolean milter_reply_edit(const MilterPacket *packet, guint32 actions, MilterResult *result,
                           GError **error)
{
    MilterEdit edit = {.command = packet->command};
    if (packet->command == SMFIR_REPLBODY)
        return take_body(packet, actions, result, error);
    const EditShape *shape = edit_shape(packet->command);
    if (shape == NULL)
        return edit_failed(packet, "no command of the milter protocol", error);
    if ((actions & shape->action) == 0)
        return edit_failed(packet, "it did not negotiate this action", error);
    gboolean fits = parse_edit(shape, packet->data, &edit);
    g_array_append_val(result->edits, edit);
    return fits ? TRUE : edit_failed(packet, "its data are malformed", error);
}

static void edit_clear(gpointer data)
{
    MilterEdit *edit = data;
    g_free(edit->name);
    g_free(edit->value);
}

void milter_result_reset(MilterResult *result)
{
    GString *body = result->body;
    GArray *edits = result->edits;
    g_free(result->reply);
    *result = (MilterResult){.step = ""};
    result->body = body != NULL ? g_string_truncate(body, 0) : g_string_new(NULL);
    if (edits == NULL) {
        edits = g_array_new(FALSE, FALSE, sizeof(MilterEdit));
        g_array_set_clear_func(edits, edit_clear);
    }
    result->edits = g_array_set_size(edits, 0);
}

void milter_result_clear(MilterResult *result)
{
    g_clear_pointer(&result->reply, g_free);
    g_clear_pointer(&result->edits, g_array_unref);
    if (result->body != NULL)
        g_string_free(result->body, TRUE);
    *result = (MilterResult){.step = ""};
}
