/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_header_rules: header fields, as the MTA is told and as a file is edited.
 *
 * Edits are of octets; what the MTA is told follows from them. Both are compared: the edited mail,
 * and the changes of fields written as "change NAME INDEX=VALUE", "remove NAME INDEX" or "insert
 * NAME=VALUE". The clock stands at 2026-01-06.
 */
#include "config.h"

#include "common/field_changes.h"
#include "common/mail/parts.h"
#include "common/rules/header_rules.h"

#include <string.h>

#define NOW   G_GINT64_CONSTANT(1767657600)
#define CLOCK "Tue, 06 Jan 2026 00:00:00 +0000"
#define EPOCH "Mon, 01 Jan 1601 00:00:00 +0000"
#define TODAY "Mon, 5 Jan 2026 12:00:00 +0000"

typedef struct {
    const char *name;
    const char *disable; /* NULL: none */
    const char *mail;
    const char *result;   /* NULL: the same */
    const char *changes;  /* as the MTA gets them */
    const char *findings; /* RULE FIELD OLD>NEW */
} HeaderCase;

static const HeaderCase cases[] = {
    {"good", NULL, "Date: " TODAY "\nSubject: x\n\n", NULL, "", ""},
    {"date", NULL, "Subject: x\r\nDate: " EPOCH "\r\n\r\nb",
     "Subject: x\r\nDate: " CLOCK "\r\n\r\nb", "change Date 1= " CLOCK,
     "header-date-epoch Date " EPOCH ">" CLOCK},
    {"date-west", NULL, "Date: Sun, 31 Dec 1600 16:00:00 -0800\n\n", "Date: " CLOCK "\n\n",
     "change Date 1= " CLOCK, "header-date-epoch Date Sun, 31 Dec 1600 16:00:00 -0800>" CLOCK},
    {"date-form-kept", NULL, "dATE \t:\t 1 Jan 1601 00:00:00 GMT \r\n\r\n",
     "dATE \t:\t " CLOCK " \r\n\r\n", "change dATE 1=\t " CLOCK " ",
     "header-date-epoch dATE 1 Jan 1601 00:00:00 GMT>" CLOCK},
    {"date-folded", NULL, "Date:\n Mon, 1 Jan 1601\n\t00:00:00 +0000\nX: 1\n\n",
     "Date:\n " CLOCK "\nX: 1\n\n", "change Date 1=\n " CLOCK,
     "header-date-epoch Date Mon, 1 Jan 1601\t00:00:00 +0000>" CLOCK},
    {"date-first-counts", NULL, "Date: " TODAY "\nDate: " EPOCH "\n\n", NULL, "", ""},
    {"date-first-of-two", NULL, "Date: " EPOCH "\nDate: " EPOCH "\n\n",
     "Date: " CLOCK "\nDate: " EPOCH "\n\n", "change Date 1= " CLOCK,
     "header-date-epoch Date " EPOCH ">" CLOCK},
    {"date-disabled", "header-date-epoch", "Date: " EPOCH "\n\n", NULL, "", ""},
    {"date-other-field", NULL, "Resent-Date: " EPOCH "\nX-Date: " EPOCH "\n\n", NULL, "", ""},
    {"date-nonsense", NULL, "Date: 1601\n\n", NULL, "", ""},
    {"date-in-body", NULL, "X: 1\n\nDate: " EPOCH "\n", NULL, "", ""},
    {"reply-by", NULL, "X: 1\nReply-By: " EPOCH "\nY: 2\n\n", "X: 1\nY: 2\n\n", "remove Reply-By 1",
     "header-deadline-epoch Reply-By " EPOCH ">"},
    {"deadlines", NULL,
     "Expires: " EPOCH "\r\nExpiry-Date: " EPOCH "\r\nX: 1\r\nDeferred-Delivery:\r\n " EPOCH
     "\r\nreply-by: " EPOCH "\r\n\r\n",
     "X: 1\r\n\r\n",
     "remove reply-by 1\nremove Deferred-Delivery 1\nremove Expiry-Date 1\nremove Expires 1",
     "header-deadline-epoch reply-by " EPOCH ">\nheader-deadline-epoch Expires " EPOCH
     ">\nheader-deadline-epoch Expiry-Date " EPOCH
     ">\nheader-deadline-epoch Deferred-Delivery " EPOCH ">"},
    {"deadline-from-the-last", NULL,
     "Expires: " EPOCH "\nExpires: " TODAY "\nEXPIRES: " EPOCH "\n\n", "Expires: " TODAY "\n\n",
     "remove EXPIRES 3\nremove Expires 1",
     "header-deadline-epoch Expires " EPOCH ">\nheader-deadline-epoch EXPIRES " EPOCH ">"},
    {"deadline-good", NULL, "Expires: " TODAY "\nReply-By: Fri, 1 Jan 4501 00:00:00 +0000\n\n",
     NULL, "", ""},
    {"deadline-disabled", "epoch", "Expires: " EPOCH "\nDate: " EPOCH "\n\n", NULL, "", ""},
    {"both", NULL, "Expires: " EPOCH "\nDate: " EPOCH "\n\n", "Date: " CLOCK "\n\n",
     "change Date 1= " CLOCK "\nremove Expires 1",
     "header-date-epoch Date " EPOCH ">" CLOCK "\nheader-deadline-epoch Expires " EPOCH ">"},
};

