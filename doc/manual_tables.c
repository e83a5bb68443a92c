/* SPDX-License-Identifier: BSD-2-Clause
 *
 * manual_tables: prints a table of the programs as an mdoc list, for the manual pages, and the one
 * of settings also as an example file, the one of events also as a page in Markdown.
 *
 * Called with one of the names settings, example, families, rules, events, event-page and metrics
 * while the manual is built; the text goes to standard output. Since these are the tables that the
 * programs run by, the manual cannot say something else. Exit 1 when the output could not be
 * written, 2 for a wrong call.
 */
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "common/event.h"
#include "common/rules/rules.h"
#include "common/settings.h"
#include "common/standard_output.h"
#include "common/transit/metrics.h"

#define TEXT_COLUMNS 72

/* Prints `text` so that mdoc reads no macro, escape or request in it (mdoc(7), MACRO SYNTAX). */
static void print_octets(const char *text, gsize size)
{
    fputs("\\&", stdout);
    for (gsize i = 0; i < size; i++) {
        if (text[i] == '\\')
            fputs("\\e", stdout);
        else if (text[i] == '"')
            fputs("\\(dq", stdout);
        else
            fputc(text[i], stdout);
    }
}

/* Prints an argument of a macro: one word for mdoc, whatever it holds. */
static void print_argument(const char *macro, const char *text)
{
    printf("%s \"", macro);
    print_octets(text, strlen(text));
    fputc('"', stdout);
}

/* How much of `text` stands on one line: a sentence, or the words of it that fit. */
static gsize line_size(const char *text)
{
    gsize size = strlen(text);
    const char *sentence = strstr(text, ". ");
    if (sentence)
        size = (gsize)(sentence - text) + 1;
    if (size <= TEXT_COLUMNS)
        return size;
    const char *blank = g_strrstr_len(text, TEXT_COLUMNS, " ");
    return blank ? (gsize)(blank - text) : strcspn(text, " ");
}

/* Prints running text in lines as mandoc likes them. */
static void print_line(const char *text)
{
    while (*text != '\0') {
        gsize size = line_size(text);
        print_octets(text, size);
        fputc('\n', stdout);
        text += size;
        text += strspn(text, " ");
    }
}

/* Running text as comments of at most TEXT_COLUMNS. */
static void print_comment(const char *text)
{
    while (*text != '\0') {
        gsize size = line_size(text);
        printf("# %.*s\n", (int)size, text);
        text += size;
        text += strspn(text, " ");
    }
}

/* The words that a setting takes, where it takes but some, by the printer of running text. */
static void print_choices(guint index, void (*print)(const char *text))
{
    g_autofree char *choices = settings_list_choices(index);
    if (choices == NULL)
        return;
    g_autofree char *text = g_strdup_printf("One of: %s.", choices);
    print(text);
}

/* One key: its type, what it is for, and its default. */
static void print_setting(guint index)
{
    SettingInfo setting = settings_info(index);

    fputs(".It ", stdout);
    print_argument("Cm", setting.key);
    fputs(" No = ", stdout);
    print_argument("Ar", setting.type);
    fputc('\n', stdout);
    print_line(setting.text);
    print_choices(index, print_line);
    if (setting.at_start)
        puts("A change of it holds after a restart.");
    if (setting.section != SECTION_FILE && !setting.is_section)
        printf("A %s can have its own.\n", settings_section_word(setting.section));
    if (setting.default_value[0] == '\0') {
        puts("Default: none.");
        return;
    }
    fputs("Default:\n.", stdout);
    print_argument("Li", setting.default_value);
    fputs(" .\n", stdout);
}

/* A subsection for each group, in the order of the table, which has a group in one run. */
static void print_settings(void)
{
    const char *group = NULL;

    for (guint i = 0; i < settings_count(); i++) {
        SettingInfo setting = settings_info(i);
        if (g_strcmp0(group, setting.group) != 0) {
            printf("%s.Ss Group %s\n.Bl -tag -width Ds\n", group ? ".El\n" : "", setting.group);
            group = setting.group;
        }
        print_setting(i);
    }
    puts(".El");
}

static void print_example(void)
{
    const char *group = NULL;

    puts(
        "# Settings of calmend: calmend.conf(5). Every key is optional; what stands behind a # is\n"
        "# its default. calmend-milter --check-config says what is wrong.");
    for (guint i = 0; i < settings_count(); i++) {
        SettingInfo setting = settings_info(i);
        /* Without a # it would be a section. */
        const char *apart = setting.is_section ? "# " : "";
        if (g_strcmp0(group, setting.group) != 0)
            printf("\n%s[%s]\n", apart, setting.group);
        group = setting.group;
        puts("");
        print_comment(setting.text);
        print_choices(i, print_comment);
        printf("%s%s=%s\n", *apart == '\0' ? "#" : apart, setting.key, setting.default_value);
    }
}

