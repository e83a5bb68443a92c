/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/tnef_rules.h"

#include "common/tnef/filetime.h"
#include "common/tnef/tnef_edit.h"
#include "common/tnef/tnef_names.h"

#include <string.h>

/* One message of the stream. */
typedef struct {
    const Tnef *tnef;
    TnefContext context; /* with the seal that holds for this stream */
    const TnefMessage *message;
    const char *message_class; /* as written, or NULL */
    guint method;              /* RuleMethod bit */
    const char *critical_name; /* of the property that tells when this side last changed it */
    guint64 critical;          /* that time, or 0 where it is not usable */
    guint64 submitted;         /* PidTagClientSubmitTime, or 0 */
} Case;

/* ---- the message class ---- */

/* The character at `at`, `step` octets long, as ASCII: a question mark where it is none. */
static char ascii_at(Octets octets, gsize at, gsize step)
{
    char octet = octets.data[at];
    if (step == 2 && octets.data[at + 1] != '\0')
        return '?';
    return octet == '\0' || g_ascii_isprint(octet) ? octet : '?';
}

/* A string up to its NUL. */
static const char *keep_text(GStringChunk *strings, Octets octets, gsize step)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i + step <= octets.size && ascii_at(octets, i, step) != '\0'; i += step)
        g_string_append_c(text, ascii_at(octets, i, step));
    return g_string_chunk_insert(strings, text->str);
}

/* attMessageClass, or NULL. */
static const char *attribute_class(const Tnef *tnef, const TnefMessage *message,
                                   GStringChunk *strings)
{
    for (guint i = message->attributes; i < message->attributes_end; i++) {
        const TnefAttribute *attribute = tnef_attribute(tnef, i);
        if (attribute->id != TNEF_ATT_MESSAGE_CLASS)
            continue;
        Octets data =
            octets_slice(tnef->octets, attribute->data, attribute->data + attribute->size);
        return keep_text(strings, data, 1);
    }
    return NULL;
}

/* The properties of that name that stand in attributes of that id, as their numbers. Owned by the
 * caller, g_array_unref. */
static GArray *find_properties(const Tnef *tnef, const TnefMessage *message, guint32 attribute,
                               const char *name)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = message->properties; i < message->properties_end; i++) {
        const TnefProperty *property = tnef_property(tnef, i);
        const TnefName *known = tnef_names_of(tnef, property);
        if (known != NULL && strcmp(known->name, name) == 0 &&
            tnef_attribute(tnef, property->attribute)->id == attribute)
            g_array_append_val(found, i);
    }
    return found;
}

/* PidTagMessageClass, or NULL. */
static const char *property_class(const Tnef *tnef, const TnefMessage *message,
                                  GStringChunk *strings)
{
    g_autoptr(GArray) found =
        find_properties(tnef, message, TNEF_ATT_MESSAGE_PROPS, "PidTagMessageClass");
    if (found->len == 0)
        return NULL;
    const TnefProperty *property = tnef_property(tnef, g_array_index(found, guint, 0));
    return keep_text(strings, tnef_value(tnef, property),
                     property->type == TNEF_TYPE_UNICODE ? 2 : 1);
}

/* The property, where it is there, else the attribute. FALSE when they mean different things. */
static gboolean read_class(Case *at)
{
    GStringChunk *strings = at->context.strings;
    const char *attribute = attribute_class(at->tnef, at->message, strings);
    const char *property = property_class(at->tnef, at->message, strings);
    at->message_class = property != NULL ? property : attribute;
    at->method = at->message_class == NULL ? METHOD_NONE : tnef_names_method(at->message_class);
    return attribute == NULL || tnef_names_method(attribute) == at->method;
}

/* ---- the substitute time ---- */

/* The one value of a property of the message, or 0 where there is none that is usable. */
static guint64 usable_time(const Case *at, const char *name)
{
    g_autoptr(GArray) found = find_properties(at->tnef, at->message, TNEF_ATT_MESSAGE_PROPS, name);
    if (found->len != 1)
        return 0;
    guint64 time = tnef_filetime(at->tnef, tnef_property(at->tnef, g_array_index(found, guint, 0)));
    return filetime_is_usable(time, at->context.times->now) ? time : 0;
}

static void read_times(Case *at)
{
    at->critical_name = (at->method & METHOD_RESPONSE) != 0 ? "PidLidAttendeeCriticalChange"
                                                            : "PidLidOwnerCriticalChange";
    at->critical = usable_time(at, at->critical_name);
    at->submitted = usable_time(at, "PidTagClientSubmitTime");
}

static guint64 substitute_time(const Case *at)
{
    if (at->critical != 0)
        return at->critical;
    return at->submitted != 0 ? at->submitted : filetime_from_unix(at->context.times->fallback);
}

/* ---- findings ---- */

static const char *keep_time(const Case *at, guint64 filetime)
{
    char text[FILETIME_TEXT_SIZE];
    filetime_write(filetime, text);
    return g_string_chunk_insert(at->context.strings, text);
}

