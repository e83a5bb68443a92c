/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/tnef_rules.h"

#include "common/rules/families.h"
#include "common/rules/tnef_names.h"
#include "common/tnef/filetime.h"
#include "common/tnef/tnef_edit.h"

#include <string.h>

/* One message of the stream. */
typedef struct {
    const PartWork *work;
    const Tnef *tnef;
    GArray *changes; /* TnefChange */
    Reason seal;     /* the one that holds for this stream */
    const TnefMessage *message;
    const char *message_class; /* as written, or NULL */
    guint method;              /* RuleMethod bit */
    const char *critical_name; /* of the property that tells when this side last changed it */
    guint64 critical;          /* that time, or 0 where it is not usable */
    guint64 submitted;         /* PidTagClientSubmitTime, or 0 */
} Case;

/* ---- rules ---- */

#define FROM_OWNER (METHOD_REQUEST | METHOD_CANCEL)

static const RuleState state_unset = {"time before 1601-01-03", NULL};
static const RuleState state_broken = {"contradicts itself", NULL};
static const RuleAction action_set_filetime = {"set time", NULL};

#define UNSET(component, when, name)                                                               \
    {                                                                                              \
        .place = PLACE_TNEF, .methods = (when), .components = (component), .names = NAMES(name),   \
        .state = &state_unset, .repair = &action_set_filetime, .profiles = PROFILE_ALWAYS          \
    }

/* clang-format off */
static const RuleCase attendee_change[] = {
    UNSET(COMPONENT_MESSAGE, METHOD_RESPONSE, "PidLidAttendeeCriticalChange")};
static const RuleCase owner_change[] = {
    UNSET(COMPONENT_MESSAGE, FROM_OWNER, "PidLidOwnerCriticalChange")};
static const RuleCase reply_time[] = {
    UNSET(COMPONENT_MESSAGE, METHOD_RESPONSE, "PidLidAppointmentReplyTime")};
static const RuleCase track_status_time[] = {
    UNSET(COMPONENT_RECIPIENT, FROM_OWNER | METHOD_RESPONSE, "PidTagRecipientTrackStatusTime")};
static const RuleCase malformed[] = {
    {.place = PLACE_TNEF, .components = COMPONENT_MESSAGE, .names = NAMES("stream"),
     .state = &state_broken, .repair = &action_report, .otherwise = &action_report,
     .profiles = PROFILE_LEAVE}};

static const Rule rules[] = {
    {.name = "tnef-attendee-change", .family = FAMILY_EPOCH, RULE_CASES(attendee_change),
     .standard = "[MS-OXOCAL] 2.2",
     .summary = "In winmail.dat the time of the attendee's answer was never set."},
    {.name = "tnef-owner-change", .family = FAMILY_EPOCH, RULE_CASES(owner_change),
     .standard = "[MS-OXOCAL] 2.2",
     .summary = "In winmail.dat the time of the organizer's change was never set."},
    {.name = "tnef-reply-time", .family = FAMILY_EPOCH, RULE_CASES(reply_time),
     .standard = "[MS-OXOCAL] 2.2",
     .summary = "In winmail.dat the time of the reply was never set."},
    {.name = "tnef-track-status-time", .family = FAMILY_EPOCH, RULE_CASES(track_status_time),
     .standard = "Microsoft KB 938650",
     .summary = "In winmail.dat the time of a recipient's answer was never set."},
    {.name = "tnef-malformed", .family = FAMILY_EPOCH, RULE_CASES(malformed),
     .standard = "[MS-OXTNEF] 2.1",
     .summary = "A winmail.dat contradicts itself."},
};
/* clang-format on */

const RuleList tnef_rules = RULE_LIST(rules);

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
    GStringChunk *strings = at->work->plan->strings;
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
    return filetime_is_usable(time, at->work->times->now) ? time : 0;
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
    return at->submitted != 0 ? at->submitted : filetime_from_unix(at->work->times->fallback);
}

/* ---- findings ---- */

static const char *keep_time(const Case *at, guint64 filetime)
{
    char text[FILETIME_TEXT_SIZE];
    filetime_write(filetime, text);
    return g_string_chunk_insert(at->work->plan->strings, text);
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
    return g_string_chunk_insert_const(at->work->plan->strings, place->str);
}

