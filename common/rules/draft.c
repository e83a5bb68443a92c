/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/draft.h"

#include "common/calendar/fold.h"

#include <string.h>

/* More edits of a text than this many, and one more for so many octets, are no repair: it is about
 * as many as folding it takes. */
#define FREE_EDITS      ((gsize)50000)
#define OCTETS_PER_EDIT 64

/* Nor are more octets than the text has, and so many beside: they are what a line for each
 * component takes, but not a VTIMEZONE for each line. */
#define FREE_OCTETS ((gsize)2 * 1024 * 1024)

void draft_init(Draft *draft, const Calendar *calendar, GStringChunk *strings)
{
    *draft = (Draft){
        .calendar = calendar,
        .strings = strings,
        .most = FREE_EDITS + calendar->text.size / OCTETS_PER_EDIT,
        .most_octets = FREE_OCTETS + calendar->text.size,
        .edits = g_array_new(FALSE, FALSE, sizeof(DraftEdit)),
        .expects = g_array_new(FALSE, FALSE, sizeof(Expect)),
        .earlier = g_array_new(FALSE, FALSE, sizeof(Edit)),
        .fields = g_array_new(FALSE, FALSE, sizeof(Edit)),
        .component = CALENDAR_NONE,
        .owner = CALENDAR_NONE,
    };
}

void draft_clear(Draft *draft)
{
    g_clear_pointer(&draft->edits, g_array_unref);
    g_clear_pointer(&draft->expects, g_array_unref);
    g_clear_pointer(&draft->earlier, g_array_unref);
    g_clear_pointer(&draft->fields, g_array_unref);
}

void draft_begin_case(Draft *draft, guint order)
{
    draft->case_first = draft->edits->len;
    draft->order = order;
}

static void list_earlier(Draft *draft)
{
    if (draft->earlier->len == draft->case_first)
        return;
    for (guint i = draft->earlier->len; i < draft->case_first; i++)
        g_array_append_val(draft->earlier, g_array_index(draft->edits, DraftEdit, i).edit);
    splice_sort(draft->earlier);
}

void draft_begin(Draft *draft, guint finding, guint component, guint owner)
{
    draft->first = draft->edits->len;
    draft->field_first = draft->fields->len;
    draft->finding = finding;
    draft->component = component;
    draft->owner = owner;
}

/* TRUE when a change of [start, end) stands inside of what an earlier edit changes or touches it,
 * or has an earlier insertion strictly inside. */
static gboolean collides(const Edit *earlier, gsize start, gsize end)
{
    gsize earlier_end = earlier->offset + earlier->length;
    if (earlier->length == 0)
        return start < earlier->offset && earlier->offset < end;
    return start <= earlier_end && end >= earlier->offset;
}

/* The first of the earlier edits that ends at or after `start`: they are disjoint, so that their
 * ends are in order, too. */