/* Such as "attachment 1, recipient row 2". */
static const char *keep_place(const Case *at, guint row)
{
    g_autoptr(GString) place = g_string_new(row == 0 ? "message" : NULL);
    if (row > 0)
        g_string_printf(place, "recipient row %u", row);
    for (const TnefMessage *message = at->message; message->attribute != TNEF_NONE;) {
        const TnefAttribute *around = tnef_attribute(at->tnef, message->attribute);
        g_autofree char *outer = g_strdup_printf("attachment %u, ", around->attachment);
        g_string_prepend(place, outer);
        message = tnef_message(at->tnef, around->message);
    }
    return g_string_chunk_insert_const(at->context.strings, place->str);
}

static void add_finding(const Case *at, Finding finding)
{
    finding.part = at->context.part->number;
    finding.type = at->context.part->type;
    finding.method = at->message_class;
    g_array_append_val(at->context.findings, finding);
}

/* A time that was never set; `oddity` is why nobody can say what it should be, or NULL. */
static void repair_time(Case *at, const Rule *rule, guint number, const char *oddity)
{
    const TnefProperty *property = tnef_property(at->tnef, number);
    TnefChange change = {.property = number, .filetime = substitute_time(at)};
    Reason reason = oddity != NULL ? REASON_LEAVE : at->context.seal;
    Finding finding = {
        .rule = rule,
        .component = keep_place(at, property->row),
        .property = rule->property,
        .old_value = keep_time(at, tnef_filetime(at->tnef, property)),
        .new_value = reason == REASON_NONE ? keep_time(at, change.filetime) : NULL,
        .detail = oddity,
        .reason = reason,
    };
    add_finding(at, finding);
    if (reason != REASON_NONE)
        return;
    g_array_append_val(at->context.changes, change);
    if (strcmp(rule->property, at->critical_name) == 0)
        at->critical = change.filetime;
}

/* ---- the table over the messages ---- */

/* TRUE when both stand in one list: the message's, or that of one recipient. */
static gboolean same_list(const Tnef *tnef, guint number, guint other)
{
    const TnefProperty *left = tnef_property(tnef, number);
    const TnefProperty *right = tnef_property(tnef, other);
    return left->row == right->row && (left->row == 0 || left->attribute == right->attribute);
}

/* TRUE when the property at `index` stands more than once in its list: those stand side by side. */
static gboolean is_repeated(const Tnef *tnef, const GArray *found, guint index)
{
    guint number = g_array_index(found, guint, index);
    return (index > 0 && same_list(tnef, number, g_array_index(found, guint, index - 1))) ||
           (index + 1 < found->len &&
            same_list(tnef, number, g_array_index(found, guint, index + 1)));
}

static void check_row(Case *at, const Rule *rule)
{
    guint32 attribute =
        rule->components == COMPONENT_RECIPIENT ? TNEF_ATT_RECIPIENTS : TNEF_ATT_MESSAGE_PROPS;
    g_autoptr(GArray) found = find_properties(at->tnef, at->message, attribute, rule->property);
    const char *inside = at->message->depth > 0 ? "in an attached message" : NULL;
    for (guint i = 0; i < found->len; i++) {
        guint number = g_array_index(found, guint, i);
        if (!filetime_is_unset(tnef_filetime(at->tnef, tnef_property(at->tnef, number))))
            continue;
        gboolean repeated = is_repeated(at->tnef, found, i);
        repair_time(at, rule, number, repeated ? "stands more than once" : inside);
    }
}

static void check_message(Case *at)
{
    gsize count;
    const Rule *rules = rules_table(&count);
    for (gsize i = 0; i < count; i++) {
        const Rule *rule = &rules[i];
        gboolean fits = rule->kind == RULE_TNEF && rule->state == STATE_UNSET &&
                        (rule->methods & at->method) != 0;
        if (fits && policy_action(at->context.policy, rule) != ACTION_IGNORE)
            check_row(at, rule);
    }
}

static void report_broken(const Case *at, const char *detail)
{
    gsize count;
    const Rule *rule = rules_table(&count);
    while (rule->state != STATE_BROKEN)
        rule++;
    if (policy_action(at->context.policy, rule) == ACTION_IGNORE)
        return;
    Finding finding = {
        .rule = rule,
        .property = rule->property,
        .old_value = "inconsistent",
        .detail = detail,
        .reason = at->context.seal,
    };
    add_finding(at, finding);
}

/* Why the stream cannot be trusted, or NULL. */
static const char *find_contradiction(const Case *at, gboolean classes_agree)
{
    if (at->tnef->problem != TNEF_SOUND) {
        g_autofree char *text = tnef_problem_text(at->tnef);
        return g_string_chunk_insert(at->context.strings, text);
    }
    return classes_agree ? NULL : "attMessageClass and PidTagMessageClass differ";
}

void tnef_rules_apply(const Tnef *tnef, const TnefContext *context)
{
    Case at = {.tnef = tnef, .context = *context};
    for (guint i = 0; i < tnef->messages->len; i++) {
        at.message = tnef_message(tnef, i);
        gboolean agree = read_class(&at);
        const char *contradiction = i == 0 ? find_contradiction(&at, agree) : NULL;
        if (contradiction != NULL) {
            at.context.seal = context->seal == REASON_NONE ? REASON_MALFORMED : context->seal;
            report_broken(&at, contradiction);
        }
        if (at.method == METHOD_NONE)
            continue;
        read_times(&at);
        check_message(&at);
    }
}
