/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_golden: every pair of mails in tests/data/golden through the engine.
 *
 * golden.tsv names a mail, the settings, the time, the findings and what the pair shows. Settings
 * are rules to enable, with a leading "-" to disable, and KEY=VALUE; a switch file of the value
 * `off` is absent. Recipients are those of the milter's test: here the envelope is not known.
 * Findings are RULE:OUTCOME in any order, OUTCOME being "repaired" or the reason's word; "-" is
 * none. NAME.out.eml stands only where something is repaired: without it the octets must stay as
 * they are.
 */
#include "common/repair.h"

#include <stddef.h>
#include <string.h>

enum { COLUMN_NAME, COLUMN_SETTINGS, COLUMN_NOW, COLUMN_FINDINGS, COLUMN_SHOWS, COLUMNS };

typedef struct {
    const char *key;
    size_t offset; /* of a guint in PolicyLimits */
} LimitKey;

static const LimitKey limit_keys[] = {
    {"parts", offsetof(PolicyLimits, parts.count)},
    {"depth", offsetof(PolicyLimits, parts.depth)},
    {"components", offsetof(PolicyLimits, calendar.components)},
    {"content-lines", offsetof(PolicyLimits, calendar.lines)},
    {"nesting", offsetof(PolicyLimits, calendar.nesting)},
    {"parameters", offsetof(PolicyLimits, calendar.parameters)},
};

static char *golden_path(const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);
    return g_test_build_filename(G_TEST_DIST, "data", "golden", file, NULL);
}

static GString *golden_read(const char *name, const char *suffix)
{
    g_autofree char *path = golden_path(name, suffix);
    g_autofree char *data = NULL;
    g_autoptr(GError) error = NULL;
    gsize size = 0;
    g_file_get_contents(path, &data, &size, &error);
    g_assert_no_error(error);
    return g_string_new_len(data, (gssize)size);
}

static void set_limit(PolicyLimits *limits, const char *key, guint64 value)
{
    if (g_str_equal(key, "message-bytes")) {
        limits->message_bytes = (gsize)value;
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(limit_keys); i++) {
        if (g_str_equal(key, limit_keys[i].key)) {
            *(guint *)(void *)((char *)limits + limit_keys[i].offset) = (guint)value;
            return;
        }
    }
    g_error("golden.tsv: no limit is called %s", key);
}

static const struct {
    const char *word;
    RuleSwitch which;
} switches_off[] = {
    {"switch-file=off", SWITCH_TRACK_STATUS},
    {"mail-switch-file=off", SWITCH_MAIL},
};

static gboolean turn_off(Policy *policy, const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(switches_off); i++) {
        if (!g_str_equal(word, switches_off[i].word))
            continue;
        policy->switches &= ~(1U << switches_off[i].which);
        return TRUE;
    }
    return FALSE;
}

static RuleProfile read_profile(const char *name)
{
    return g_str_equal(name, "inbound")    ? PROFILE_INBOUND
           : g_str_equal(name, "outbound") ? PROFILE_OUTBOUND
                                           : 0;
}

static void set_word(Policy *policy, const char *word)
{
    g_auto(GStrv) pair = g_strsplit(word, "=", 2);
    if (turn_off(policy, word) || g_str_has_prefix(word, "recipient="))
        return;
    if (g_str_has_prefix(word, "profile="))
        policy_set_profile(policy, read_profile(word + strlen("profile=")));
    else if (g_str_equal(word, "dkim-signed=leave"))
        policy->leave_signed = TRUE;
    else if (pair[1] != NULL)
        set_limit(&policy->limits, pair[0], g_ascii_strtoull(pair[1], NULL, 10));
    else if (word[0] == '-')
        g_assert_true(policy_set_level(policy, word + 1, RULE_DISABLED));
    else
        g_assert_true(policy_set_level(policy, word, RULE_ENABLED));
}

/* The default rules but for the stamp, whose text is not the same on every host. */
static void set_policy(Policy *policy, const char *settings)
{
    policy_init(policy);
    g_assert_true(policy_set_level(policy, "stamp", RULE_DISABLED));
    if (g_str_equal(settings, "-"))
        return;
    g_auto(GStrv) words = g_strsplit(settings, " ", -1);
    for (char **word = words; *word != NULL; word++)
        set_word(policy, *word);
}

