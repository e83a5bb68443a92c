/* SPDX-License-Identifier: BSD-2-Clause
 *
 * diff: see diff.h. Lines are compared by hash first, so that a comparison costs next to nothing.
 */
#include "cli/diff.h"

#include "cli/output.h"

#include <string.h>

#define CONTEXT     2
#define COMPARISONS 4000000u

typedef struct {
    Octets text; /* with its line ending */
    guint32 hash;
} Line;

typedef struct {
    GArray *before; /* Line */
    GArray *after;
    guint comparisons; /* that may still be made */
} Walk;

/* Lines [before, before + removed) became [after, after + added). */
typedef struct {
    guint before;
    guint removed;
    guint after;
    guint added;
} Change;

/* FNV-1a, 32 bits. */
static guint32 line_hash(Octets text)
{
    guint32 hash = 2166136261u;
    for (gsize i = 0; i < text.size; i++)
        hash = (hash ^ (guchar)text.data[i]) * 16777619u;
    return hash;
}

static GArray *split_lines(Octets text)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(Line));
    for (gsize at = 0; at < text.size;) {
        gsize next = octets_next_line(text, at);
        Line line = {.text = octets_slice(text, at, next)};
        line.hash = line_hash(line.text);
        g_array_append_val(lines, line);
        at = next;
    }
    return lines;
}

static gboolean octets_agree(Octets a, Octets b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static gboolean lines_agree(Walk *walk, guint before, guint after)
{
    const Line *a = &g_array_index(walk->before, Line, before);
    const Line *b = &g_array_index(walk->after, Line, after);
    if (walk->comparisons > 0)
        walk->comparisons--;
    return a->hash == b->hash && octets_agree(a->text, b->text);
}

/* How much of both sides to pass over so that they agree again; all of the rest where they do not,
 * or the work is used up. */
static Change find_change(Walk *walk, guint before, guint after)
{
    guint before_left = walk->before->len - before;
    guint after_left = walk->after->len - after;
    for (guint total = 1; total < before_left + after_left; total++) {
        guint removed = total >= after_left ? total - after_left + 1 : 0;
        for (; removed <= total && removed < before_left && walk->comparisons > 0; removed++) {
            if (lines_agree(walk, before + removed, after + total - removed))
                return (Change){before, removed, after, total - removed};
        }
        if (walk->comparisons == 0)
            break;
    }
    return (Change){before, before_left, after, after_left};
}

static GArray *find_changes(Walk *walk)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(Change));
    guint before = 0;
    guint after = 0;
    while (before < walk->before->len || after < walk->after->len) {
        if (before < walk->before->len && after < walk->after->len &&
            lines_agree(walk, before, after)) {
            before++;
            after++;
            continue;
        }
        Change change = find_change(walk, before, after);
        g_array_append_val(changes, change);
        before += change.removed;
        after += change.added;
    }
    return changes;
}

/* Appends lines [start, end), each with its mark in front. */
static void append_lines(GString *out, const GArray *lines, guint start, guint end, char mark,
                         gboolean color)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    for (guint i = start; i < end; i++) {
        Octets text = g_array_index(lines, Line, i).text;
        gsize ending = octets_line_ending(text, text.size);
        g_string_truncate(shown, 0);
        g_string_append_c(shown, mark);
        output_escape(shown, octets_slice(text, 0, ending));
        if (ending == text.size)
            g_string_append(shown, "\n\\ no line end");
        output_paint(out, color && mark != ' ', mark == '-' ? COLOR_REMOVED : COLOR_ADDED,
                     shown->str);
        g_string_append_c(out, '\n');
    }
}

/* Appends changes [first, last], which stand close together, with context around and between. */
static void append_hunk(GString *out, const Walk *walk, const GArray *changes, guint first,
                        guint last, gboolean color)
{
    const Change *change = &g_array_index(changes, Change, first);
    guint at = change->before - MIN(change->before, CONTEXT);
    g_autofree char *place = g_strdup_printf("@@ line %u @@", change->before + 1);
    output_paint(out, color, COLOR_PLACE, place);
    g_string_append_c(out, '\n');
    for (guint i = first; i <= last; i++) {
        change = &g_array_index(changes, Change, i);
        append_lines(out, walk->before, at, change->before, ' ', color);
        at = change->before + change->removed;
        append_lines(out, walk->before, change->before, at, '-', color);
        append_lines(out, walk->after, change->after, change->after + change->added, '+', color);
    }
    append_lines(out, walk->before, at, MIN(at + CONTEXT, walk->before->len), ' ', color);
}

/* TRUE when the context of a change and of the next one touch. */
static gboolean is_close(const GArray *changes, guint index)
{
    const Change *change = &g_array_index(changes, Change, index);
    return index + 1 < changes->len &&
           change[1].before - (change->before + change->removed) <= 2 * CONTEXT;
}

static void append_title_line(GString *out, OutputColor which, const char *mark, const char *title,
                              gboolean color)
{
    g_autoptr(GString) line = g_string_new(mark);
    output_escape(line, octets_of(title));
    output_paint(out, color, which, line->str);
    g_string_append_c(out, '\n');
}

static void append_title(GString *out, const char *title, gboolean color)
{
    g_autofree char *after = g_strconcat(title, ", repaired", NULL);
    append_title_line(out, COLOR_REMOVED, "--- ", title, color);
    append_title_line(out, COLOR_ADDED, "+++ ", after, color);
}

void diff_append(GString *out, const char *title, Octets before, Octets after, gboolean color)
{
    if (octets_agree(before, after))
        return;
    Walk walk = {split_lines(before), split_lines(after), COMPARISONS};
    g_autoptr(GArray) changes = find_changes(&walk);
    append_title(out, title, color);
    for (guint first = 0; first < changes->len; first++) {
        guint last = first;
        while (is_close(changes, last))
            last++;
        append_hunk(out, &walk, changes, first, last, color);
        first = last;
    }
    g_array_unref(walk.before);
    g_array_unref(walk.after);
}
