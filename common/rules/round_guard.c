/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/round_guard.h"

#include "common/calendar/calendar_guard.h"

#include <string.h>

/* Lines that libical is handed at once: it takes some kilobytes for one. */
#define PIECE_LINES  256
#define PIECE_OCTETS ((gsize)64 * 1024)

/* A line that is edited may have so many octets. */
#define LONGEST_LINE ((gsize)1024 * 1024)

/* libical takes a time in the square of a line's parameters: 3 ns each. So many squares are free,
 * and so many more for each octet. */
#define FREE_SQUARES      (10 * 1000 * 1000)
#define SQUARES_PER_OCTET 20

/* The edits of one owner under examination. */
typedef struct {
    const Draft *draft;
    const Calendar *calendar;
    GPtrArray *edits; /* DraftEdit of one component, in the order of the text */
    guint64 *squares; /* of the parameters of all lines that libical was handed */
} Group;

/* What libical is handed: lines before, edits on them, expectations. */
typedef struct {
    GString *before;
    GArray *edits;
    GArray *expectations;
    guint lines;
    guint taken; /* edits of the group that are in this piece or one before */
    GuardVerdict verdict;
} Piece;

/* ---- edits of the text ---- */

static gboolean is_white(Octets octets)
{
    if (octets_equal(octets, BYTE_ORDER_MARK))
        return TRUE;
    for (gsize i = 0; i < octets.size; i++) {
        if (!octet_is_blank(octets.data[i]) && !octet_is_line_end(octets.data[i]))
            return FALSE;
    }
    return TRUE;
}

static gboolean is_outside(const Calendar *calendar, gsize offset)
{
    guint count = calendar->components->len;
    guint last = count == 0 ? CALENDAR_NONE : calendar_component(calendar, 0)->end;
    for (guint i = 1; i < count; i++) {
        const Component *component = calendar_component(calendar, i);
        if (component->parent == CALENDAR_NONE)
            last = component->end;
    }
    return last != CALENDAR_NONE && offset >= calendar_line(calendar, last)->next;
}

/* What libical is not asked about, or TRUE where it is. */
static gboolean is_harmless(const Draft *draft, const DraftEdit *edit)
{
    const Calendar *calendar = draft->calendar;
    Octets old =
        octets_slice(calendar->text, edit->edit.offset, edit->edit.offset + edit->edit.length);
    switch (draft_expect(draft, edit)->kind) {
    case EXPECT_TEXT:
        return is_white(old) && is_white(edit->edit.text);
    case EXPECT_OUTSIDE:
        return is_outside(calendar, edit->edit.offset);
    case EXPECT_APPEARS:
    case EXPECT_VANISHES:
    case EXPECT_READS:
    case EXPECT_RESHAPED:
    case EXPECT_COMPONENT:
        break;
    }
    return TRUE;
}

static gboolean needs_libical(const Draft *draft, const DraftEdit *edit)
{
    ExpectKind kind = draft_expect(draft, edit)->kind;
    return edit->component != CALENDAR_NONE && kind != EXPECT_TEXT && kind != EXPECT_OUTSIDE;
}

/* ---- pieces ---- */

static void append_range(GString *out, Octets text, gsize start, gsize end)
{
    g_string_append_len(out, text.data + start, (gssize)(end - start));
}

static void piece_begin(Piece *piece, const Group *group, const ContentLine *begin)
{
    g_string_truncate(piece->before, 0);
    g_array_set_size(piece->edits, 0);
    g_array_set_size(piece->expectations, 0);
    piece->lines = 0;
    append_range(piece->before, group->calendar->text, begin->start, begin->next);
}

static gboolean is_about_line(const Expect *expect)
{
    return expect->kind == EXPECT_READS || expect->kind == EXPECT_RESHAPED;
}

/* Edits of one line are expected as one: it has any parameters, and the value that one names. */
static void add_expectation(Piece *piece, guint first, Expect expect)
{
    for (guint i = first; i < piece->expectations->len; i++) {
        Expect *other = &g_array_index(piece->expectations, Expect, i);
        if (!is_about_line(&expect) || !is_about_line(other) ||
            g_ascii_strcasecmp(other->property, expect.property) != 0)
            continue;
        if (other->kind == EXPECT_READS)
            *other = (Expect){EXPECT_RESHAPED, other->property, other->value, NULL};
        other->value = expect.value != NULL ? expect.value : other->value;
        return;
    }
    g_array_append_val(piece->expectations, expect);
}

/* Takes the edits up to `end` of the text, of which [start, end) begins at `base` of the piece.
 * Lines that no component has may stand before it; what comes in between them comes in at its
 * start. */
static void take_edits(Piece *piece, const Group *group, gsize start, gsize end, gsize base)
{
    guint first = piece->expectations->len;
    while (piece->taken < group->edits->len) {
        const DraftEdit *edit = g_ptr_array_index(group->edits, piece->taken);
        if (edit->edit.offset + edit->edit.length > end)
            return;
        Edit local = edit->edit;
        local.offset = base + (MAX(edit->edit.offset, start) - start);
        g_array_append_val(piece->edits, local);
        add_expectation(piece, first, *draft_expect(group->draft, edit));
        piece->taken++;
    }
}

