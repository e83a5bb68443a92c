/* SPDX-License-Identifier: BSD-2-Clause
 *
 * family_method: METHOD and the header of its part (RFC 6047 2.4, RFC 2045), families method and
 * mime.
 */
#include "common/mail/addr_spec.h"
#include "common/mail/mailbox.h"
#include "common/rules/families.h"
#include "common/rules/site.h"

#include <string.h>

/* ---- the METHOD of the text ---- */

/* RFC 2045 5.1 */
static gboolean is_token(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c <= ' ' || *c >= 0x7f || strchr("()<>@,;:\\\"/[]?=", *c) != NULL)
            return FALSE;
    }
    return *text != '\0';
}

/* The only METHOD among the own lines of all VCALENDARs, where it is a token; else NULL. */
static const char *only_method(const Site *site)
{
    guint method = CALENDAR_NONE;
    guint count = 0;
    for (guint i = 0; i < site->calendar->components->len; i++) {
        const Component *component = calendar_component(site->calendar, i);
        guint own;
        guint line = component->kind == COMPONENT_VCALENDAR
                         ? calendar_find_property(site->calendar, component, "METHOD", &own)
                         : CALENDAR_NONE;
        count += component->kind == COMPONENT_VCALENDAR
                     ? calendar_count_like(site->calendar, component, "METHOD")
                     : 0;
        method = line == CALENDAR_NONE ? method : line;
    }
    const char *value = count == 1 && method != CALENDAR_NONE ? site_value(site, method) : NULL;
    return value != NULL && is_token(value) ? value : NULL;
}

/* ---- method-parameter-missing, method-parameter-differs ---- */

/* The METHOD of the text, where the part has a field without any method in it; else NULL. */
static const char *method_without_parameter(const Site *site)
{
    return site->field->is_editable && mime_field_count(&site->field->field, "method") == 0
               ? only_method(site)
               : NULL;
}

static gboolean is_plain_scheduling(const Site *site, const char *method)
{
    return (rules_method_bit(method) & METHOD_SCHEDULING) != 0 && !site->work->part->is_attachment;
}

static void found_method(const Site *site, Found *found, const char *old_value, const char *method)
{
    found_add(site, found,
              (Defect){.line = CALENDAR_NONE,
                       .property = "Content-Type",
                       .old_value = old_value,
                       .new_value = method});
}

/* A field that is not well formed to its end is no place for an edit, nor for a reader. */
static void report_field(const Site *site, Found *found)
{
    const char *method = only_method(site);
    if (method != NULL && is_plain_scheduling(site, method))
        found_add(site, found,
                  (Defect){.line = CALENDAR_NONE,
                           .property = "Content-Type",
                           .oddity = "the field is not well formed"});
}

static void find_no_method(const Site *site, Found *found)
{
    const char *method = method_without_parameter(site);
    if (site->field->is_malformed)
        report_field(site, found);
    if (method != NULL && is_plain_scheduling(site, method))
        found_method(site, found, NULL, method);
}

static void find_no_other_method(const Site *site, Found *found)
{
    const char *method = method_without_parameter(site);
    if (method != NULL && !is_plain_scheduling(site, method))
        found_method(site, found, NULL, method);
}

static void append_method(const Site *site, const Defect *defect, Draft *draft)
{
    draft_append_parameter(draft, site->field, "method", defect->new_value);
}

static void find_other_method(const Site *site, Found *found)
{
    const MimeParameter *parameter = field_facts_plain(site->field, "method");
    const char *method = parameter == NULL ? NULL : only_method(site);
    if (method == NULL)
        return;
    g_autoptr(GString) value = mime_field_value(&site->field->field, "method");
    if (g_ascii_strcasecmp(value->str, method) != 0)
        found_method(site, found, site_keep(site, value), method);
}

static void set_method(const Site *site, const Defect *defect, Draft *draft)
{
    draft_set_field_parameter(draft, site->field, field_facts_plain(site->field, "method"),
                              defect->new_value);
}

/* ---- method-missing ---- */

static gboolean has_method_anywhere(const Calendar *calendar)
{
    for (guint line = 0; line < calendar->lines->len; line++) {
        if (calendar_line_is_like(calendar, calendar_line(calendar, line), "METHOD"))
            return TRUE;
    }
    return FALSE;
}

static gboolean has_attendees(const Site *site, const Component *component)
{
    guint count;
    calendar_find_property(site->calendar, component, "ATTENDEE", &count);
    return count > 0 && calendar_count_like(site->calendar, component, "ATTENDEE") == count;
}

