/* SPDX-License-Identifier: BSD-2-Clause
 *
 * family_text: line ends, folds, long lines and what older formats left in the text.
 */
#include "common/calendar/fold.h"
#include "common/mail/charset.h"
#include "common/rules/families.h"
#include "common/rules/site.h"

#include <string.h>

/* Longer lines are cut on their way: RFC 5322 2.1.1 lets 998 octets through, some MTAs fewer. */
#define LONGEST_LINE ((gsize)990)

/* ---- byte-order-mark ---- */

static void find_mark(const Site *site, Found *found)
{
    if (octets_has_prefix(site->calendar->text, BYTE_ORDER_MARK))
        found_add(site, found,
                  (Defect){.line = CALENDAR_NONE,
                           .start = 0,
                           .end = strlen(BYTE_ORDER_MARK),
                           .property = "text",
                           .old_value = BYTE_ORDER_MARK});
}

static void delete_range(const Site *site, const Defect *defect, Draft *draft)
{
    (void)site;
    draft_retext(draft, defect->start, defect->end, (Octets){NULL, 0});
}

/* ---- doubled-return, bare-line-feed ---- */

/* Calls `each` for every LF of the text. Gives how many there are. */
static guint each_feed(Octets text, void (*each)(gsize at, gpointer data), gpointer data)
{
    guint count = 0;
    if (text.size == 0)
        return 0;
    const char *end = text.data + text.size;
    for (const char *feed = text.data; feed < end; feed++) {
        feed = memchr(feed, '\n', (gsize)(end - feed));
        if (feed == NULL)
            break;
        each((gsize)(feed - text.data), data);
        count++;
    }
    return count;
}

typedef struct {
    Octets text;
    gsize fewest; /* CR before an LF, counted up to two */
    gsize most;
} Returns;

static void count_returns(gsize at, gpointer data)
{
    Returns *returns = data;
    gsize count = 0;
    while (count < 2 && count < at && returns->text.data[at - 1 - count] == '\r')
        count++;
    returns->fewest = MIN(returns->fewest, count);
    returns->most = MAX(returns->most, count);
}

/* TRUE when the text has two LF or more, and before each as many CR; two stand for more, too. */
static gboolean all_lines_end(Octets text, gsize returns)
{
    Returns counted = {text, 2, 0};
    return each_feed(text, count_returns, &counted) >= 2 && counted.fewest == returns &&
           counted.most == returns;
}

static void find_doubled_return(const Site *site, Found *found)
{
    if (all_lines_end(site->calendar->text, 2))
        found_add(site, found,
                  (Defect){.line = CALENDAR_NONE,
                           .property = "text",
                           .old_value = "CR CR LF",
                           .new_value = "CR LF"});
}

static gboolean ends_in_single_return(Octets text)
{
    return text.size > 1 && text.data[text.size - 1] == '\r' && text.data[text.size - 2] != '\r';
}

static void delete_return(gsize at, gpointer draft)
{
    draft_retext(draft, at - 2, at - 1, (Octets){NULL, 0});
}

static void delete_returns(const Site *site, const Defect *defect, Draft *draft)
{
    (void)defect;
    Octets text = site->calendar->text;
    each_feed(text, delete_return, draft);
    if (ends_in_single_return(text))
        draft_retext(draft, text.size - 1, text.size, (Octets){NULL, 0});
}

static void find_bare_line_feed(const Site *site, Found *found)
{
    if (all_lines_end(site->calendar->text, 0) && site_hides_line_ends(site))
        found_add(site, found,
                  (Defect){.line = CALENDAR_NONE,
                           .property = "text",
                           .old_value = "LF",
                           .new_value = "CR LF"});
}

static void insert_return(gsize at, gpointer draft)
{
    draft_retext(draft, at, at, octets_of("\r"));
}

static void insert_returns(const Site *site, const Defect *defect, Draft *draft)
{
    (void)defect;
    each_feed(site->calendar->text, insert_return, draft);
}

/* ---- fold-in-character ---- */

static gboolean is_utf8_label(const char *charset)
{
    return charset == NULL || g_ascii_strcasecmp(charset, "utf-8") == 0 ||
           g_ascii_strcasecmp(charset, "us-ascii") == 0;
}

