/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/tnef/tnef_edit.h"

/* The edits so far, and what each attribute's sum of octets has gained by them, mod 65536. */
typedef struct {
    const Tnef *tnef;
    GStringChunk *strings;
    GArray *edits;
    guint16 *gains;
} Overwrite;

static Octets octets_at(const Tnef *tnef, gsize offset, gsize size)
{
    return octets_slice(tnef->octets, offset, offset + size);
}

/* Overwrites `text.size` octets of the data of an attribute. */
static void overwrite(Overwrite *work, guint attribute, gsize offset, Octets text)
{
    Octets old = octets_at(work->tnef, offset, text.size);
    Edit edit = {
        .offset = offset,
        .length = text.size,
        .text = {g_string_chunk_insert_len(work->strings, text.data, (gssize)text.size), text.size},
    };
    g_array_append_val(work->edits, edit);
    if (attribute != TNEF_NONE)
        work->gains[attribute] =
            (guint16)(work->gains[attribute] + tnef_checksum(text) - tnef_checksum(old));
}

static void overwrite_filetime(Overwrite *work, const TnefChange *change)
{
    const TnefProperty *property = tnef_property(work->tnef, change->property);
    guint64 value = GUINT64_TO_LE(change->filetime);
    overwrite(work, property->attribute, property->value,
              (Octets){(const char *)&value, sizeof value});
}

/* The checksum stands outside of its attribute's data, in the data of the attribute around it. */
static void overwrite_checksum(Overwrite *work, guint number)
{
    const TnefAttribute *attribute = tnef_attribute(work->tnef, number);
    guint around = tnef_message(work->tnef, attribute->message)->attribute;
    guint16 gain = work->gains[number];
    guint16 value = GUINT16_TO_LE((guint16)(tnef_attribute_checksum(work->tnef, attribute) + gain));
    if (gain == 0)
        return;
    if (around != TNEF_NONE)
        work->gains[around] = (guint16)(work->gains[around] + gain);
    overwrite(work, around, attribute->data + attribute->size,
              (Octets){(const char *)&value, sizeof value});
}

GArray *tnef_edit_changes(const Tnef *tnef, const GArray *changes, GStringChunk *strings)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_autofree guint16 *gains = g_new0(guint16, tnef->attributes->len);
    Overwrite work = {.tnef = tnef, .strings = strings, .edits = edits, .gains = gains};
    for (guint i = 0; i < changes->len; i++)
        overwrite_filetime(&work, &g_array_index(changes, TnefChange, i));
    /* What is inside of an attribute comes after it in the array. */
    for (guint i = tnef->attributes->len; i > 0; i--)
        overwrite_checksum(&work, i - 1);
    splice_sort(edits);
    return edits;
}
