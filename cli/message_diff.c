/* SPDX-License-Identifier: BSD-2-Clause
 *
 * message_diff: see message_diff.h. To leave the parts out of the comparison of all around them,
 * those of the old message are put back into the new one.
 */
#include "cli/message_diff.h"

#include "cli/diff.h"
#include "cli/tnef_text.h"
#include "common/mail/transfer.h"

/* The calendar and TNEF parts of a message. Owned by the caller, g_array_unref. */
static GArray *find_parts(const Message *message, const PartsLimits *limits)
{
    GArray *parts = parts_new();
    parts_find(message, limits, parts);
    return parts;
}

static gboolean same_parts(const GArray *before, const GArray *after)
{
    if (before->len != after->len)
        return FALSE;
    for (guint i = 0; i < before->len; i++) {
        if (g_strcmp0(g_array_index(before, Part, i).number,
                      g_array_index(after, Part, i).number) != 0)
            return FALSE;
    }
    return TRUE;
}

static void append_around(GString *out, const Message *before, const GArray *before_parts,
                          const Message *after, const GArray *after_parts, gboolean color)
{
    g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    for (guint i = 0; i < after_parts->len; i++) {
        const Part *part = &g_array_index(after_parts, Part, i);
        Edit edit = {
            .offset = part->content,
            .length = part->content_end - part->content,
            .text = part_content(before, &g_array_index(before_parts, Part, i)),
        };
        g_array_append_val(edits, edit);
    }
    GString *around = splice_to_string(after->octets, edits);
    diff_append(out, "message", before->octets, (Octets){.data = around->str, .size = around->len},
                color);
    g_string_free(around, TRUE);
}

/* What a person reads of a part: the calendar itself, or lines for a TNEF stream. Owned by the
 * caller. */
static GString *readable_text(const Message *message, const Part *part)
{
    g_auto(Transfer) transfer = {0};
    GString *text = g_string_new(NULL);
    transfer_init(&transfer, message, part, part->encoding);
    switch (part->kind) {
    case PART_CALENDAR:
        g_string_append_len(text, transfer.decoded.data, (gssize)transfer.decoded.size);
        break;
    case PART_TNEF:
        tnef_text_append(text, transfer.decoded);
        break;
    }
    return text;
}

static void append_part(GString *out, const Message *before, const Part *before_part,
                        const Message *after, const Part *after_part, gboolean color)
{
    g_autofree char *title = g_strdup_printf("part %s %s", before_part->number, before_part->type);
    g_autoptr(GString) old = readable_text(before, before_part);
    g_autoptr(GString) new = readable_text(after, after_part);
    diff_append(out, title, (Octets){.data = old->str, .size = old->len},
                (Octets){.data = new->str, .size = new->len}, color);
}

void message_diff_append(GString *out, const Message *before, const Message *after,
                         const PartsLimits *limits, gboolean color)
{
    g_autoptr(GArray) before_parts = find_parts(before, limits);
    g_autoptr(GArray) after_parts = find_parts(after, limits);
    if (!same_parts(before_parts, after_parts)) {
        diff_append(out, "message", before->octets, after->octets, color);
        return;
    }
    append_around(out, before, before_parts, after, after_parts, color);
    for (guint i = 0; i < before_parts->len; i++)
        append_part(out, before, &g_array_index(before_parts, Part, i), after,
                    &g_array_index(after_parts, Part, i), color);
}