static guint64 square_parameters(Octets line)
{
    guint64 count = 0;
    for (gsize i = 0; i < line.size; i++)
        count += line.data[i] == ';' ? 1 : 0;
    return count * count;
}

static void append_line(Piece *piece, const Group *group, const ContentLine *line)
{
    gsize base = piece->before->len;
    *group->squares +=
        square_parameters(octets_slice(group->calendar->text, line->start, line->value));
    append_range(piece->before, group->calendar->text, line->start, line->next);
    take_edits(piece, group, line->start, line->next, base);
    piece->lines++;
}

/* A neighbour that is long and not edited is left out. */
static void append_near(Piece *piece, const Group *group, const ContentLine *line)
{
    const DraftEdit *next =
        piece->taken < group->edits->len ? g_ptr_array_index(group->edits, piece->taken) : NULL;
    gboolean is_edited = next != NULL && next->edit.offset <= line->next;
    gsize size = line->next - line->start;
    if (is_edited && size > LONGEST_LINE)
        *group->squares = G_MAXUINT64 / 2;
    if (size <= PIECE_OCTETS || (is_edited && size <= LONGEST_LINE))
        append_line(piece, group, line);
}

static guint64 allowed_squares(const Calendar *calendar)
{
    return FREE_SQUARES + SQUARES_PER_OCTET * (guint64)calendar->text.size;
}

/* Hands the piece over. The edits before the END line are those of the last one. */
static void piece_end(Piece *piece, const Group *group, const ContentLine *end, gboolean is_last)
{
    if (is_last)
        append_line(piece, group, end);
    else
        append_range(piece->before, group->calendar->text, end->start, end->next);
    if (piece->edits->len == 0 || piece->verdict != GUARD_AGREES ||
        *group->squares > allowed_squares(group->calendar))
        return;
    Octets before = {piece->before->str, piece->before->len};
    splice_sort(piece->edits);
    g_autoptr(GString) after = splice_to_string(before, piece->edits);
    piece->verdict =
        calendar_guard_check(before, (Octets){after->str, after->len}, piece->expectations);
}

/* TRUE when the next edit of the group begins at or before the line that follows. */
static gboolean is_near(const Piece *piece, const Group *group, const ContentLine *line)
{
    if (piece->taken == group->edits->len)
        return FALSE;
    const DraftEdit *edit = g_ptr_array_index(group->edits, piece->taken);
    guint next = line->next_own;
    gsize reach = next == CALENDAR_NONE ? line->next : calendar_line(group->calendar, next)->next;
    return edit->edit.offset <= reach;
}

/* The lines of one component that are edited, and their neighbours. */
static GuardVerdict check_component(const Group *group, const Component *component)
{
    const ContentLine *begin = calendar_line(group->calendar, component->begin);
    const ContentLine *end = calendar_line(group->calendar, component->end);
    g_autoptr(GString) before = g_string_new(NULL);
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_autoptr(GArray) expectations = g_array_new(FALSE, FALSE, sizeof(Expect));
    Piece piece = {.before = before, .edits = edits, .expectations = expectations};
    piece_begin(&piece, group, begin);
    take_edits(&piece, group, begin->start, begin->next, 0);
    gboolean was_near = FALSE;
    for (guint number = component->first_own; number != CALENDAR_NONE;
         number = calendar_line(group->calendar, number)->next_own) {
        const ContentLine *line = calendar_line(group->calendar, number);
        gboolean near = is_near(&piece, group, line);
        if (near || was_near)
            append_near(&piece, group, line);
        was_near = near;
        if (piece.lines < PIECE_LINES && piece.before->len < PIECE_OCTETS)
            continue;
        piece_end(&piece, group, end, FALSE);
        piece_begin(&piece, group, begin);
    }
    piece_end(&piece, group, end, TRUE);
    return piece.taken == group->edits->len ? piece.verdict : GUARD_REFUSES;
}

/* ---- groups ---- */

static gint compare_edits(gconstpointer a, gconstpointer b)
{
    const DraftEdit *left = *(DraftEdit *const *)a;
    const DraftEdit *right = *(DraftEdit *const *)b;
    if (left->owner != right->owner)
        return left->owner < right->owner ? -1 : 1;
    if (left->component != right->component)
        return left->component < right->component ? -1 : 1;
    if (left->edit.offset != right->edit.offset)
        return left->edit.offset < right->edit.offset ? -1 : 1;
    if ((left->edit.length > 0) != (right->edit.length > 0))
        return left->edit.length > 0 ? 1 : -1;
    return left < right ? -1 : left > right;
}