static gsize character_size(guchar first)
{
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

static gboolean is_continuation(char octet)
{
    return ((guchar)octet & 0xc0) == 0x80;
}

/* The first octet of the character that the fold [fold, fold_end) cuts, or `fold`. */
static gsize find_cut_character(Octets text, gsize line, gsize fold, gsize fold_end)
{
    gsize first = fold;
    while (first > line && fold - first < 3 && is_continuation(text.data[first - 1]))
        first--;
    if (first == line)
        return fold;
    first--;
    gsize size = character_size((guchar)text.data[first]);
    gsize before = fold - first;
    if (size <= before || size - before > text.size - fold_end)
        return fold;
    char character[4];
    memcpy(character, text.data + first, before);
    memcpy(character + before, text.data + fold_end, size - before);
    return g_utf8_validate(character, (gssize)size, NULL) ? first : fold;
}

/* The folds of the content line: each range from its line end to its blank. */
static void find_cut_characters(const Site *site, Found *found)
{
    Octets text = site->calendar->text;
    const ContentLine *line = site_line(site, site->line);
    if (!is_utf8_label(site->work->part->charset))
        return;
    gsize start = line->start;
    for (gsize next = octets_next_line(text, start); next < line->next;
         next = octets_next_line(text, next)) {
        gsize fold = octets_line_ending(text, next);
        gsize first = find_cut_character(text, start, fold, next + 1);
        if (first < fold && first > line->start)
            found_add(site, found,
                      (Defect){.line = site->line,
                               .start = first,
                               .end = fold,
                               .property = "line",
                               .old_value = "a fold in a character",
                               .new_value = "a fold before it"});
        start = next + 1;
    }
}

static void move_fold(const Site *site, const Defect *defect, Draft *draft)
{
    Octets text = site->calendar->text;
    gsize fold_end = octets_next_line(text, defect->end) + 1;
    g_autoptr(GString) fold =
        g_string_new_len(text.data + defect->end, (gssize)(fold_end - defect->end));
    draft_retext(draft, defect->start, defect->start, draft_keep(draft, fold));
    draft_retext(draft, defect->end, fold_end, (Octets){NULL, 0});
}

/* ---- long-line ---- */

static gboolean is_folded_by_us(const PartWork *work)
{
    return work->transfer->encoding == TRANSFER_IDENTITY &&
           strcmp(work->part->type, "text/calendar") == 0;
}

static gboolean is_in_vcalendar(const Calendar *calendar, guint component)
{
    while (component != CALENDAR_NONE &&
           calendar_component(calendar, component)->kind != COMPONENT_VCALENDAR)
        component = calendar_component(calendar, component)->parent;
    return component != CALENDAR_NONE;
}

static void find_long_lines(const Site *site, Found *found)
{
    Octets text = site->calendar->text;
    const ContentLine *line = site_line(site, site->line);
    if (line->next - line->start <= LONGEST_LINE || !is_folded_by_us(site->work) ||
        !calendar_nests(site->calendar) || !is_in_vcalendar(site->calendar, site->component))
        return;
    gsize next;
    for (gsize start = line->start; start < line->next; start = next) {
        next = octets_next_line(text, start);
        gsize end = octets_line_ending(text, next);
        if (end - start <= LONGEST_LINE)
            continue;
        g_autoptr(GString) size = g_string_new(NULL);
        g_string_printf(size, "%" G_GSIZE_FORMAT " octets", end - start);
        found_add(site, found,
                  (Defect){.line = site->line,
                           .start = start,
                           .end = end,
                           .property = "line",
                           .old_value = site_keep(site, size),
                           .new_value = "folded"});
    }
}

typedef struct {
    Draft *draft;
    gsize start;
    Octets fold;
} Folding;

static void insert_fold(gsize offset, gpointer data)
{
    const Folding *folding = data;
    gsize at = folding->start + offset;
    draft_retext(folding->draft, at, at, folding->fold);
}

/* The line ending of the line, else that of the line before. */
static Octets ending_of(Octets text, gsize start, gsize end)
{
    gsize next = octets_next_line(text, end);
    return next > end ? octets_slice(text, end, next)
                      : octets_slice(text, octets_line_ending(text, start), start);
}

static void fold_line(const Site *site, const Defect *defect, Draft *draft)
{
    Octets text = site->calendar->text;
    Octets ending = ending_of(text, defect->start, defect->end);
    g_autoptr(GString) fold = g_string_new_len(ending.data, (gssize)ending.size);
    g_string_append_c(fold, ' ');
    Folding folding = {draft, defect->start, draft_keep(draft, fold)};
    fold_each(octets_slice(text, defect->start, defect->end), site_is_utf8(site), insert_fold,
              &folding);
}

/* ---- encoding-parameter ---- */

static guint count_parameters(const Site *site, const ContentLine *line, const char *name)
{
    Parameter parameter;
    guint count = 0;
    gboolean more = calendar_find_parameter(site->calendar, line, name, &parameter);
    for (; more; more = calendar_next_parameter(site->calendar, line, name, &parameter))
        count++;
    return count;
}

static void find_encoding(const Site *site, Found *found)
{
    const ContentLine *line = site_line(site, site->line);
    if (count_parameters(site, line, "ENCODING") != 1)
        return;
    const char *encoding = site_parameter(site, site->line, "ENCODING");
    const Component *calendar = calendar_component(site->calendar, site->vcalendar);
    guint version = site_only_line(site, calendar, "VERSION");
    if (g_ascii_strcasecmp(encoding, "QUOTED-PRINTABLE") != 0 || version == CALENDAR_NONE ||
        !calendar_value_is(site->calendar, site_line(site, version), octets_of("2.0")) ||
        strchr(site_value(site, site->line), '=') != NULL)
        return;
    g_autoptr(GString) name = calendar_unfold(site->calendar, line->start, line->name_end);
    found_add(
        site, found,
        (Defect){.line = site->line, .property = site_keep(site, name), .old_value = encoding});
}

static void remove_encoding(const Site *site, const Defect *defect, Draft *draft)
{
    static const char *const names[][2] = {{"ENCODING", "QUOTED-PRINTABLE"}, {"CHARSET", "UTF-8"}};
    const ContentLine *line = site_line(site, defect->line);
    Parameter parameter;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        gboolean more = calendar_find_parameter(site->calendar, line, names[i][0], &parameter);
        for (; more;
             more = calendar_next_parameter(site->calendar, line, names[i][0], &parameter)) {
            g_autoptr(GString) value = calendar_parameter_value(site->calendar, &parameter);
            if (g_ascii_strcasecmp(value->str, names[i][1]) == 0)
                draft_reshape(draft, parameter.start, parameter.end, (Octets){NULL, 0},
                              (Expect){EXPECT_RESHAPED, defect->property, NULL, NULL});
        }
    }
}