static guint first_after(const GArray *earlier, gsize start)
{
    guint low = 0;
    guint high = earlier->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const Edit *edit = &g_array_index(earlier, Edit, middle);
        if (edit->offset + edit->length < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static gboolean must_wait(const Draft *draft, const Edit *edit)
{
    gsize end = edit->offset + edit->length;
    for (guint i = first_after(draft->earlier, edit->offset); i < draft->earlier->len; i++) {
        const Edit *earlier = &g_array_index(draft->earlier, Edit, i);
        if (earlier->offset > end)
            return FALSE;
        if (collides(earlier, edit->offset, end))
            return TRUE;
    }
    return FALSE;
}

gboolean draft_commit(Draft *draft)
{
    list_earlier(draft);
    for (guint i = draft->first; i < draft->edits->len; i++) {
        if (!must_wait(draft, &g_array_index(draft->edits, DraftEdit, i).edit))
            continue;
        g_array_set_size(draft->edits, draft->first);
        draft->waiting = TRUE;
        return FALSE;
    }
    return TRUE;
}

Octets draft_keep(Draft *draft, const GString *text)
{
    return (Octets){g_string_chunk_insert_len(draft->strings, text->str, (gssize)text->len),
                    text->len};
}

/* ---- verbs ---- */

const Expect *draft_expect(const Draft *draft, const DraftEdit *edit)
{
    return &g_array_index(draft->expects, Expect, edit->expect);
}

static gboolean same_expect(const Expect *left, const Expect *right)
{
    return left->kind == right->kind && left->property == right->property &&
           left->value == right->value && left->parameter == right->parameter;
}

static guint number_expect(Draft *draft, Expect expect)
{
    guint count = draft->expects->len;
    if (count == 0 || !same_expect(&g_array_index(draft->expects, Expect, count - 1), &expect))
        g_array_append_val(draft->expects, expect);
    return draft->expects->len - 1;
}

/* TRUE when the last edit of the finding deletes what stands before `start`, and is made longer. */
static gboolean extend_deletion(Draft *draft, gsize start, gsize end, Octets text, guint expect)
{
    if (draft->edits->len == draft->first || text.size > 0)
        return FALSE;
    DraftEdit *last = &g_array_index(draft->edits, DraftEdit, draft->edits->len - 1);
    if (last->edit.text.size > 0 || last->edit.offset + last->edit.length != start ||
        last->expect != expect)
        return FALSE;
    last->edit.length += end - start;
    return TRUE;
}

static gboolean has_line_end(Octets range)
{
    return range.size > 0 && memchr(range.data, '\n', range.size) != NULL;
}

static void add(Draft *draft, gsize start, gsize end, Octets text, Expect expect)
{
    draft->takes_line_end |= has_line_end(octets_slice(draft->calendar->text, start, end));
    DraftEdit edit = {
        .edit = {.offset = start, .length = end - start, .text = text},
        .expect = number_expect(draft, expect),
        .finding = draft->finding,
        .order = draft->order,
        .component = draft->component,
        .owner = draft->owner,
    };
    if (extend_deletion(draft, start, end, text, edit.expect))
        return;
    draft->octets += text.size;
    if (draft->edits->len < draft->most && draft->octets <= draft->most_octets)
        g_array_append_val(draft->edits, edit);
    else
        draft->is_full = TRUE;
}

typedef struct {
    GString *out;
    Octets line;
    Octets ending;
    gsize done;
} Folding;

static void append_fold(gsize offset, gpointer data)
{
    Folding *folding = data;
    g_string_append_len(folding->out, folding->line.data + folding->done,
                        (gssize)(offset - folding->done));
    g_string_append_len(folding->out, folding->ending.data, (gssize)folding->ending.size);
    g_string_append_c(folding->out, ' ');
    folding->done = offset;
}

void draft_insert_line(Draft *draft, gsize offset, const char *property, const char *value)
{
    Octets text = draft->calendar->text;
    g_autofree char *line = g_strconcat(property, ":", value, NULL);
    g_autoptr(GString) folded = g_string_new(NULL);
    Folding folding = {folded, octets_of(line),
                       octets_slice(text, octets_line_ending(text, offset), offset), 0};
    fold_each(folding.line, TRUE, append_fold, &folding);
    g_string_append(folded, line + folding.done);
    g_string_append_len(folded, folding.ending.data, (gssize)folding.ending.size);
    add(draft, offset, offset, draft_keep(draft, folded),
        (Expect){EXPECT_APPEARS, property, value, NULL});
}

void draft_set_value(Draft *draft, const ContentLine *line, const char *property, const char *value)
{
    gsize start;
    gsize end;
    calendar_value_range(draft->calendar, line, &start, &end);
    if (start == end)
        start = end = line->value;
    add(draft, start, end, octets_of(value), (Expect){EXPECT_READS, property, value, NULL});
}

void draft_delete_line(Draft *draft, const ContentLine *line, const char *property)
{
    add(draft, line->start, line->next, (Octets){NULL, 0},
        (Expect){EXPECT_VANISHES, property, NULL, NULL});
}

void draft_remove_parameter(Draft *draft, const Parameter *parameter, const char *property,
                            const char *name, const char *value)
{
    add(draft, parameter->start, parameter->end, (Octets){NULL, 0},
        (Expect){EXPECT_READS, property, value, name});
}

void draft_reshape(Draft *draft, gsize start, gsize end, Octets text, Expect expect)
{
    add(draft, start, end, text, expect);
}

void draft_retext(Draft *draft, gsize start, gsize end, Octets text)
{
    add(draft, start, end, text, (Expect){.kind = EXPECT_TEXT});
}

void draft_insert_component(Draft *draft, gsize offset, Octets text, const char *name)
{
    add(draft, offset, offset, text, (Expect){EXPECT_COMPONENT, name, NULL, NULL});
}

void draft_edit_field(Draft *draft, gsize start, gsize end, Octets text)
{
    Edit edit = {.offset = start, .length = end - start, .text = text};
    g_array_append_val(draft->fields, edit);
}

void draft_append_parameter(Draft *draft, FieldFacts *facts, const char *name, const char *value)
{
    gboolean separated = facts->field.ends_in_semicolon && facts->appended == 0;
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text, "%s %s=%s", separated ? "" : ";", name, value);
    gsize end = facts->start + facts->size;
    facts->appended++;
    draft_edit_field(draft, end, end, draft_keep(draft, text));
}

void draft_set_field_parameter(Draft *draft, const FieldFacts *facts,
                               const MimeParameter *parameter, const char *value)
{
    draft_edit_field(draft, facts->start + parameter->value, facts->start + parameter->value_end,
                     octets_of(value));
}
