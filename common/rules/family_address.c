/* SPDX-License-Identifier: BSD-2-Clause
 *
 * family_address: ORGANIZER and ATTENDEE that are no calendar addresses (RFC 5545 3.3.3).
 */
#include "common/calendar/content_line.h"
#include "common/mail/addr_spec.h"
#include "common/rules/families.h"
#include "common/rules/site.h"

#include <string.h>

#define MAILTO  "mailto:"
#define SENT_BY ";SENT-BY=" MAILTO
#define COMMENT ";X-RESPONSE-COMMENT=\""

static gboolean begins_with(const char *text, const char *prefix)
{
    return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* The line, folds undone. */
static const char *line_text(const Site *site)
{
    const ContentLine *line = site_line(site, site->line);
    g_autoptr(GString) text = calendar_unfold(site->calendar, line->start, line->end);
    return site_keep(site, text);
}

/* The position of an octet of that text. */
static gsize position(const Site *site, guint line, gsize index)
{
    return calendar_raw_position(site->calendar, site_line(site, line)->start, index);
}

static Expect reads(const char *property, const char *value)
{
    return (Expect){EXPECT_RESHAPED, property, value, NULL};
}

/* ---- address-scheme ---- */

static void find_no_scheme(const Site *site, Found *found)
{
    const char *value = site_value(site, site->line);
    if (!addr_spec_is(octets_of(value)))
        return;
    g_autoptr(GString) whole = g_string_new(MAILTO);
    g_string_append(whole, value);
    found_add(
        site, found,
        (Defect){.line = site->line, .old_value = value, .new_value = site_keep(site, whole)});
}

static void insert_scheme(const Site *site, const Defect *defect, Draft *draft)
{
    gsize start;
    gsize end;
    calendar_value_range(site->calendar, site_line(site, defect->line), &start, &end);
    draft_reshape(draft, start, start, octets_of(MAILTO),
                  reads(defect->property, defect->new_value));
}

/* ---- address-escaped ---- */

#define ESCAPED_AT "%40"

static void find_escaped(const Site *site, Found *found)
{
    const char *value = site_value(site, site->line);
    const char *escape = strstr(value, ESCAPED_AT);
    if (escape == NULL || strstr(escape + 1, ESCAPED_AT) != NULL || strchr(value, '@') != NULL)
        return;
    g_autoptr(GString) plain = g_string_new(value);
    g_string_overwrite(plain, (gsize)(escape - value), "@");
    g_string_erase(plain, escape - value + 1, 2);
    if (!addr_spec_is_mailto((Octets){plain->str, plain->len}))
        return;
    gsize start;
    gsize end;
    calendar_value_range(site->calendar, site_line(site, site->line), &start, &end);
    gsize at = (gsize)(escape - value);
    found_add(site, found,
              (Defect){.line = site->line,
                       .start = calendar_raw_position(site->calendar, start, at),
                       .end = calendar_raw_position(site->calendar, start, at + 2) + 1,
                       .old_value = value,
                       .new_value = site_keep(site, plain)});
}

static void unescape(const Site *site, const Defect *defect, Draft *draft)
{
    (void)site;
    draft_reshape(draft, defect->start, defect->end, octets_of("@"),
                  reads(defect->property, defect->new_value));
}

/* ---- sent-by-unquoted ---- */

/* The mailto: of an unquoted SENT-BY in a line that is well formed but for it, and `end`, one past
 * its address; or NULL. */
static const char *find_unquoted(const char *line, const char **end)
{
    const char *at = content_line_skip_name(line);
    while (*at == ';' && !begins_with(at, SENT_BY)) {
        at = content_line_skip_parameter(at + 1);
        if (at == NULL)
            return NULL;
    }
    if (!begins_with(at, SENT_BY))
        return NULL;
    const char *mailto = at + strlen(SENT_BY) - strlen(MAILTO);
    *end = mailto + strlen(MAILTO);
    *end += strcspn(*end, ";:");
    const char *colon = content_line_skip_single_parameters(*end);
    gboolean fits = addr_spec_is_mailto((Octets){mailto, (gsize)(*end - mailto)}) &&
                    *colon == ':' && addr_spec_is_mailto(octets_of(colon + 1));
    return fits ? mailto : NULL;
}

static void find_sent_by(const Site *site, Found *found)
{
    const char *line = line_text(site);
    const char *end;
    const char *mailto = find_unquoted(line, &end);
    if (mailto == NULL)
        return;
    g_autoptr(GString) address = g_string_new_len(mailto, end - mailto);
    const char *old_value = site_keep(site, address);
    g_string_prepend_c(address, '"');
    g_string_append_c(address, '"');
    found_add(site, found,
              (Defect){.line = site->line,
                       .start = position(site, site->line, (gsize)(mailto - line)),
                       .end = position(site, site->line, (gsize)(end - line) - 1) + 1,
                       .old_value = old_value,
                       .new_value = site_keep(site, address)});
}

/* Quotes around [start, end). */
static void insert_quotes(const Site *site, const Defect *defect, Draft *draft)
{
    (void)site;
    draft_reshape(draft, defect->start, defect->start, octets_of("\""),
                  reads(defect->property, NULL));
    draft_reshape(draft, defect->end, defect->end, octets_of("\""), reads(defect->property, NULL));
}

/* ---- common-name-comma ---- */

static void find_comma(const Site *site, Found *found)
{
    const ContentLine *line = site_line(site, site->line);
    Parameter parameter;
    gboolean more = calendar_find_parameter(site->calendar, line, "CN", &parameter);
    for (; more; more = calendar_next_parameter(site->calendar, line, "CN", &parameter)) {
        g_autoptr(GString) name = calendar_unfold(site->calendar, parameter.value, parameter.end);
        if (strchr(name->str, ',') == NULL || strchr(name->str, '"') != NULL)
            continue;
        const char *old_value = site_keep(site, name);
        g_string_prepend_c(name, '"');
        g_string_append_c(name, '"');
        found_add(site, found,
                  (Defect){.line = site->line,
                           .start = calendar_raw_position(site->calendar, parameter.value, 0),
                           .end = parameter.end,
                           .old_value = old_value,
                           .new_value = site_keep(site, name)});
    }
}

/* ---- attendee-swapped ---- */

static gboolean is_swappable(const char *text)
{
    static const char *const names[] = {"PARTSTAT=", "ROLE=", "RSVP=", "CUTYPE=", "CN="};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (begins_with(text, names[i]))
            return TRUE;
    }
    return FALSE;
}

