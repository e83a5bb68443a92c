/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_field_changes: from edits of octets to what an MTA is told of fields.
 *
 * Edits are said by the words that they stand at, how many octets go, and what comes. Changes are
 * written as "change NAME INDEX=VALUE", "remove NAME INDEX" or "insert NAME=VALUE", in their order.
 */
#include "common/field_changes.h"
#include "common/mail/splice.h"

#include <string.h>

typedef struct {
    const char *at; /* words of the mail; NULL: no more edits */
    gsize skip;     /* octets behind their start */
    gsize length;
    const char *text;
} Change;

typedef struct {
    const char *name;
    const char *mail;
    Change edits[4];
    const char *changes;
    guint body; /* the first edit of the body */
} ChangeCase;

#define STAMP "X-Calmend: a;\r\n\tb\r\n"

static const ChangeCase cases[] = {
    {"none", "A: 1\n\nbody", {{0}}, "", 0},
    {"body-alone", "A: 1\n\nbody", {{"body", 0, 1, "B"}}, "", 0},
    {"change", "A: 1\n\nbody", {{"1", 0, 1, "2"}}, "change A 1= 2", 1},
    {"change-and-body",
     "A: 1\n\nbody",
     {{"1", 0, 1, "2"}, {"body", 0, 0, "x"}},
     "change A 1= 2",
     1},
    {"several-in-a-field",
     "Content-Type: text/calendar; charset=us-ascii; method=X\r\n\r\n",
     {{"us-ascii", 0, 8, "UTF-8"}, {"method=X", 7, 1, "REPLY"}, {"method=X", 8, 0, "; a=b"}},
     "change Content-Type 1= text/calendar; charset=UTF-8; method=REPLY; a=b",
     3},
    {"at-both-ends", "A:1\n\n", {{"1", 0, 0, "x"}, {"1", 1, 0, "y"}}, "change A 1=x1y", 2},
    {"empty-value", "A:\nB: 2\n\n", {{"A:", 2, 0, "x"}}, "change A 1=x", 1},
    {"folds", "A: 1\r\n\t2\r\n 3\r\nB: 1\r\n\r\n", {{"3", 0, 1, "4"}}, "change A 1= 1\n\t2\n 4", 1},
    {"folds-lf", "A: 1\n 2\n\n", {{"2", 0, 1, "3\n 4"}}, "change A 1= 1\n 3\n 4", 1},
    {"fold-that-comes-in", "A: 1\r\n\r\n", {{"1", 1, 0, "\r\n 2"}}, "change A 1= 1\n 2", 1},
    {"remove", "A: 1\nB: 2\nC: 3\n\n", {{"B", 0, 5, ""}}, "remove B 1", 1},
    {"remove-folded", "A: 1\r\n 2\r\nB: 2\r\n\r\n", {{"A", 0, 10, ""}}, "remove A 1", 1},
    {"from-last-to-first",
     "A: 1\nb: 2\nA: 3\n\n",
     {{"A: 1", 3, 1, "x"}, {"b", 3, 1, "y"}, {"A: 3", 3, 1, "z"}},
     "change A 2= z\nchange b 1= y\nchange A 1= x",
     3},
    {"remove-several-of-a-name",
     "E: 1\nE: 2\ne: 3\n\n",
     {{"E: 1", 0, 5, ""}, {"e: 3", 0, 5, ""}},
     "remove e 3\nremove E 1",
     2},
    {"stamp", "A: 1\n\n", {{"A", 0, 0, "X-Calmend: a\n"}}, "insert X-Calmend= a", 1},
    {"stamp-folded-crlf", "A: 1\r\n\r\n", {{"A", 0, 0, STAMP}}, "insert X-Calmend= a;\n\tb", 1},
    {"stamp-last",
     "A: 1\r\n\r\n",
     {{"A", 0, 0, STAMP}, {"1", 0, 1, "2"}},
     "change A 1= 2\ninsert X-Calmend= a;\n\tb",
     2},
    {"stamp-before-a-removal",
     "A: 1\nB: 2\n\n",
     {{"A", 0, 0, "X: a\n"}, {"A", 0, 5, ""}},
     "remove A 1\ninsert X= a",
     2},
    {"stamp-behind-a-from-line",
     "From a@b\nA: 1\n\n",
     {{"A: 1", 0, 0, "X: a\n"}},
     "insert X= a",
     1},
    {"in-any-case", "DATE \t:\t x \r\n\r\n", {{"x", 0, 1, "y"}}, "change DATE 1=\t y ", 1},
};

static GArray *make_edits(const ChangeCase *row)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    for (const Change *change = row->edits; change->at != NULL; change++) {
        const char *at = strstr(row->mail, change->at);
        g_assert_nonnull(at);
        Edit edit = {.offset = (gsize)(at - row->mail) + change->skip,
                     .length = change->length,
                     .text = octets_of(change->text)};
        g_array_append_val(edits, edit);
    }
    g_assert_true(splice_is_valid(edits, strlen(row->mail)));
    return edits;
}

static char *changes_text(const GArray *changes)
{
    static const char *const words[] = {
        [FIELD_INSERT] = "insert", [FIELD_CHANGE] = "change", [FIELD_REMOVE] = "remove"};
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < changes->len; i++) {
        const FieldChange *change = &g_array_index(changes, FieldChange, i);
        g_string_append_printf(text, "%s%s %s", i > 0 ? "\n" : "", words[change->kind],
                               change->name);
        if (change->kind != FIELD_INSERT)
            g_string_append_printf(text, " %u", change->index);
        if (change->value != NULL)
            g_string_append_printf(text, "=%s", change->value);
    }
    return g_string_free(text, FALSE);
}

static void test_changes(gconstpointer data)
{
    const ChangeCase *row = data;
    g_auto(Message) message;
    message_init(&message, octets_of(row->mail));
    g_autoptr(GArray) edits = make_edits(row);
    g_autoptr(GArray) changes = field_changes_new(&message, edits);
    g_autofree char *text = changes_text(changes);
    g_assert_cmpstr(text, ==, row->changes);
    g_assert_cmpuint(field_changes_body(&message, edits), ==, row->body);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/field-changes/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_changes);
    }
    return g_test_run();
}