/* The edits of one owner, component by component. */
static GuardVerdict check_owner(const Draft *draft, const GPtrArray *edits, guint64 *squares)
{
    const Calendar *calendar = draft->calendar;
    g_autoptr(GPtrArray) own = g_ptr_array_new();
    Group group = {draft, calendar, own, squares};
    GuardVerdict verdict = GUARD_AGREES;
    for (guint i = 0; i < edits->len && verdict == GUARD_AGREES; i++) {
        DraftEdit *edit = g_ptr_array_index(edits, i);
        const DraftEdit *next = i + 1 < edits->len ? g_ptr_array_index(edits, i + 1) : NULL;
        if (!is_harmless(draft, edit))
            return GUARD_REFUSES;
        if (needs_libical(draft, edit))
            g_ptr_array_add(own, edit);
        if ((next != NULL && next->component == edit->component) || own->len == 0)
            continue;
        verdict = check_component(&group, calendar_component(calendar, edit->component));
        g_ptr_array_set_size(own, 0);
    }
    return verdict;
}

static gint compare_orders(gconstpointer a, gconstpointer b)
{
    guint left = *(const guint *)a;
    guint right = *(const guint *)b;
    return left < right ? -1 : left > right;
}

/* The orders of the cases among the edits, each once, ascending. Owned by the caller. */
static GArray *list_orders(const GPtrArray *edits)
{
    GArray *orders = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < edits->len; i++)
        g_array_append_val(orders, ((const DraftEdit *)g_ptr_array_index(edits, i))->order);
    g_array_sort(orders, compare_orders);
    guint kept = 0;
    for (guint i = 0; i < orders->len; i++) {
        guint order = g_array_index(orders, guint, i);
        if (kept == 0 || g_array_index(orders, guint, kept - 1) != order)
            g_array_index(orders, guint, kept++) = order;
    }
    g_array_set_size(orders, kept);
    return orders;
}

/* Which cases are agreed to, tried one by one. Owned by the caller, g_hash_table_unref. */
static GHashTable *try_cases(const Draft *draft, const GPtrArray *edits, guint64 *squares)
{
    GHashTable *agreed = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) orders = list_orders(edits);
    for (guint i = 0; i < orders->len; i++) {
        gpointer order = GUINT_TO_POINTER(g_array_index(orders, guint, i));
        g_autoptr(GPtrArray) some = g_ptr_array_new();
        g_hash_table_add(agreed, order);
        for (guint k = 0; k < edits->len; k++) {
            DraftEdit *edit = g_ptr_array_index(edits, k);
            if (g_hash_table_contains(agreed, GUINT_TO_POINTER(edit->order)))
                g_ptr_array_add(some, edit);
        }
        if (check_owner(draft, some, squares) != GUARD_AGREES)
            g_hash_table_remove(agreed, order);
    }
    return agreed;
}

static void refuse(DraftEdit *edit, GArray *refused)
{
    g_array_append_val(refused, *edit);
    edit->refused = TRUE;
}

static void check_group(const Draft *draft, const GPtrArray *edits, GArray *refused,
                        guint64 *squares, RoundVerdict *verdict)
{
    switch (check_owner(draft, edits, squares)) {
    case GUARD_AGREES:
        return;
    case GUARD_NO_COMPONENT:
        *verdict = ROUND_MALFORMED;
        return;
    case GUARD_REFUSES:
        break;
    }
    g_autoptr(GHashTable) agreed = try_cases(draft, edits, squares);
    for (guint i = 0; i < edits->len; i++) {
        DraftEdit *edit = g_ptr_array_index(edits, i);
        if (!g_hash_table_contains(agreed, GUINT_TO_POINTER(edit->order)))
            refuse(edit, refused);
    }
}

static void drop_refused(GArray *edits)
{
    guint kept = 0;
    for (guint i = 0; i < edits->len; i++) {
        DraftEdit edit = g_array_index(edits, DraftEdit, i);
        if (!edit.refused)
            g_array_index(edits, DraftEdit, kept++) = edit;
    }
    g_array_set_size(edits, kept);
}

RoundVerdict round_guard_check(Draft *draft, GArray *refused)
{
    RoundVerdict verdict = ROUND_AGREED;
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GPtrArray) group = g_ptr_array_new();
    guint64 squares = 0;
    for (guint i = 0; i < draft->edits->len; i++)
        g_ptr_array_add(sorted, &g_array_index(draft->edits, DraftEdit, i));
    g_ptr_array_sort(sorted, compare_edits);
    for (guint i = 0; i < sorted->len && verdict == ROUND_AGREED; i++) {
        DraftEdit *edit = g_ptr_array_index(sorted, i);
        const DraftEdit *next = i + 1 < sorted->len ? g_ptr_array_index(sorted, i + 1) : NULL;
        g_ptr_array_add(group, edit);
        if (next != NULL && next->owner == edit->owner)
            continue;
        check_group(draft, group, refused, &squares, &verdict);
        g_ptr_array_set_size(group, 0);
    }
    if (squares > allowed_squares(draft->calendar))
        return ROUND_COSTLY;
    drop_refused(draft->edits);
    return verdict;
}