/* The last ; of a value that is parameters and an address, or NULL. */
static const char *find_last_semicolon(const char *value)
{
    const char *last = NULL;
    while (is_swappable(value)) {
        const char *next = content_line_skip_single_parameter(value);
        if (next == NULL || *next != ';')
            return NULL;
        last = next;
        value = next + 1;
    }
    return addr_spec_is_mailto(octets_of(value)) ? last : NULL;
}

static void find_swapped(const Site *site, Found *found)
{
    const ContentLine *line = site_line(site, site->line);
    const char *value = site_value(site, site->line);
    const char *semicolon = find_last_semicolon(value);
    if (semicolon == NULL)
        return;
    gsize start;
    gsize end;
    calendar_value_range(site->calendar, line, &start, &end);
    found_add(
        site, found,
        (Defect){.line = site->line,
                 .start = line->value - 1,
                 .end = calendar_raw_position(site->calendar, start, (gsize)(semicolon - value)),
                 .old_value = value,
                 .new_value = semicolon + 1});
}

static void swap_separators(const Site *site, const Defect *defect, Draft *draft)
{
    (void)site;
    const Expect expect = reads(defect->property, defect->new_value);
    draft_reshape(draft, defect->start, defect->start + 1, octets_of(";"), expect);
    draft_reshape(draft, defect->end, defect->end + 1, octets_of(":"), expect);
}

/* ---- comment-quotes ---- */

/* The opening quote of the comment and, in `close`, the closing one before the address at the
 * line's end; or NULL. */
static const char *find_comment(const char *line, const char **close)
{
    const char *at = content_line_skip_name(line);
    while (*at == ';' && !begins_with(at, COMMENT)) {
        at = content_line_skip_parameter(at + 1);
        if (at == NULL)
            return NULL;
    }
    if (!begins_with(at, COMMENT))
        return NULL;
    const char *open = at + strlen(COMMENT) - 1;
    *close = strrchr(line, '"');
    gboolean fits =
        *close > open && (*close)[1] == ':' && addr_spec_is_mailto(octets_of(*close + 2));
    return fits ? open : NULL;
}