static gint64 read_time(const char *text)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    g_assert_nonnull(time);
    return g_date_time_to_unix(time);
}

static gint compare_words(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts and joins words; takes them over. */
static char *join_sorted(GPtrArray *words)
{
    g_ptr_array_sort(words, compare_words);
    g_ptr_array_add(words, NULL);
    char *text = g_strjoinv(" ", (char **)words->pdata);
    g_ptr_array_unref(words);
    return text;
}

static char *findings_text(const Plan *plan)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        const char *outcome =
            finding->reason == REASON_NONE ? "repaired" : reason_word(finding->reason);
        g_ptr_array_add(words, g_strdup_printf("%s:%s", finding->rule->name, outcome));
        if (finding->reason != REASON_NONE)
            g_assert_null(finding->new_value);
    }
    return join_sorted(words);
}

static char *expected_text(const char *findings)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) split = g_strsplit(findings, " ", -1);
    for (char **word = split; *word != NULL && !g_str_equal(findings, "-"); word++)
        g_ptr_array_add(words, g_strdup(*word));
    return join_sorted(words);
}

/* The octets that the plan for `mail` makes of it, and its findings. */
static GString *repair_mail(const GString *mail, char **columns, char **findings)
{
    g_auto(Policy) policy;
    set_policy(&policy, columns[COLUMN_SETTINGS]);
    Octets octets = {mail->str, mail->len};
    g_auto(Message) message;
    message_init(&message, octets);
    g_autoptr(Plan) plan = repair_message(&message, &policy, read_time(columns[COLUMN_NOW]));
    *findings = findings_text(plan);
    g_assert_true(splice_is_valid(plan->edits, octets.size));
    return splice_to_string(octets, plan->edits);
}

static void assert_same_octets(const GString *result, const GString *wanted)
{
    gsize same = 0;
    while (same < result->len && same < wanted->len && result->str[same] == wanted->str[same])
        same++;
    if (same < result->len || same < wanted->len) {
        g_test_message("octet %" G_GSIZE_FORMAT ": got \"%.80s\"", same, result->str + same);
        g_test_message("octet %" G_GSIZE_FORMAT ": not \"%.80s\"", same, wanted->str + same);
    }
    g_assert_true(g_string_equal(result, wanted));
}

static void test_pair(gconstpointer data)
{
    char **columns = (char **)data;
    gboolean repaired = strstr(columns[COLUMN_FINDINGS], ":repaired") != NULL;
    g_autoptr(GString) mail = golden_read(columns[COLUMN_NAME], ".in.eml");
    g_autoptr(GString) wanted =
        golden_read(columns[COLUMN_NAME], repaired ? ".out.eml" : ".in.eml");
    g_autofree char *expected = expected_text(columns[COLUMN_FINDINGS]);
    g_test_message("%s", columns[COLUMN_SHOWS]);

    g_autofree char *findings = NULL;
    g_autoptr(GString) result = repair_mail(mail, columns, &findings);
    g_assert_cmpstr(findings, ==, expected);
    assert_same_octets(result, wanted);

    g_autofree char *second = NULL;
    g_autoptr(GString) again = repair_mail(result, columns, &second);
    g_assert_null(strstr(second, ":repaired"));
    assert_same_octets(again, result);
}

static void free_columns(gpointer columns)
{
    g_strfreev(columns);
}

static void add_pair(const char *line)
{
    char **columns = g_strsplit(line, "\t", -1);
    if (g_strv_length(columns) != COLUMNS)
        g_error("golden.tsv: not %d columns: %s", COLUMNS, line);
    g_autofree char *path = g_strconcat("/golden/", columns[COLUMN_NAME], NULL);
    g_test_add_data_func_full(path, columns, test_pair, free_columns);
}

int main(int argc, char **argv)
{
    g_setenv("G_TEST_SRCDIR", TESTS_FOLDER, FALSE);
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    repair_init();
    g_autoptr(GString) table = golden_read("golden", ".tsv");
    g_auto(GStrv) lines = g_strsplit(table->str, "\n", -1);
    for (char **line = lines + 1; *line != NULL; line++)
        if (**line != '\0')
            add_pair(*line);
    return g_test_run();
}
