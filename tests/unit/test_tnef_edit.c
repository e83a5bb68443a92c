/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_tnef_edit: changed times and the checksums that follow from them.
 *
 * Streams of messages one inside of another hold one time each. Any set of them is changed; the
 * edited stream is read again and must be sound, with the new times where they were changed and
 * every other octet as it was but for checksums.
 */
#include "common/tnef/tnef_edit.h"

#include "tnef_writer.h"

#define MOST     1000
#define MESSAGES 4

/* The innermost message first; every one has a time, and those outside one message inside. */
static GByteArray *make_stream(guint64 first_time)
{
    GByteArray *stream = NULL;
    for (guint i = 0; i < MESSAGES; i++) {
        g_autoptr(GByteArray) inner = stream;
        g_autoptr(GByteArray) times = tnef_writer_new();
        tnef_writer_hex(times, "01000000 40003900");
        tnef_writer_u64(times, first_time + i);
        stream = tnef_writer_new();
        tnef_writer_start(stream);
        tnef_writer_attribute(stream, WRITER_MESSAGE, TNEF_ATT_MESSAGE_PROPS,
                              tnef_writer_octets(times));
        if (inner == NULL)
            continue;
        g_autoptr(GByteArray) list = tnef_writer_new();
        tnef_writer_inner_message(list, tnef_writer_octets(inner));
        tnef_writer_attribute(stream, WRITER_ATTACHMENT, TNEF_ATT_ATTACHMENT,
                              tnef_writer_octets(list));
    }
    return stream;
}

static void read_stream(Tnef *tnef, Octets octets)
{
    tnef_init(tnef, octets, MOST, MOST);
    g_assert_cmpint(tnef->problem, ==, TNEF_SOUND);
    g_assert_false(tnef->over_limits);
}

/* One change for each time whose message has its bit in `set`. */
static GArray *make_changes(const Tnef *tnef, guint set, guint64 value)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(TnefChange));
    for (guint i = 0; i < tnef->properties->len; i++) {
        const TnefProperty *property = tnef_property(tnef, i);
        guint message = tnef_attribute(tnef, property->attribute)->message;
        TnefChange change = {.property = i, .filetime = value + message};
        if (property->type == TNEF_TYPE_SYSTIME && (set & (1U << message)) != 0)
            g_array_append_val(changes, change);
    }
    return changes;
}

static gboolean is_covered(const GArray *edits, gsize offset)
{
    for (guint i = 0; i < edits->len; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        if (offset >= edit->offset && offset < edit->offset + edit->length)
            return TRUE;
    }
    return FALSE;
}

static void assert_only_edited(Octets before, const GString *after, const GArray *edits)
{
    g_assert_cmpuint(after->len, ==, before.size);
    for (gsize i = 0; i < before.size; i++)
        g_assert_true(before.data[i] == after->str[i] || is_covered(edits, i));
}

static void assert_times(const Tnef *tnef, guint set, guint64 old, guint64 value)
{
    for (guint i = 0; i < tnef->properties->len; i++) {
        const TnefProperty *property = tnef_property(tnef, i);
        guint message = tnef_attribute(tnef, property->attribute)->message;
        if (property->type != TNEF_TYPE_SYSTIME)
            continue;
        guint64 wanted =
            (set & (1U << message)) != 0 ? value + message : old + MESSAGES - 1 - message;
        g_assert_cmpuint(tnef_filetime(tnef, property), ==, wanted);
    }
}

static void change_set(guint set, guint64 old, guint64 value)
{
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GByteArray) stream = make_stream(old);
    Octets octets = tnef_writer_octets(stream);
    g_auto(Tnef) before;
    read_stream(&before, octets);
    g_autoptr(GArray) changes = make_changes(&before, set, value);
    g_autoptr(GArray) edits = tnef_edit_changes(&before, changes, strings);
    g_assert_true(splice_is_valid(edits, octets.size));
    g_autoptr(GString) result = splice_to_string(octets, edits);
    assert_only_edited(octets, result, edits);

    g_auto(Tnef) after;
    read_stream(&after, (Octets){result->str, result->len});
    assert_times(&after, set, old, value);
}

static void test_sets(void)
{
    for (guint set = 0; set < 1U << MESSAGES; set++) {
        change_set(set, 0, G_GUINT64_CONSTANT(0x01dc7e218ebc4300));
        change_set(set, G_MAXUINT64 - MESSAGES, 0);
        change_set(set, 0x0100, G_MAXUINT64 - MESSAGES);
    }
}

/* A change that keeps the sum of the octets needs no other edit. */
static void test_same_sum(void)
{
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GByteArray) stream = make_stream(0x0400);
    g_auto(Tnef) tnef;
    read_stream(&tnef, tnef_writer_octets(stream));
    g_autoptr(GArray) changes = make_changes(&tnef, 1U << (MESSAGES - 1), 0x0004 - (MESSAGES - 1));
    g_autoptr(GArray) edits = tnef_edit_changes(&tnef, changes, strings);
    g_assert_cmpuint(edits->len, ==, 1);
}

/* The innermost change reaches the checksum of every attribute around it. */
static void test_all_around(void)
{
    g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
    g_autoptr(GByteArray) stream = make_stream(0);
    g_auto(Tnef) tnef;
    read_stream(&tnef, tnef_writer_octets(stream));
    g_autoptr(GArray) changes = make_changes(&tnef, 1U << (MESSAGES - 1), 77);
    g_autoptr(GArray) edits = tnef_edit_changes(&tnef, changes, strings);
    g_assert_cmpuint(edits->len, ==, 1 + MESSAGES);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tnef-edit/sets", test_sets);
    g_test_add_func("/tnef-edit/same-sum", test_same_sum);
    g_test_add_func("/tnef-edit/all-around", test_all_around);
    return g_test_run();
}
