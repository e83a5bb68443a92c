/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/calendar_part.h"

#include "common/mail/charset.h"
#include "common/mail/mime_field.h"
#include "common/rules/rounds.h"

#include <string.h>

#define PGP_SIGNED "-----BEGIN PGP SIGNED MESSAGE-----"

/* TRUE when the mark at `start` is a line, blanks behind it aside. */
static gboolean is_mark_line(Octets text, gsize start)
{
    if (start > 0 && text.data[start - 1] != '\n')
        return FALSE;
    gsize end = octets_line_ending(text, octets_next_line(text, start));
    return octets_trim(octets_slice(text, start, end)).size == strlen(PGP_SIGNED);
}

/* A line of the text says that a signature covers it (RFC 9580 7). */
static gboolean is_pgp_signed(Octets text)
{
    gsize size = strlen(PGP_SIGNED);
    for (gsize from = 0; text.size - from >= size;) {
        const char *at = memmem(text.data + from, text.size - from, PGP_SIGNED, size);
        if (at == NULL)
            return FALSE;
        gsize start = (gsize)(at - text.data);
        if (is_mark_line(text, start))
            return TRUE;
        from = start + size;
    }
    return FALSE;
}

/* TRUE when the edited value of a field follows RFC 2045 to its end and names no more methods and
 * charsets than one, or than before. */
static gboolean reads_as_well(Octets before, Octets after)
{
    static const char *const names[] = {"method", "charset"};
    g_auto(MimeField) old = {0};
    g_auto(MimeField) new = {0};
    mime_field_read(&old, before, MIME_FIELD_TYPE);
    mime_field_read(&new, after, MIME_FIELD_TYPE);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (mime_field_count(&new, names[i]) > MAX(1, mime_field_count(&old, names[i])))
            return FALSE;
    }
    return new.well_formed;
}

/* The Content-Type field of the part is read again once it is edited. */
static gboolean reads_as_field(const PartWork *work, const GArray *edits)
{
    const FieldPlace *place = &work->part->content_type;
    g_autoptr(GArray) local = g_array_new(FALSE, FALSE, sizeof(Edit));
    for (guint i = 0; i < edits->len; i++) {
        Edit edit = g_array_index(edits, Edit, i);
        if (edit.offset < place->value || edit.offset > place->value_end)
            continue;
        edit.offset -= place->value;
        g_array_append_val(local, edit);
    }
    if (local->len == 0)
        return TRUE;
    Octets value = octets_slice(work->message->octets, place->value, place->value_end);
    g_autoptr(GString) edited = splice_to_string(value, local);
    return reads_as_well(value, (Octets){edited->str, edited->len});
}

/* Puts what the rounds gave into the plan; `first` is the part's first finding. */
static void write_back(const PartWork *work, const RoundsResult *result, gboolean breaks,
                       guint first)
{
    Plan *plan = work->plan;
    Octets text = result->text == NULL ? work->transfer->decoded
                                       : (Octets){result->text->str, result->text->len};
    if (result->is_sound && reads_as_field(work, result->fields) &&
        transfer_write_back(work->transfer, result->edits, text, breaks, plan->strings,
                            plan->edits))
        g_array_append_vals(plan->edits, result->fields->data, result->fields->len);
    else
        plan_withdraw(plan, first, REASON_GUARD);
}

/* TRUE when the lines of the encoded content are to be broken, when all else is done; the finding
 * goes to the plan. Not of a text that was left as it came. */
static gboolean breaks_lines(const PartWork *work, const RoundsResult *result)
{
    const GArray *all = work->policy->active;
    for (guint i = 0; i < all->len; i++) {
        const ActiveCase *active = &g_array_index(all, ActiveCase, i);
        if (active->rule_case->place != PLACE_CONTENT || result->is_left ||
            !transfer_has_long_line(work->transfer))
            continue;
        Reason off = policy_is_on(work->policy, active->turned_on_by) ? REASON_NONE : REASON_SWITCH;
        Reason reason = work->seal != REASON_NONE ? work->seal : off;
        Finding finding = {
            .rule = active->rule,
            .rule_case = active->rule_case,
            .part = work->part->number,
            .type = work->part->type,
            .property = active->rule_case->names[0],
            .old_value = "a line over 990 octets",
            .new_value = reason == REASON_NONE ? "lines of 76 octets" : NULL,
            .reason = reason,
        };
        g_array_append_val(work->plan->findings, finding);
        return finding.reason == REASON_NONE;
    }
    return FALSE;
}

static void examine_text(const PartWork *work, Octets text)
{
    g_auto(RoundsResult) result;
    guint first = work->plan->findings->len;
    rounds_run(work, text, &result);
    gboolean breaks = breaks_lines(work, &result);
    if (result.edits->len > 0 || result.fields->len > 0 || breaks)
        write_back(work, &result, breaks, first);
}

void calendar_part_examine(const PartWork *given)
{
    PartWork work = *given;
    Octets decoded = work.transfer->decoded;
    const char *charset = work.part->charset;
    gsize size = 0;
    if (work.seal == REASON_NONE && is_pgp_signed(decoded))
        work.seal = REASON_SIGNED;
    if (charset_is_ascii_compatible(charset, decoded)) {
        examine_text(&work, decoded);
        return;
    }
    work.seal = work.seal == REASON_NONE ? REASON_CHARSET : work.seal;
    g_autofree char *converted = charset_to_utf8(charset, decoded, &size);
    examine_text(&work, converted == NULL ? decoded : (Octets){converted, size});
}