static void add_finding(const Case *at, Finding finding)
{
    finding.part = at->work->part->number;
    finding.type = at->work->part->type;
    finding.method = at->message_class;
    g_array_append_val(at->work->plan->findings, finding);
}

/* A time that was never set; `oddity` is why nobody can say what it should be, or NULL. */
static void repair_time(Case *at, const ActiveCase *active, guint number, const char *oddity)
{
    gboolean off = !policy_is_on(at->work->policy, active->turned_on_by);
    const TnefProperty *property = tnef_property(at->tnef, number);
    TnefChange change = {.property = number, .filetime = substitute_time(at)};
    Reason reason = oddity != NULL                   ? REASON_LEAVE
                    : at->seal == REASON_NONE && off ? REASON_SWITCH
                                                     : at->seal;
    Finding finding = {
        .rule = active->rule,
        .rule_case = active->rule_case,
        .component = keep_place(at, property->row),
        .property = active->rule_case->names[0],
        .old_value = keep_time(at, tnef_filetime(at->tnef, property)),
        .new_value = reason == REASON_NONE ? keep_time(at, change.filetime) : NULL,
        .detail = oddity,
        .reason = reason,
    };
    add_finding(at, finding);
    if (reason != REASON_NONE)
        return;
    g_array_append_val(at->changes, change);
    if (strcmp(active->rule_case->names[0], at->critical_name) == 0)
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

static void check_case(Case *at, const ActiveCase *active)
{
    const RuleCase *rule_case = active->rule_case;
    guint32 attribute =
        rule_case->components == COMPONENT_RECIPIENT ? TNEF_ATT_RECIPIENTS : TNEF_ATT_MESSAGE_PROPS;
    g_autoptr(GArray) found =
        find_properties(at->tnef, at->message, attribute, rule_case->names[0]);
    const char *inside = at->message->depth > 0 ? "in an attached message" : NULL;
    for (guint i = 0; i < found->len; i++) {
        guint number = g_array_index(found, guint, i);
        if (!filetime_is_unset(tnef_filetime(at->tnef, tnef_property(at->tnef, number))))
            continue;
        gboolean repeated = is_repeated(at->tnef, found, i);
        repair_time(at, active, number, repeated ? "stands more than once" : inside);
    }
}

static void check_message(Case *at)
{
    const GArray *all = at->work->policy->active;
    for (guint i = 0; i < all->len; i++) {
        const ActiveCase *active = &g_array_index(all, ActiveCase, i);
        if (active->rule_case->state == &state_unset &&
            (active->rule_case->methods & at->method) != 0)
            check_case(at, active);
    }
}

static void report_broken(const Case *at, const char *detail)
{
    const Rule *rule = &rules[G_N_ELEMENTS(rules) - 1];
    if (!policy_has_rule(at->work->policy, rule))
        return;
    Finding finding = {
        .rule = rule,
        .rule_case = rule->cases,
        .property = rule->cases[0].names[0],
        .old_value = "inconsistent",
        .detail = detail,
        .reason = at->seal,
    };
    add_finding(at, finding);
}

/* Why the stream cannot be trusted, or NULL. */
static const char *find_contradiction(const Case *at, gboolean classes_agree)
{
    if (at->tnef->problem != TNEF_SOUND) {
        g_autofree char *text = tnef_problem_text(at->tnef);
        return g_string_chunk_insert(at->work->plan->strings, text);
    }
    return classes_agree ? NULL : "attMessageClass and PidTagMessageClass differ";
}

void tnef_rules_apply(const PartWork *work, const Tnef *tnef, GArray *changes)
{
    Case at = {.work = work, .tnef = tnef, .changes = changes, .seal = work->seal};
    for (guint i = 0; i < tnef->messages->len; i++) {
        at.message = tnef_message(tnef, i);
        gboolean agree = read_class(&at);
        const char *contradiction = i == 0 ? find_contradiction(&at, agree) : NULL;
        if (contradiction != NULL) {
            at.seal = work->seal == REASON_NONE ? REASON_MALFORMED : work->seal;
            report_broken(&at, contradiction);
        }
        if (at.method == METHOD_NONE)
            continue;
        read_times(&at);
        check_message(&at);
    }
}