static char *changes_text(const Message *message, const Plan *plan)
{
    static const char *const words[] = {
        [FIELD_INSERT] = "insert", [FIELD_CHANGE] = "change", [FIELD_REMOVE] = "remove"};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GArray) changes = field_changes_new(message, plan->edits);
    for (guint i = 0; i < changes->len; i++) {
        const FieldChange *change = &g_array_index(changes, FieldChange, i);
        g_string_append_printf(text, "%s%s %s", i > 0 ? "\n" : "", words[change->kind],
                               change->name);
        if (change->kind != FIELD_INSERT)
            g_string_append_printf(text, " %u", change->index);
        g_assert_cmpint(change->value == NULL, ==, change->kind == FIELD_REMOVE);
        if (change->value != NULL)
            g_string_append_printf(text, "=%s", change->value);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *findings_text(const Plan *plan)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        g_string_append_printf(text, "%s%s %s %s>%s", i > 0 ? "\n" : "", finding->rule->name,
                               finding->property,
                               finding->old_value == NULL ? "" : finding->old_value,
                               finding->new_value == NULL ? "" : finding->new_value);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *edited_text(const Message *message, const Plan *plan)
{
    g_assert_true(splice_is_valid(plan->edits, message->octets.size));
    return g_string_free(splice_to_string(message->octets, plan->edits), FALSE);
}

static void test_fields(gconstpointer data)
{
    const HeaderCase *row = data;
    g_auto(Message) message;
    message_init(&message, octets_of(row->mail));
    g_auto(Policy) policy;
    policy_init(&policy);
    if (row->disable != NULL)
        g_assert_true(policy_set_level(&policy, row->disable, RULE_DISABLED));
    g_autoptr(Plan) plan = plan_new();
    header_rules_apply(&message, &policy, NOW, REASON_NONE, plan);
    splice_sort(plan->edits);
    g_autofree char *result = edited_text(&message, plan);
    g_autofree char *changes = changes_text(&message, plan);
    g_autofree char *findings = findings_text(plan);
    g_assert_cmpstr(result, ==, row->result == NULL ? row->mail : row->result);
    g_assert_cmpstr(changes, ==, row->changes);
    g_assert_cmpstr(findings, ==, row->findings);
    g_assert_cmpint(plan_changes(plan), ==, row->result != NULL);
}

static void test_seal(void)
{
    g_auto(Message) message;
    message_init(&message, octets_of("Expires: " EPOCH "\nDate: " EPOCH "\n\n"));
    g_auto(Policy) policy;
    policy_init(&policy);
    g_autoptr(Plan) plan = plan_new();
    header_rules_apply(&message, &policy, NOW, REASON_POLICY, plan);
    g_assert_false(plan_changes(plan));
    g_assert_cmpuint(plan->findings->len, ==, 2);
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        g_assert_cmpint(finding->reason, ==, REASON_POLICY);
        g_assert_null(finding->new_value);
        g_assert_null(finding->part);
    }
}