/* Every VEVENT and VTODO, of which there is one at least, is one that this METHOD may carry. */
static gboolean fits_method(const Site *site, guint method)
{
    const guint from_owner = METHOD_REQUEST | METHOD_CANCEL | METHOD_ADD | METHOD_DECLINECOUNTER;
    guint count = 0;
    for (guint i = calendar_next_child(site->calendar, site->vcalendar, site->vcalendar);
         i != CALENDAR_NONE; i = calendar_next_child(site->calendar, site->vcalendar, i)) {
        const Component *component = calendar_component(site->calendar, i);
        if ((component->kind & (COMPONENT_VEVENT | COMPONENT_VTODO)) == 0)
            continue;
        if (method != METHOD_DECLINECOUNTER && !has_attendees(site, component))
            return FALSE;
        if ((method & from_owner) != 0 &&
            site_only_line(site, component, "ORGANIZER") == CALENDAR_NONE)
            return FALSE;
        count++;
    }
    return count > 0;
}

/* It looks no further than to a second one, since each VCALENDAR asks. */
static gboolean has_one_calendar(const Calendar *calendar)
{
    guint count = 0;
    for (guint i = 0; i < calendar->components->len && count < 2; i++)
        count += calendar_component(calendar, i)->kind == COMPONENT_VCALENDAR ? 1 : 0;
    return count == 1;
}

static void find_no_method_property(const Site *site, Found *found)
{
    field_facts_read(site->field, site->work->message, site->work->part);
    const MimeParameter *parameter = field_facts_plain(site->field, "method");
    if (parameter == NULL || !has_one_calendar(site->calendar) ||
        has_method_anywhere(site->calendar))
        return;
    g_autoptr(GString) method = mime_field_value(&site->field->field, "method");
    g_string_ascii_up(method);
    guint bit = rules_method_bit(method->str);
    if ((bit & METHOD_SCHEDULING) != 0 && fits_method(site, bit))
        found_add(site, found,
                  (Defect){.line = CALENDAR_NONE,
                           .property = "METHOD",
                           .new_value = site_keep(site, method)});
}

static void insert_method(const Site *site, const Defect *defect, Draft *draft)
{
    draft_insert_line(draft, site_after_begin(site, site->component), "METHOD", defect->new_value);
}

/* ---- charset-missing, charset-ascii ---- */

static gboolean is_eight_bit(const Site *site)
{
    Octets text = site->calendar->text;
    gsize at = 0;
    while (at < text.size && (guchar)text.data[at] < 0x80)
        at++;
    return at < text.size && site_is_utf8(site);
}

static void find_no_charset(const Site *site, Found *found)
{
    if (site->field->is_editable && mime_field_count(&site->field->field, "charset") == 0 &&
        is_eight_bit(site))
        found_add(
            site, found,
            (Defect){.line = CALENDAR_NONE, .property = "Content-Type", .new_value = "UTF-8"});
}

static void append_charset(const Site *site, const Defect *defect, Draft *draft)
{
    draft_append_parameter(draft, site->field, "charset", defect->new_value);
}

static void find_ascii(const Site *site, Found *found)
{
    const MimeParameter *parameter = field_facts_plain(site->field, "charset");
    if (parameter != NULL &&
        octets_equal_nocase(field_facts_value(site->field, parameter), "us-ascii") &&
        is_eight_bit(site))
        found_add(site, found,
                  (Defect){.line = CALENDAR_NONE,
                           .property = "Content-Type",
                           .old_value = "us-ascii",
                           .new_value = "UTF-8"});
}

static void set_charset(const Site *site, const Defect *defect, Draft *draft)
{
    draft_set_field_parameter(draft, site->field, field_facts_plain(site->field, "charset"),
                              defect->new_value);
}

/* ---- encoding-noise, encoded-line-long ---- */

static void find_encoding_noise(const Site *site, Found *found)
{
    const Part *part = site->work->part;
    if (part->noisy_encoding == TRANSFER_UNKNOWN || !site->work->transfer->faithful)
        return;
    Octets field = octets_slice(site->work->message->octets, part->noise, part->noise_end);
    g_autoptr(GString) noise = g_string_new_len(field.data, (gssize)field.size);
    found_add(site, found,
              (Defect){.line = CALENDAR_NONE,
                       .property = "Content-Transfer-Encoding",
                       .old_value = site_keep(site, noise)});
}

static void delete_encoding_noise(const Site *site, const Defect *defect, Draft *draft)
{
    (void)defect;
    draft_edit_field(draft, site->work->part->noise, site->work->part->noise_end,
                     (Octets){NULL, 0});
}

/* ---- organizer-missing ---- */

/* A longer To field is no address of one person. */
#define LONGEST_TO 998