/* What stands before it in `text` is parted from it. */
static void append_clause(GString *text, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void append_clause(GString *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_string_append(text, text->len > 0 ? ", " : "");
    g_string_append_vprintf(text, format, arguments);
    va_end(arguments);
}

/* Where a case looks. */
static void append_place(GString *text, const RuleCase *rule_case)
{
    g_autofree char *methods = rules_methods_text(rule_case);
    g_autofree char *components = rules_components_text(rule_case);
    if (rule_case->parameter != NULL)
        append_clause(text, "parameter %s", rule_case->parameter);
    if (strcmp(methods, "any") != 0)
        append_clause(text, "METHOD %s", methods);
    if (rule_case->place < PLACE_FIELD || rule_case->place == PLACE_TNEF)
        append_clause(text, "in %s", components);
}

/* One case of a rule: where it looks, for what, and what it does. */
static void print_case(const RuleCase *rule_case)
{
    g_autofree char *names =
        rule_case->names == NULL ? NULL : g_strjoinv(" ", (char **)rule_case->names);
    g_autofree char *profile = rules_profile_text(rule_case);
    g_autoptr(GString) text = g_string_new(names);

    append_place(text, rule_case);
    append_clause(text, "%s: %s", rule_case->state->words, rule_case->repair->words);
    if (rule_case->otherwise != NULL && rule_case->otherwise != rule_case->repair)
        g_string_append_printf(text, "; else: %s", rule_case->otherwise->words);
    g_string_append_printf(text, " [%s].", profile);
    puts(".It");
    print_line(text->str);
}

static void print_rule(const Rule *rule)
{
    fputs(".It ", stdout);
    print_argument("Sy", rule->name);
    puts("");
    print_line(rule->summary);
    if (rule->standard != NULL)
        printf("See %s.\n", rule->standard);
    puts(".Bl -bullet -compact");
    for (gsize i = 0; i < rule->count; i++)
        print_case(&rule->cases[i]);
    puts(".El");
}

/* A subsection for each family, an item for each of its rules. */
static void print_rules(void)
{
    guint families;
    const Family *family = rules_families(&families);

    for (guint i = 0; i < families; i++) {
        printf(".Ss Family %s\n.Bl -tag -width Ds\n", family[i].name);
        for (guint number = 0; number < rules_count(); number++) {
            if (rules_family_number(rules_get(number)) == i)
                print_rule(rules_get(number));
        }
        puts(".El");
    }
}

/* An item for each family: what it is about, and its switch. */
static void print_families(void)
{
    guint families;
    const Family *family = rules_families(&families);

    puts(".Bl -tag -width structure");
    for (guint i = 0; i < families; i++) {
        const char *file = rules_switch_name(family[i].turned_on_by);
        printf(".It Sy %s\n", family[i].name);
        print_line(family[i].summary);
        if (file != NULL)
            printf(".Pq Pa %s\n", file);
    }
    puts(".El");
}

/* The name that syslog.conf has for it. A priority that is not here is a bug, found by the build.
 */
static const char *priority_name(int priority)
{
    static const struct {
        int priority;
        const char *name;
    } names[] = {{LOG_ERR, "err"}, {LOG_WARNING, "warning"}, {LOG_INFO, "info"}};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i].priority == priority)
            return names[i].name;
    g_error("manual_tables: no name for priority %d", priority);
}

/* An item for each event of the catalogue, by number. */
static void print_events(void)
{
    gsize count;
    const EventKind *catalogue = event_catalogue(&count);

    puts(".Bl -tag -width Ds");
    for (gsize i = 0; i < count; i++) {
        const EventKind *kind = &catalogue[i];
        printf(".It Sy %d Pq %s , category %s , priority %s\n", kind->id, kind->type,
               kind->category, priority_name(kind->priority));
        print_line(kind->when);
        print_line(kind->advice);
    }
    puts(".El");
}

/* A page in Markdown, for a browser: somebody has a number from the log, and asks what to do. */
static void print_event_page(void)
{
    gsize count;
    const EventKind *catalogue = event_catalogue(&count);

    puts("# What does this event mean?\n\n"
         "A line of calmend in the log holds `Event ID:` and a number, in JSON `\"event_id\":`. "
         "calmend-events(7) explains the other fields of the line. On a host with systemd "
         "`journalctl -x -t calmend-milter` shows the same words below each line.\n\n"
         "| event | type | category | when |\n|---|---|---|---|");
    for (gsize i = 0; i < count; i++)
        printf("| [%d](#event-%d) | %s | %s | %s |\n", catalogue[i].id, catalogue[i].id,
               catalogue[i].type, catalogue[i].category, catalogue[i].when);
    for (gsize i = 0; i < count; i++) {
        const EventKind *kind = &catalogue[i];
        printf("\n## Event %d\n\n%s\n\n**What to do:** %s\n\n", kind->id, kind->when, kind->advice);
        printf("%s of category %s, priority `%s` of syslog; in the journal "
               "`journalctl MESSAGE_ID=%s`.\n",
               kind->type, kind->category, priority_name(kind->priority), kind->journal_id);
    }
}

static void print_metrics(void)
{
    puts(".Bl -tag -width Ds");
    for (guint metric = 0; metric < METRICS; metric++) {
        MetricInfo info = metrics_info(metric);
        fputs(".It ", stdout);
        print_argument("Li", info.name);
        printf(" Pq %s", info.type);
        if (info.labels[0] != '\0')
            printf(" , by %s", info.labels);
        fputc('\n', stdout);
        print_line(info.help);
        if (info.of_filter)
            print_line("The filter counts it, too.");
    }
    puts(".El");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } tables[] = {{"settings", print_settings}, {"example", print_example},
                  {"families", print_families}, {"rules", print_rules},
                  {"events", print_events},     {"event-page", print_event_page},
                  {"metrics", print_metrics}};

    for (gsize i = 0; argc == 2 && i < G_N_ELEMENTS(tables); i++) {
        if (strcmp(argv[1], tables[i].name) != 0)
            continue;
        tables[i].print();
        return standard_output_finish(NULL) ? 0 : 1;
    }
    fputs("usage: manual_tables settings | example | families | rules | events | event-page | "
          "metrics\n",
          stderr);
    return 2;
}