static void test_switch(void)
{
    g_auto(Message) message;
    message_init(&message, octets_of("Expires: " EPOCH "\nDate: " EPOCH "\n\n"));
    g_auto(Policy) policy;
    policy_init(&policy);
    policy.switches = 1U << SWITCH_MAIL;
    g_autoptr(Plan) plan = plan_new();
    header_rules_apply(&message, &policy, NOW, REASON_NONE, plan);
    g_assert_false(plan_changes(plan));
    g_assert_cmpuint(plan->findings->len, ==, 2);
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = &g_array_index(plan->findings, Finding, i);
        g_assert_cmpint(finding->reason, ==, REASON_SWITCH);
        g_assert_null(finding->new_value);
    }
    g_autoptr(Plan) sealed = plan_new();
    header_rules_apply(&message, &policy, NOW, REASON_POLICY, sealed);
    g_assert_cmpint(g_array_index(sealed->findings, Finding, 0).reason, ==, REASON_POLICY);
}

/* ---- the stamp ---- */

static const Rule *rule_named(const char *name)
{
    for (guint number = 0; number < rules_count(); number++) {
        if (strcmp(rules_get(number)->name, name) == 0)
            return rules_get(number);
    }
    g_error("no rule %s", name);
}

/* A plan with an edit of the last octet, and a finding for each name; a - before it is one that was
 * left. */
static Plan *plan_of(const Message *message, const char *names)
{
    Plan *plan = plan_new();
    Edit edit = {.offset = message->octets.size - 1, .length = 1};
    g_array_append_val(plan->edits, edit);
    g_auto(GStrv) words = g_strsplit(names, " ", -1);
    for (char **word = words; *word != NULL && **word != '\0'; word++) {
        gboolean left = **word == '-';
        Finding finding = {
            .rule = rule_named(*word + (left ? 1 : 0)),
            .property = "X",
            .reason = left ? REASON_LEAVE : REASON_NONE,
        };
        g_array_append_val(plan->findings, finding);
    }
    return plan;
}

typedef struct {
    const char *name;
    const char *host;
    const char *rules;
    const char *value; /* NULL: no stamp */
} StampCase;

#define STAMP_VERSION "version=" PACKAGE_VERSION ";"

static const StampCase stamps[] = {
    {"one", "mx.example", "stamp-epoch", STAMP_VERSION " host=mx.example; rules=stamp-epoch"},
    {"once-each", "mx", "stamp-epoch created-epoch stamp-epoch -schedule-epoch created-epoch",
     STAMP_VERSION " host=mx; rules=stamp-epoch, created-epoch"},
};

static void test_stamp(gconstpointer data)
{
    const StampCase *row = data;
    g_auto(Message) message;
    message_init(&message, octets_of("From a@b\nX-Calmend: old\nX: 1\n\nb"));
    g_auto(Policy) policy;
    policy_init(&policy);
    g_free(policy.host);
    policy.host = g_strdup(row->host);
    g_autoptr(Plan) plan = plan_of(&message, row->rules);
    header_rules_stamp(&message, &policy, plan);
    splice_sort(plan->edits);
    g_autofree char *wanted = g_strconcat("insert X-Calmend= ", row->value, NULL);
    g_autofree char *changes = changes_text(&message, plan);
    g_assert_cmpstr(changes, ==, wanted);

    const Edit *edit = &g_array_index(plan->edits, Edit, 0);
    g_autofree char *field = g_strconcat("X-Calmend: ", row->value, "\n", NULL);
    g_autofree char *text = octets_dup(edit->text);
    g_assert_cmpstr(text, ==, field);
    g_assert_cmpuint(edit->offset, ==, strlen("From a@b\n"));
    g_assert_cmpuint(edit->length, ==, 0);
}

