/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_session: messages handed over piece by piece, in any order that an MTA may use.
 *
 * Messages are broken off in every phase, and others begin. A message that comes through must get
 * the plan that the engine makes of it in one piece, however its body was cut, and wherever it was
 * kept. The data is the mail: its fields are handed over as an MTA does, its body
 * with every line ending as it is.
 */
#include "common/field_changes.h"
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

static GArray *read_fields(const Message *message, gboolean leading_blank)
{
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(Field));
    g_array_set_clear_func(fields, field_clear);
    for (guint i = 0; i < message->fields->len; i++) {
        const HeaderField *field = &g_array_index(message->fields, HeaderField, i);
        Octets value = message_field_value(message, field);
        if (!leading_blank && value.size > 0 && value.data[0] == ' ')
            value = octets_slice(value, 1, value.size);
        Field copy = {octets_dup(message_field_name(message, field)), octets_dup(value)};
        g_array_append_val(fields, copy);
    }
    return fields;
}

/* What is handed over, and what decides beside it. */
typedef struct {
    const GArray *fields;
    gboolean leading_blank; /* the MTA leaves it with the value */
    Octets body;
    gint64 now;
    guint switches;        /* that are on */
    GPtrArray *recipients; /* NULL: none is told */
} Session;

/* The message in one piece. */
static GString *join_message(const Session *session)
{
    GString *mail = g_string_new(NULL);
    for (guint i = 0; i < session->fields->len; i++) {
        const Field *field = &g_array_index(session->fields, Field, i);
        g_string_append_printf(mail, "%s:%s%s\r\n", field->name, session->leading_blank ? "" : " ",
                               field->value);
    }
    g_string_append(mail, "\r\n");
    return g_string_append_len(mail, session->body.data, (gssize)session->body.size);
}

static void require_same_body(const Message *one, const Plan *plan, const Message *other,
                              const Plan *wanted)
{
    guint first = field_changes_body(one, plan->edits);
    guint wanted_first = field_changes_body(other, wanted->edits);
    fuzz_require(plan->edits->len - first == wanted->edits->len - wanted_first,
                 "as many body edits as in one piece");
    for (guint i = first; i < plan->edits->len; i++) {
        const Edit *left = &g_array_index(plan->edits, Edit, i);
        const Edit *right = &g_array_index(wanted->edits, Edit, i - first + wanted_first);
        fuzz_require(left->offset - one->body == right->offset - other->body &&
                         left->length == right->length && fuzz_octets_same(left->text, right->text),
                     "the body edits are those in one piece");
    }
}

static void require_same_fields(const Message *one, const Plan *plan, const Message *other,
                                const Plan *wanted)
{
    g_autoptr(GArray) changes = field_changes_new(one, plan->edits);
    g_autoptr(GArray) wanted_changes = field_changes_new(other, wanted->edits);
    fuzz_require(changes->len == wanted_changes->len, "as many fields change as in one piece");
    for (guint i = 0; i < changes->len; i++) {
        const FieldChange *left = &g_array_index(changes, FieldChange, i);
        const FieldChange *right = &g_array_index(wanted_changes, FieldChange, i);
        fuzz_require(left->kind == right->kind && left->index == right->index &&
                         g_str_equal(left->name, right->name) &&
                         g_strcmp0(left->value, right->value) == 0,
                     "the fields change as in one piece");
    }
}

/* With no switch on it says what would be repaired. */
static Plan *plan_whole(const Session *session, const Message *whole)
{
    Policy policy = settings->policy;
    policy.switches = session->switches == 0 ? policy.switches : session->switches;
    Plan *plan = repair_message(whole, &policy, session->now);
    if (session->switches == 0)
        plan_drop_edits(plan, REASON_SWITCH);
    return plan;
}

/* The plan of a message that was handed over whole. */
static void require_plan(Incoming *incoming, const Session *session)
{
    g_autoptr(GString) mail = join_message(session);
    g_auto(Message) whole;
    message_init(&whole, (Octets){mail->str, mail->len});
    whole.recipients = session->recipients;
    g_autoptr(Plan) wanted = plan_whole(session, &whole);
    g_autoptr(Plan) plan = incoming_plan(incoming, session->switches, session->now);
    if (incoming_is_unread(incoming) || incoming_problem(incoming) != NULL) {
        fuzz_require(plan == NULL, "what was not kept has no plan");
        return;
    }
    if (whole.octets.size > settings->policy.limits.message_bytes || whole.over_limit)
        return; /* the limits are for what is kept, and fewer fields are */
    if (plan == NULL) {
        fuzz_require(wanted->findings->len == 0, "without a plan nothing is to be found");
        return;
    }
    require_same_body(incoming_message(incoming), plan, &whole, wanted);
    require_same_fields(incoming_message(incoming), plan, &whole, wanted);
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

static void require_let_go(const Session *session)
{
    g_autoptr(GString) mail = join_message(session);
    g_auto(Message) whole;
    message_init(&whole, (Octets){mail->str, mail->len});
    g_autoptr(Plan) wanted = plan_whole(session, &whole);
    fuzz_require(!plan_changes(wanted), "a message that is let go needs no repair");
}

static void hand_over(Session *session, Octets *choices)
{
    static char recipient[] = "b@example.com";
    const char *sender = fuzz_choose(choices, 2) == 0 ? "a@example.com" : NULL;
    g_autoptr(GPtrArray) recipients = g_ptr_array_new();
    g_autoptr(Incoming) incoming =
        incoming_new(settings, octets_of(sender), session->leading_blank);
    for (guint n = fuzz_choose(choices, 3); n > 0; n--) {
        g_ptr_array_add(recipients, recipient);
        incoming_recipient(incoming, octets_of(recipient));
    }
    session->recipients = recipients->len == 0 ? NULL : recipients;
    if (!hand_over_header(incoming, session->fields, choices))
        return;
    if (!incoming_end_header(incoming))
        require_let_go(session);
    else if (hand_over_body(incoming, session->body, choices))
        require_plan(incoming, session);
}

/* The settings, and which switches are on. */
static guint choose_settings(Octets *input)
{
    static const gsize memory[] = {1 << 20, 0, 100, 4096};
    policy_clear(&settings->policy);
    fuzz_choose_policy(input, &settings->policy);
    settings->memory_bytes = memory[fuzz_choose(input, G_N_ELEMENTS(memory))];
    guint switches = settings->policy.switches & ~(1U << SWITCH_NONE);
    settings->policy.switches = (1U << SWITCHES) - 1;
    return switches;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    Session session = {.switches = choose_settings(&input)};
    session.now = fuzz_choose_clock(&input);
    guint choice = fuzz_choose(&input, 2 * MESSAGES_MAX);
    guint messages = 1 + choice % MESSAGES_MAX;
    session.leading_blank = choice >= MESSAGES_MAX;
    Octets choices = fuzz_take(&input, 16);

    g_auto(Message) message;
    message_init(&message, input);
    g_autoptr(GArray) fields = read_fields(&message, session.leading_blank);
    session.fields = fields;
    session.body = octets_slice(input, message.body, input.size);
    for (; messages > 0; messages--)
        hand_over(&session, &choices);
    return 0;
}
