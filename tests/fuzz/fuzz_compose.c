/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_compose: edits one after the other, and the same in one go.
 *
 * Whatever two lists of edits do to a text, the composed list does it, too; it is sorted, disjoint
 * and no longer than both together. Three lists composed from either end do the same. The data is
 * the text; the edits are choices.
 */
#include "common/mail/splice.h"
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

#define EDITS_MAX   12
#define CHOICES_MAX ((gsize)48)

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

/* Edits that stand close, so that those of two lists meet in every way. */
static GArray *choose_edits(Octets choices, gsize size)
{
    static const char texts[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    gsize from = 0;
    for (guint n = fuzz_choose(&choices, EDITS_MAX); n > 0 && choices.size > 0; n--) {
        gsize gap = fuzz_choose(&choices, 5);
        gsize length = fuzz_choose(&choices, 5);
        gsize added = fuzz_choose(&choices, 5);
        gsize offset = MIN(from + gap, size);
        Edit edit = {
            .offset = offset,
            .length = MIN(length, size - offset),
            .text = {texts + fuzz_choose(&choices, 20), added},
        };
        from = edit.offset + edit.length;
        g_array_append_val(edits, edit);
    }
    return edits;
}

static Octets octets_of_string(const GString *string)
{
    return (Octets){string->str, string->len};
}

/* Composes two lists, and requires that they do what they should to `text`. */
static GArray *compose(Octets text, const GArray *first, const GArray *second,
                       GStringChunk *strings)
{
    g_autoptr(GString) between = fuzz_apply_edits(text, first);
    g_autoptr(GString) wanted = fuzz_apply_edits(octets_of_string(between), second);
    GArray *composed = splice_compose(first, second, octets_of_string(between), strings);
    g_autoptr(GString) result = fuzz_apply_edits(text, composed);
    fuzz_require(g_string_equal(wanted, result), "composed edits do what both lists do");
    fuzz_require(composed->len <= first->len + second->len, "composing makes no new edits");
    return composed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    Octets choices[] = {fuzz_take(&input, CHOICES_MAX), fuzz_take(&input, CHOICES_MAX),
                        fuzz_take(&input, CHOICES_MAX)};
    g_autoptr(GStringChunk) strings = g_string_chunk_new(256);
    g_autoptr(GArray) first = choose_edits(choices[0], input.size);
    g_autoptr(GString) one = fuzz_apply_edits(input, first);
    g_autoptr(GArray) second = choose_edits(choices[1], one->len);
    g_autoptr(GString) two = fuzz_apply_edits(octets_of_string(one), second);
    g_autoptr(GArray) third = choose_edits(choices[2], two->len);

    g_autoptr(GArray) front = compose(input, first, second, strings);
    g_autoptr(GArray) back = compose(octets_of_string(one), second, third, strings);
    g_autoptr(GArray) front_first = compose(input, front, third, strings);
    g_autoptr(GArray) back_first = compose(input, first, back, strings);
    g_autoptr(GString) left = fuzz_apply_edits(input, front_first);
    g_autoptr(GString) right = fuzz_apply_edits(input, back_first);
    fuzz_require(g_string_equal(left, right), "the order of composing does not matter");
    return 0;
}