static void find_comment_quotes(const Site *site, Found *found)
{
    const char *line = line_text(site);
    const char *close;
    const char *open = find_comment(line, &close);
    if (open == NULL || memchr(open + 1, '"', (gsize)(close - open) - 1) == NULL ||
        content_line_is(line))
        return;
    g_autoptr(GString) comment = g_string_new_len(open + 1, close - open - 1);
    const char *old_value = site_keep(site, comment);
    g_strdelimit(comment->str, "\"", '\'');
    found_add(site, found,
              (Defect){.line = site->line,
                       .start = position(site, site->line, (gsize)(open - line) + 1),
                       .end = position(site, site->line, (gsize)(close - line)),
                       .old_value = old_value,
                       .new_value = site_keep(site, comment)});
}

static void soften_quotes(const Site *site, const Defect *defect, Draft *draft)
{
    for (gsize at = defect->start; at < defect->end; at++) {
        if (site->calendar->text.data[at] == '"')
            draft_reshape(draft, at, at + 1, octets_of("'"), reads(defect->property, NULL));
    }
}

static const RuleState state_no_scheme = {"an address without mailto:", find_no_scheme};
static const RuleState state_escaped = {"%40 for @", find_escaped};
static const RuleState state_sent_by = {"an address without quotes", find_sent_by};
static const RuleState state_comma = {"a comma without quotes", find_comma};
static const RuleState state_swapped = {": and ; swapped", find_swapped};
static const RuleState state_comment = {"quotes inside of quotes", find_comment_quotes};
static const RuleAction action_insert_scheme = {"insert mailto:", insert_scheme};
static const RuleAction action_unescape = {"%40 becomes @", unescape};
static const RuleAction action_quote = {"insert quotes", insert_quotes};
static const RuleAction action_swap = {"swap them", swap_separators};
static const RuleAction action_soften = {"they become '", soften_quotes};

/* ---- rules ---- */

/* clang-format off */
#define IN_ADDRESSES                                                                               \
    .place = PLACE_PROPERTY, .names = NAMES("ORGANIZER", "ATTENDEE"),                              \
    .components = COMPONENT_VEVENT | COMPONENT_VTODO | COMPONENT_VJOURNAL | COMPONENT_VFREEBUSY

static const RuleCase address_scheme[] = {
    {IN_ADDRESSES, .state = &state_no_scheme, .repair = &action_insert_scheme,
     .profiles = PROFILE_BOTH}};
static const RuleCase address_escaped[] = {
    {IN_ADDRESSES, .state = &state_escaped, .repair = &action_unescape, .profiles = PROFILE_BOTH}};
static const RuleCase sent_by_unquoted[] = {
    {IN_ADDRESSES, .parameter = "SENT-BY", .state = &state_sent_by, .repair = &action_quote,
     .profiles = PROFILE_BOTH}};
static const RuleCase common_name_comma[] = {
    {IN_ADDRESSES, .parameter = "CN", .state = &state_comma, .repair = &action_quote,
     .profiles = PROFILE_BOTH}};
static const RuleCase attendee_swapped[] = {
    {IN_ADDRESSES, .state = &state_swapped, .repair = &action_swap}};
static const RuleCase comment_quotes[] = {
    {IN_ADDRESSES, .parameter = "X-RESPONSE-COMMENT", .state = &state_comment,
     .repair = &action_soften}};

static const Rule rules[] = {
    {.name = "address-scheme", .family = FAMILY_ADDRESS, RULE_CASES(address_scheme),
     .standard = "RFC 5545 3.3.3",
     .summary = "An address has no mailto: in front of it."},
    {.name = "address-escaped", .family = FAMILY_ADDRESS, RULE_CASES(address_escaped),
     .standard = "RFC 6068 2",
     .summary = "The @ of an address is written %40."},
    {.name = "sent-by-unquoted", .family = FAMILY_ADDRESS, RULE_CASES(sent_by_unquoted),
     .standard = "RFC 5545 3.2.18",
     .summary = "The address in SENT-BY is not quoted."},
    {.name = "common-name-comma", .family = FAMILY_ADDRESS, RULE_CASES(common_name_comma),
     .standard = "RFC 5545 3.2",
     .summary = "A name with a comma is not quoted."},
    {.name = "attendee-swapped", .family = FAMILY_ADDRESS, RULE_CASES(attendee_swapped),
     .standard = "RFC 5545 3.1",
     .summary = "The colon stands before the parameters instead of behind them."},
    {.name = "comment-quotes", .family = FAMILY_ADDRESS, RULE_CASES(comment_quotes),
     .standard = "RFC 5545 3.2",
     .summary = "A quoted comment holds quotes."},
};
/* clang-format on */

const RuleList address_rules = RULE_LIST(rules);