static gboolean is_only_recipient(const Message *message, Octets address)
{
    if (message->recipients == NULL)
        return TRUE;
    return message->recipients->len == 1 &&
           octets_equal_nocase(address, g_ptr_array_index(message->recipients, 0));
}

/* The address that the reply is for, or NULL where To, Cc and envelope do not name just one. */
static const char *find_organizer(const Site *site)
{
    const Message *message = site->work->message;
    const HeaderField *to = message_find_field(message, "To");
    if (to == NULL || message_count_fields(message, "To") != 1 ||
        message_find_field(message, "Cc") != NULL || to->value_end - to->start > LONGEST_TO)
        return NULL;
    g_autofree char *text = message_field_text(message, to);
    Octets address = mailbox_only(octets_of(text));
    if (address.size == 0 || !is_only_recipient(message, address))
        return NULL;
    g_autoptr(GString) organizer = g_string_new("mailto:");
    g_string_append_len(organizer, address.data, (gssize)address.size);
    return site_keep(site, organizer);
}

static gboolean has_organizer(const Site *site)
{
    const Calendar *calendar = site->calendar;
    TextFacts *facts = site->text;
    for (guint i = 0; !facts->is_searched && i < calendar->components->len; i++) {
        const Component *component = calendar_component(calendar, i);
        facts->has_organizer |= component->kind == COMPONENT_VEVENT &&
                                calendar_count_like(calendar, component, "ORGANIZER") > 0;
    }
    facts->is_searched = TRUE;
    return facts->has_organizer;
}

/* Asked once for the VCALENDAR; its VEVENTs are the defects. */
static void find_no_organizer(const Site *site, Found *found)
{
    const char *organizer = has_organizer(site) ? NULL : find_organizer(site);
    for (guint i = calendar_next_child(site->calendar, site->component, site->component);
         organizer != NULL && i != CALENDAR_NONE;
         i = calendar_next_child(site->calendar, site->component, i)) {
        if (calendar_component(site->calendar, i)->kind == COMPONENT_VEVENT)
            found_add(site, found,
                      (Defect){.line = CALENDAR_NONE,
                               .component = i,
                               .property = "ORGANIZER",
                               .new_value = organizer});
    }
}

static void insert_organizer(const Site *site, const Defect *defect, Draft *draft)
{
    draft_insert_line(draft, site_after_stamp(site), "ORGANIZER", defect->new_value);
}

/* ---- cancel-status ---- */

static void find_live_status(const Site *site, Found *found)
{
    guint line = site_only_line(site, site_component(site), site->name);
    const char *value = line == CALENDAR_NONE ? "" : site_value(site, line);
    if (g_ascii_strcasecmp(value, "CONFIRMED") == 0 || g_ascii_strcasecmp(value, "TENTATIVE") == 0)
        found_add(site, found,
                  (Defect){.line = line, .old_value = value, .new_value = "CANCELLED"});
}

static void set_status(const Site *site, const Defect *defect, Draft *draft)
{
    draft_set_value(draft, site_line(site, defect->line), defect->property, defect->new_value);
}

static const RuleState state_no_method = {"no method parameter", find_no_method};
static const RuleState state_no_other_method = {"no method parameter; PUBLISH, or an attachment",
                                                find_no_other_method};
static const RuleState state_other_method = {"another method", find_other_method};
static const RuleState state_no_property = {"no METHOD, and a method parameter",
                                            find_no_method_property};
static const RuleState state_no_charset = {"no charset, and UTF-8", find_no_charset};
static const RuleState state_ascii = {"us-ascii, and UTF-8", find_ascii};
static const RuleState state_noise = {"blanks or ; behind the token", find_encoding_noise};
static const RuleState state_long_encoded = {"base64 line over 990 octets", NULL};
static const RuleState state_no_organizer = {"absent, and one address in To", find_no_organizer};
static const RuleState state_live_status = {"CONFIRMED or TENTATIVE", find_live_status};
static const RuleAction action_append_method = {"append method", append_method};
static const RuleAction action_set_method = {"set to METHOD", set_method};
static const RuleAction action_insert_method = {"insert METHOD", insert_method};
static const RuleAction action_append_charset = {"append charset", append_charset};
static const RuleAction action_set_charset = {"set UTF-8", set_charset};
static const RuleAction action_delete_noise = {"delete them", delete_encoding_noise};
static const RuleAction action_break_lines = {"break the lines", NULL};
static const RuleAction action_insert_organizer = {"insert ORGANIZER", insert_organizer};
static const RuleAction action_set_status = {"set CANCELLED", set_status};

/* ---- rules ---- */

