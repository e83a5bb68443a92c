/* SPDX-License-Identifier: BSD-2-Clause
 *
 * rules_command: see rules_command.h. A row of the rule table is first made into words, which are
 * then laid out in columns or written as JSON.
 */
#include "cli/rules_command.h"

#include "cli/json_output.h"

#include <stdio.h>
#include <string.h>

typedef enum {
    COLUMN_RULE,
    COLUMN_FAMILY,
    COLUMN_SWITCH,
    COLUMN_PROPERTY,
    COLUMN_PARAMETER,
    COLUMN_METHOD,
    COLUMN_COMPONENT,
    COLUMN_STATE,
    COLUMN_REPAIR,
    COLUMN_PROFILE,
    COLUMN_NOW,
    COLUMNS_SHOWN, /* in JSON there are more */
    COLUMN_STANDARD = COLUMNS_SHOWN,
    COLUMNS,
} Column;

/* A column's name, and the width beyond which its words go to the next line. */
static const struct {
    const char *name;
    gsize width;
} LAYOUT[COLUMNS] = {
    [COLUMN_RULE] = {"rule", 30},
    [COLUMN_FAMILY] = {"family", 12},
    [COLUMN_SWITCH] = {"switch", 28},
    [COLUMN_PROPERTY] = {"property", 40},
    [COLUMN_PARAMETER] = {"parameter", 18},
    [COLUMN_METHOD] = {"method", 14},
    [COLUMN_COMPONENT] = {"component", 18},
    [COLUMN_STATE] = {"state", 16},
    [COLUMN_REPAIR] = {"repair", 16},
    [COLUMN_PROFILE] = {"profile", 8},
    [COLUMN_NOW] = {"now", 8},
    [COLUMN_STANDARD] = {"standard", 28},
};

/* One row in words. NULL: nothing to say. */
typedef struct {
    char *words[COLUMNS];
} Row;

static const char *now_text(const RuleAction *action)
{
    if (action == NULL)
        return "ignore";
    return action == &action_report ? "report" : "repair";
}

/* Only what stands in a calendar or TNEF stream has a METHOD. */
static gboolean has_method(const RuleCase *rule_case)
{
    return rule_case->place != PLACE_HEADER && rule_case->place != PLACE_MESSAGE &&
           rule_case->place != PLACE_CONTENT;
}

static Row row_of(const Rule *rule, const RuleCase *rule_case, const Policy *policy)
{
    g_autofree char *names =
        rule_case->names == NULL ? NULL : g_strjoinv(" ", (char **)rule_case->names);
    return (Row){{
        [COLUMN_RULE] = g_strdup(rule->name),
        [COLUMN_FAMILY] = g_strdup(rule->family),
        [COLUMN_SWITCH] = g_strdup(rules_switch_name(rules_family(rule)->turned_on_by)),
        [COLUMN_PROPERTY] = g_steal_pointer(&names),
        [COLUMN_PARAMETER] = g_strdup(rule_case->parameter),
        [COLUMN_METHOD] = has_method(rule_case) ? rules_methods_text(rule_case) : NULL,
        [COLUMN_COMPONENT] = rules_components_text(rule_case),
        [COLUMN_STATE] = g_strdup(rule_case->state->words),
        [COLUMN_REPAIR] = g_strdup(rule_case->repair->words),
        [COLUMN_PROFILE] = rules_profile_text(rule_case),
        [COLUMN_NOW] = g_strdup(now_text(policy_action(policy, rule, rule_case))),
        [COLUMN_STANDARD] = g_strdup(rule->standard),
    }};
}

static void row_clear(gpointer data)
{
    Row *row = data;
    for (Column column = 0; column < COLUMNS; column++)
        g_free(row->words[column]);
}

/* The word as lines of at most `width`, broken at blanks only. Owned by the caller, g_strfreev. */
static char **wrap(const char *word, gsize width)
{
    g_autofree char *text = g_strdup(word != NULL ? word : "-");
    char *start = text;
    for (char *blank = strchr(text, ' '); blank != NULL; blank = strchr(blank + 1, ' ')) {
        if ((gsize)(blank - start) + strcspn(blank + 1, " ") + 1 <= width)
            continue;
        *blank = '\n';
        start = blank + 1;
    }
    return g_strsplit(text, "\n", -1);
}

