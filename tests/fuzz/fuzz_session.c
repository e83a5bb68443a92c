/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_session: messages handed over piece by piece, in any order that an MTA may use.
 *
 * Messages are broken off in every phase, and others begin. A message that comes through must get
 * the plan that the engine makes of it in one piece, however its body was cut, and wherever it was
 * kept. The data is the mail: its fields are handed over as an MTA does, its body
 * with every line ending as it is.
 */
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"
#include "milter/mail/incoming.h"

#include <stdlib.h>

#define MESSAGES_MAX 4

static Settings *settings;

static void free_settings(void)
{
    settings_free(settings);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    repair_init();
    settings = settings_new();
    atexit(free_settings);
    return 0;
}

/* One field as the MTA has it: name and value as strings. */
typedef struct {
    char *name;
    char *value;
} Field;

static void field_clear(gpointer data)
{
    Field *field = data;
    g_free(field->name);
    g_free(field->value);
}

static GArray *read_fields(const Message *message)
{
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(Field));
    g_array_set_clear_func(fields, field_clear);
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        Octets value = message_field_value(message, field);
        if (value.size > 0 && value.data[0] == ' ')
            value = octets_slice(value, 1, value.size);
        Field copy = {octets_dup(message_field_name(message, field)), octets_dup(value)};
        g_array_append_val(fields, copy);
    }
    return fields;
}

/* The message in one piece. */
static GString *join_message(const GArray *fields, Octets body)
{
    GString *mail = g_string_new(NULL);
    for (guint i = 0; i < fields->len; i++) {
        const Field *field = &g_array_index(fields, Field, i);
        g_string_append_printf(mail, "%s: %s\r\n", field->name, field->value);
    }
    g_string_append(mail, "\r\n");
    return g_string_append_len(mail, body.data, (gssize)body.size);
}

static void require_same_edits(const GArray *one, gsize one_body, const GArray *other,
                               gsize other_body)
{
    fuzz_require(one->len == other->len, "as many body edits as in one piece");
    for (guint i = 0; i < one->len; i++) {
        const Edit *left = &g_array_index(one, Edit, i);
        const Edit *right = &g_array_index(other, Edit, i);
        fuzz_require(left->offset - one_body == right->offset - other_body &&
                         left->length == right->length && fuzz_octets_same(left->text, right->text),
                     "the body edits are those in one piece");
    }
}

static void require_same_headers(const GArray *one, const GArray *other)
{
    fuzz_require(one->len == other->len, "as many header edits as in one piece");
    for (guint i = 0; i < one->len; i++) {
        const HeaderEdit *left = &g_array_index(one, HeaderEdit, i);
        const HeaderEdit *right = &g_array_index(other, HeaderEdit, i);
        fuzz_require(left->kind == right->kind && left->index == right->index &&
                         g_str_equal(left->name, right->name) &&
                         g_strcmp0(left->value, right->value) == 0,
                     "the header edits are those in one piece");
    }
}

/* The plan of a message that was handed over whole. */
static void require_plan(Incoming *incoming, const GArray *fields, Octets body, gint64 now)
{
    g_autoptr(GString) mail = join_message(fields, body);
    g_auto(Message) whole;
    message_init(&whole, (Octets){mail->str, mail->len});
    g_autoptr(Plan) wanted = repair_message(&whole, &settings->policy, now);
    g_autoptr(Plan) plan = incoming_plan(incoming, now);
    if (incoming_is_unread(incoming) || incoming_problem(incoming) != NULL) {
        fuzz_require(plan == NULL, "what was not kept has no plan");
        return;
    }
    if (whole.octets.size > settings->policy.limits.message_bytes)
        return; /* the limit is for what is kept, and fewer fields are */
    if (plan == NULL) {
        fuzz_require(wanted->findings->len == 0, "without a plan nothing is to be found");
        return;
    }
    require_same_edits(plan->body_edits, incoming_message(incoming)->body, wanted->body_edits,
                       whole.body);
    require_same_headers(plan->header_edits, wanted->header_edits);
    fuzz_require(plan->findings->len == wanted->findings->len, "as many findings as in one piece");
}

/* Phases after which the MTA may break off, at a turn of its own choice. */
enum { GO_ON_MIN = 8 };

static gboolean breaks_off(Octets *choices)
{
    return fuzz_choose(choices, 256) >= 256 - GO_ON_MIN;
}

static gboolean hand_over_header(Incoming *incoming, const GArray *fields, Octets *choices)
{
    for (guint i = 0; i < fields->len; i++) {
        if (breaks_off(choices))
            return FALSE;
        const Field *field = &g_array_index(fields, Field, i);
        incoming_header(incoming, field->name, field->value);
    }
    return !breaks_off(choices);
}

/* FALSE when it broke off. A message under way that wants no more of the body gets no more, or,
 * from an MTA that knows no SKIP, all the same. */
static gboolean hand_over_body(Incoming *incoming, Octets body, Octets *choices)
{
    gsize piece = 1 + fuzz_choose(choices, 256);
    gboolean knows_skip = fuzz_choose(choices, 2) == 0;
    piece *= 1 + body.size / 1024;
    while (body.size > 0) {
        gboolean more = incoming_body(incoming, fuzz_take(&body, piece));
        if (!more && knows_skip)
            return TRUE;
        if (breaks_off(choices))
            return FALSE;
    }
    return TRUE;
}

static void hand_over(const GArray *fields, Octets body, Octets *choices, gint64 now)
{
    const char *sender = fuzz_choose(choices, 2) == 0 ? "a@example.com" : NULL;
    g_autoptr(Incoming) incoming = incoming_new(settings, octets_of(sender));
    if (!hand_over_header(incoming, fields, choices))
        return;
    if (!incoming_end_header(incoming)) {
        g_autoptr(GString) mail = join_message(fields, body);
        g_auto(Message) whole;
        message_init(&whole, (Octets){mail->str, mail->len});
        g_autoptr(Plan) wanted = repair_message(&whole, &settings->policy, now);
        fuzz_require(!plan_changes(wanted), "a message that is let go needs no repair");
        return;
    }
    if (hand_over_body(incoming, body, choices))
        require_plan(incoming, fields, body, now);
}

static void choose_settings(Octets *input)
{
    static const gsize memory[] = {1 << 20, 0, 100, 4096};
    policy_clear(&settings->policy);
    fuzz_choose_policy(input, &settings->policy);
    settings->memory_bytes = memory[fuzz_choose(input, G_N_ELEMENTS(memory))];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    choose_settings(&input);
    gint64 now = fuzz_choose_clock(&input);
    guint messages = 1 + fuzz_choose(&input, MESSAGES_MAX);
    Octets choices = fuzz_take(&input, 16);

    g_auto(Message) message;
    message_init(&message, input);
    g_autoptr(GArray) fields = read_fields(&message);
    Octets body = octets_slice(input, message.body, input.size);
    for (; messages > 0; messages--)
        hand_over(fields, body, &choices, now);
    return 0;
}