/* Folded between words, so that no line is longer than it should be (RFC 5322 2.1.1) unless a word
 * alone is. */
static void check_stamp_lines(const char *host)
{
    g_auto(Message) message;
    message_init(&message, octets_of("X: 1\n\nb"));
    g_auto(Policy) policy;
    policy_init(&policy);
    g_free(policy.host);
    policy.host = g_strdup(host);
    g_autoptr(Plan) plan =
        plan_of(&message, "attendee-change-missing owner-change-epoch reply-time-epoch "
                          "created-epoch stamp-epoch");
    header_rules_stamp(&message, &policy, plan);
    splice_sort(plan->edits);
    g_autofree char *text = octets_dup(g_array_index(plan->edits, Edit, 0).text);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        g_assert_true(strlen(*line) <= 78 || strchr(*line, ' ') == NULL);

    g_autofree char *unfolded = g_strjoinv("", lines);
    g_autofree char *wanted = g_strconcat(
        "X-Calmend: " STAMP_VERSION " host=", host,
        "; rules=attendee-change-missing, owner-change-epoch, reply-time-epoch, created-epoch, "
        "stamp-epoch",
        NULL);
    g_assert_cmpstr(g_strdelimit(unfolded, "\t", ' '), ==, wanted);
}

static void test_stamp_lines(void)
{
    for (gsize size = 1; size < 120; size++) {
        g_autofree char *host = g_strnfill(size, 'h');
        check_stamp_lines(host);
    }
}

/* The octets have the message's line ending, folds too; the MTA always gets LF. */
static void test_stamp_crlf(void)
{
    g_auto(Message) message;
    message_init(&message, octets_of("X: 1\r\n\r\nb"));
    g_auto(Policy) policy;
    policy_init(&policy);
    g_autoptr(Plan) plan =
        plan_of(&message, "attendee-change-missing attendee-change-epoch stamp-missing "
                          "owner-change-epoch reply-time-epoch");
    header_rules_stamp(&message, &policy, plan);
    splice_sort(plan->edits);
    g_autoptr(GArray) changes = field_changes_new(&message, plan->edits);
    g_assert_null(strchr(g_array_index(changes, FieldChange, 0).value, '\r'));
    g_autofree char *text = octets_dup(g_array_index(plan->edits, Edit, 0).text);
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    g_assert_cmpuint(g_strv_length(lines), >=, 3);
    for (char **line = lines; *line != NULL; line++)
        g_assert_null(strpbrk(*line, "\r\n"));
    g_assert_true(g_str_has_suffix(text, "\r\n"));
}

static void test_no_stamp(void)
{
    g_auto(Message) message;
    message_init(&message, octets_of("X: 1\n\nb"));
    g_auto(Policy) policy;
    policy_init(&policy);
    g_autoptr(Plan) unchanged = plan_new();
    header_rules_stamp(&message, &policy, unchanged);
    g_assert_false(plan_changes(unchanged));

    g_assert_true(policy_set_level(&policy, "stamp", RULE_DISABLED));
    g_autoptr(Plan) changed = plan_of(&message, "stamp-epoch");
    header_rules_stamp(&message, &policy, changed);
    g_assert_cmpuint(changed->edits->len, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    parts_init();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/header-rules/field/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_fields);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(stamps); i++) {
        g_autofree char *path = g_strconcat("/header-rules/stamp/", stamps[i].name, NULL);
        g_test_add_data_func(path, &stamps[i], test_stamp);
    }
    g_test_add_func("/header-rules/seal", test_seal);
    g_test_add_func("/header-rules/switch", test_switch);
    g_test_add_func("/header-rules/stamp-lines", test_stamp_lines);
    g_test_add_func("/header-rules/stamp-crlf", test_stamp_crlf);
    g_test_add_func("/header-rules/no-stamp", test_no_stamp);
    return g_test_run();
}