/* clang-format off */
static const RuleCase method_parameter_missing[] = {
    {.place = PLACE_FIELD, .methods = METHOD_SCHEDULING, .names = NAMES("Content-Type"),
     .parameter = "method", .state = &state_no_method, .repair = &action_append_method,
     .profiles = PROFILE_BOTH},
    {.place = PLACE_FIELD, .names = NAMES("Content-Type"), .parameter = "method",
     .state = &state_no_other_method, .repair = &action_append_method}};
static const RuleCase method_parameter_differs[] = {
    {.place = PLACE_FIELD, .names = NAMES("Content-Type"), .parameter = "method",
     .state = &state_other_method, .repair = &action_set_method, .profiles = PROFILE_BOTH}};
static const RuleCase method_missing[] = {
    {.place = PLACE_CALENDAR, .names = NAMES("METHOD"), .state = &state_no_property,
     .repair = &action_insert_method, .profiles = PROFILE_BOTH}};
static const RuleCase charset_missing[] = {
    {.place = PLACE_FIELD, .names = NAMES("Content-Type"), .parameter = "charset",
     .state = &state_no_charset, .repair = &action_append_charset, .profiles = PROFILE_BOTH}};
static const RuleCase charset_ascii[] = {
    {.place = PLACE_FIELD, .names = NAMES("Content-Type"), .parameter = "charset",
     .state = &state_ascii, .repair = &action_set_charset, .profiles = PROFILE_BOTH}};
static const RuleCase encoding_noise[] = {
    {.place = PLACE_FIELD, .names = NAMES("Content-Transfer-Encoding"), .state = &state_noise,
     .repair = &action_delete_noise, .profiles = PROFILE_OUTBOUND}};
static const RuleCase encoded_line_long[] = {
    {.place = PLACE_CONTENT, .names = NAMES("base64"), .state = &state_long_encoded, .repair = &action_break_lines,
     .profiles = PROFILE_OUTBOUND}};
static const RuleCase organizer_missing[] = {
    {.place = PLACE_CALENDAR, .methods = METHOD_REPLY, .names = NAMES("ORGANIZER"),
     .state = &state_no_organizer, .repair = &action_insert_organizer}};
static const RuleCase cancel_status[] = {
    {.place = PLACE_COMPONENT, .methods = METHOD_CANCEL,
     .components = COMPONENT_VEVENT | COMPONENT_VTODO, .names = NAMES("STATUS"),
     .state = &state_live_status, .repair = &action_set_status}};

static const Rule rules[] = {
    {.name = "method-parameter-missing", .family = FAMILY_METHOD,
     RULE_CASES(method_parameter_missing),
     .standard = "RFC 6047 2.4",
     .summary = "The Content-Type of a calendar part has no method."},
    {.name = "method-parameter-differs", .family = FAMILY_METHOD,
     RULE_CASES(method_parameter_differs),
     .standard = "RFC 6047 2.4",
     .summary = "The method of the Content-Type is not the METHOD of the calendar."},
    {.name = "method-missing", .family = FAMILY_METHOD, RULE_CASES(method_missing),
     .standard = "RFC 5546 1.4",
     .summary = "The calendar has no METHOD, its Content-Type has one."},
    {.name = "charset-missing", .family = FAMILY_MIME, RULE_CASES(charset_missing),
     .standard = "RFC 5545 3.1.4",
     .summary = "UTF-8 is not labelled."},
    {.name = "charset-ascii", .family = FAMILY_MIME, RULE_CASES(charset_ascii),
     .standard = "RFC 5545 3.1.4",
     .summary = "UTF-8 is labelled us-ascii."},
    {.name = "encoding-noise", .family = FAMILY_MIME, RULE_CASES(encoding_noise),
     .standard = "RFC 2045 6.1",
     .summary = "Something stands behind the transfer encoding."},
    {.name = "encoded-line-long", .family = FAMILY_MIME, RULE_CASES(encoded_line_long),
     .standard = "RFC 2045 6.8",
     .summary = "A line of base64 is so long that an MTA cuts it."},
    {.name = "organizer-missing", .family = FAMILY_METHOD, .reads = NAMES("To", "Cc"),
     RULE_CASES(organizer_missing),
     .standard = "RFC 5546 3.2.3",
     .summary = "A reply does not say whose meeting it answers."},
    {.name = "cancel-status", .family = FAMILY_METHOD, RULE_CASES(cancel_status),
     .standard = "RFC 5546 3.2.5",
     .summary = "A cancellation does not call the meeting cancelled."},
};
/* clang-format on */

const RuleList method_rules = RULE_LIST(rules);

const Rule *const rule_encoding_noise = &rules[5];