static void print_row(const Row *row, const int widths[COLUMNS_SHOWN])
{
    char **cells[COLUMNS_SHOWN];
    guint lines = 0;
    for (Column column = 0; column < COLUMNS_SHOWN; column++) {
        cells[column] = wrap(row->words[column], LAYOUT[column].width);
        lines = MAX(lines, g_strv_length(cells[column]));
    }
    for (guint i = 0; i < lines; i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        for (Column column = 0; column < COLUMNS_SHOWN; column++) {
            const char *cell = i < g_strv_length(cells[column]) ? cells[column][i] : "";
            g_string_append_printf(line, "%-*s  ", widths[column], cell);
        }
        puts(g_strchomp(line->str));
    }
    for (Column column = 0; column < COLUMNS_SHOWN; column++)
        g_strfreev(cells[column]);
}

/* The longest line of a column, so that all rows line up. */
static int column_width(const GArray *rows, Column column)
{
    gsize longest = strlen(LAYOUT[column].name);
    for (guint i = 0; i < rows->len; i++) {
        const char *word = g_array_index(rows, Row, i).words[column];
        g_auto(GStrv) lines = wrap(word, LAYOUT[column].width);
        for (char **line = lines; *line != NULL; line++)
            longest = MAX(longest, strlen(*line));
    }
    return (int)longest;
}

static void print_table(const GArray *rows)
{
    int widths[COLUMNS_SHOWN];
    Row head = {{0}};
    for (Column column = 0; column < COLUMNS_SHOWN; column++) {
        head.words[column] = g_ascii_strup(LAYOUT[column].name, -1);
        widths[column] = column_width(rows, column);
    }
    print_row(&head, widths);
    for (guint i = 0; i < rows->len; i++)
        print_row(&g_array_index(rows, Row, i), widths);
    row_clear(&head);
}

static void print_json(const GArray *rows)
{
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = &g_array_index(rows, Row, i);
        g_autoptr(JsonBuilder) builder = json_builder_new();
        json_builder_begin_object(builder);
        for (Column column = 0; column < COLUMNS; column++)
            json_output_text(builder, LAYOUT[column].name, row->words[column]);
        json_builder_end_object(builder);
        json_output_line(builder);
    }
}

static void print_rules(const Policy *policy, gboolean json)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
    g_array_set_clear_func(rows, row_clear);
    for (guint number = 0; number < rules_count(); number++) {
        const Rule *rule = rules_get(number);
        for (gsize i = 0; i < rule->count; i++) {
            Row row = row_of(rule, &rule->cases[i], policy);
            g_array_append_val(rows, row);
        }
    }
    if (json)
        print_json(rows);
    else
        print_table(rows);
}

CommandExit rules_command(int argc, char **argv)
{
    static const CommandHelp help = {
        .arguments = "",
        .summary = "Shows the rules, and what the settings have each do now.",
        .description = "Profile: on is repaired where its switch is on, in and out in the profiles "
                       "inbound and "
                       "outbound,\nopt where the settings enable it, leave is reported.\nExit "
                       "code: 0, or 2 for "
                       "trouble.",
    };
    g_auto(EngineOptions) options = {0};
    g_auto(GStrv) rest = NULL;
    gboolean json = FALSE;
    CommandExit code;
    g_auto(Engine) engine = {0};
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object per row", NULL},
        ENGINE_CONFIG_ENTRY(options),
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &rest, NULL, NULL},
        {0},
    };
    if (!command_parse(&help, entries, argc, argv, &code))
        return code;
    if (rest != NULL) {
        command_trouble("%s: this command takes no file", rest[0]);
        return COMMAND_TROUBLE;
    }
    if (!engine_open(&engine, &options))
        return COMMAND_TROUBLE;
    print_rules(&engine.settings->policy, json);
    return command_finish(COMMAND_OK);
}