/* ---- name-underscore ---- */

static void find_underscore(const Site *site, Found *found)
{
    const ContentLine *line = site_line(site, site->line);
    if (!line->colon || site->component == CALENDAR_NONE || !calendar_nests(site->calendar) ||
        site_component(site)->in_timezone)
        return;
    g_autoptr(GString) name = calendar_unfold(site->calendar, line->start, line->name_end);
    if (g_ascii_strncasecmp(name->str, "X-", 2) != 0 || strchr(name->str, '_') == NULL)
        return;
    const char *old_name = site_keep(site, name);
    g_strdelimit(name->str, "_", '-');
    found_add(site, found,
              (Defect){.line = site->line,
                       .property = old_name,
                       .old_value = old_name,
                       .new_value = site_keep(site, name)});
}

static void replace_underscores(const Site *site, const Defect *defect, Draft *draft)
{
    const ContentLine *line = site_line(site, defect->line);
    for (gsize at = line->start; at < line->name_end; at++) {
        if (site->calendar->text.data[at] == '_')
            draft_reshape(draft, at, at + 1, octets_of("-"),
                          (Expect){EXPECT_RESHAPED, defect->new_value, NULL, defect->property});
    }
}

static const RuleState state_mark = {"a byte-order mark", find_mark};
static const RuleState state_doubled = {"CR CR LF", find_doubled_return};
static const RuleState state_bare = {"LF alone in an encoded part", find_bare_line_feed};
static const RuleState state_cut_character = {"a fold in a character", find_cut_characters};
static const RuleState state_long_line = {"over 990 octets", find_long_lines};
static const RuleState state_encoding = {"value without =", find_encoding};
static const RuleState state_underscore = {"_ in the name", find_underscore};
static const RuleAction action_delete_mark = {"delete it", delete_range};
static const RuleAction action_delete_return = {"delete one CR", delete_returns};
static const RuleAction action_insert_return = {"insert CR", insert_returns};
static const RuleAction action_move_fold = {"move the fold", move_fold};
static const RuleAction action_fold = {"fold", fold_line};
static const RuleAction action_remove_encoding = {"delete the parameter", remove_encoding};
static const RuleAction action_hyphen = {"_ becomes -", replace_underscores};

/* ---- rules ---- */

/* clang-format off */
static const RuleCase byte_order_mark[] = {
    {.place = PLACE_TEXT, .phase = PHASE_EARLY, .state = &state_mark,
     .repair = &action_delete_mark, .profiles = PROFILE_BOTH}};
static const RuleCase doubled_return[] = {
    {.place = PLACE_TEXT, .phase = PHASE_ALONE, .state = &state_doubled,
     .repair = &action_delete_return, .profiles = PROFILE_BOTH}};
static const RuleCase bare_line_feed[] = {
    {.place = PLACE_TEXT, .phase = PHASE_ALONE, .state = &state_bare,
     .repair = &action_insert_return, .profiles = PROFILE_OUTBOUND}};
static const RuleCase fold_in_character[] = {
    {.place = PLACE_LINE, .phase = PHASE_EARLY, .state = &state_cut_character,
     .repair = &action_move_fold, .profiles = PROFILE_BOTH}};
static const RuleCase long_line[] = {
    {.place = PLACE_LINE, .phase = PHASE_EARLY, .state = &state_long_line,
     .repair = &action_fold, .profiles = PROFILE_OUTBOUND}};
static const RuleCase encoding_parameter[] = {
    {.place = PLACE_PROPERTY, .phase = PHASE_EARLY, .parameter = "ENCODING",
     .state = &state_encoding, .repair = &action_remove_encoding, .profiles = PROFILE_BOTH}};
static const RuleCase name_underscore[] = {
    {.place = PLACE_LINE, .phase = PHASE_EARLY, .state = &state_underscore,
     .repair = &action_hyphen}};

static const Rule rules[] = {
    {.name = "byte-order-mark", .family = FAMILY_TEXT, RULE_CASES(byte_order_mark),
     .standard = "RFC 5545 3.4",
     .summary = "The calendar begins with a byte-order mark."},
    {.name = "doubled-return", .family = FAMILY_TEXT, RULE_CASES(doubled_return),
     .standard = "RFC 5545 3.1",
     .summary = "Every line ends in CR CR LF."},
    {.name = "bare-line-feed", .family = FAMILY_TEXT, RULE_CASES(bare_line_feed),
     .standard = "RFC 5545 3.1",
     .summary = "The lines of an encoded part end in LF alone."},
    {.name = "fold-in-character", .family = FAMILY_TEXT, RULE_CASES(fold_in_character),
     .standard = "RFC 5545 3.1",
     .summary = "A fold cuts a UTF-8 character."},
    {.name = "long-line", .family = FAMILY_TEXT, RULE_CASES(long_line),
     .standard = "RFC 5545 3.1",
     .summary = "A line is so long that an MTA cuts it."},
    {.name = "encoding-parameter", .family = FAMILY_TEXT, RULE_CASES(encoding_parameter),
     .standard = "RFC 5545 3.2.7",
     .summary = "ENCODING=QUOTED-PRINTABLE, which iCalendar 2.0 does not know."},
    {.name = "name-underscore", .family = FAMILY_TEXT, RULE_CASES(name_underscore),
     .standard = "RFC 5545 3.1",
     .summary = "The name of an extension has an underscore."},
};
/* clang-format on */

const RuleList text_rules = RULE_LIST(rules);
