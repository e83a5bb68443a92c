/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_tnef: the reader of TNEF streams.
 *
 * Tables of property lists, right and wrong, each in a stream of its own; the checksums of
 * [MS-OXTNEF] 3.1; the limits. Then all right lists in one stream, and that in a message inside of
 * it: cut at every octet, with every octet changed, and with every four octets made a length that
 * is past the end. Each damaged stream is read from memory of its exact size, so that a sanitizer
 * sees every octet too many.
 */
#include "common/tnef/tnef.h"

#include "common/tnef/little_endian.h"
#include "tnef_writer.h"

#define MOST 100000

typedef struct {
    const char *name;
    guint32 attribute;
    guint8 level;
    const char *data; /* as tnef_writer_hex takes it */
    TnefProblem problem;
    gsize offset;      /* of the problem, in the data */
    guint properties;  /* that are read */
    guint16 type;      /* of the last of them */
    gsize value, size; /* where its value stands in the data */
} ListCase;

#define PROPS      TNEF_ATT_MESSAGE_PROPS, WRITER_MESSAGE
#define ROWS       TNEF_ATT_RECIPIENTS, WRITER_MESSAGE
#define ATTACHMENT TNEF_ATT_ATTACHMENT, WRITER_ATTACHMENT
#define LID        "90dad86e0b451b1098da00aa003f1305 00000000 1a000000 "
#define IID        "0b000000 0000 0000 c000000000000046 "

static const ListCase list_cases[] = {
    /* one value of every type */
    {"empty", PROPS, "00000000", TNEF_SOUND, 0, 0, 0, 0, 0},
    {"i2", PROPS, "01000000 02000100 05000000", TNEF_SOUND, 0, 1, 0x0002, 8, 4},
    {"i4", PROPS, "01000000 03000100 05000000", TNEF_SOUND, 0, 1, 0x0003, 8, 4},
    {"r4", PROPS, "01000000 04000100 05000000", TNEF_SOUND, 0, 1, 0x0004, 8, 4},
    {"r8", PROPS, "01000000 05000100 \"abcdefgh\"", TNEF_SOUND, 0, 1, 0x0005, 8, 8},
    {"currency", PROPS, "01000000 06000100 \"abcdefgh\"", TNEF_SOUND, 0, 1, 0x0006, 8, 8},
    {"apptime", PROPS, "01000000 07000100 \"abcdefgh\"", TNEF_SOUND, 0, 1, 0x0007, 8, 8},
    {"error", PROPS, "01000000 0a000100 05000000", TNEF_SOUND, 0, 1, 0x000a, 8, 4},
    {"boolean", PROPS, "01000000 0b000100 0100f93f", TNEF_SOUND, 0, 1, 0x000b, 8, 4},
    {"i8", PROPS, "01000000 14000100 \"abcdefgh\"", TNEF_SOUND, 0, 1, 0x0014, 8, 8},
    {"systime", PROPS, "01000000 40003900 \"abcdefgh\"", TNEF_SOUND, 0, 1, 0x0040, 8, 8},
    {"clsid", PROPS, "01000000 48000100 " IID, TNEF_SOUND, 0, 1, 0x0048, 8, 16},
    {"string8", PROPS, "01000000 1e000100 01000000 02000000 \"a\" 00 0000", TNEF_SOUND, 0, 1,
     0x001e, 16, 2},
    {"unicode", PROPS, "01000000 1f000100 01000000 06000000 e400 6200 0000 0000", TNEF_SOUND, 0, 1,
     0x001f, 16, 6},
    {"binary", PROPS, "01000000 02010100 01000000 04000000 \"abcd\"", TNEF_SOUND, 0, 1, 0x0102, 16,
     4},
    {"binary-empty", PROPS, "01000000 02010100 01000000 00000000", TNEF_SOUND, 0, 1, 0x0102, 16, 0},
    {"object", ATTACHMENT, "01000000 0d000137 01000000 12000000 " IID "\"xy\" 0000", TNEF_SOUND, 0,
     1, 0x000d, 16, 18},

    /* several values, names, rows */
    {"mv-i2", PROPS, "01000000 02100100 02000000 01000000 02000000", TNEF_SOUND, 0, 1, 0x1002, 12,
     8},
    {"mv-none", PROPS, "01000000 40100100 00000000", TNEF_SOUND, 0, 1, 0x1040, 12, 0},
    {"mv-systime", PROPS, "01000000 40100100 02000000 \"abcdefghabcdefgh\"", TNEF_SOUND, 0, 1,
     0x1040, 12, 16},
    {"mv-string8", PROPS, "01000000 1e100100 02000000 02000000 \"a\" 00 0000 04000000 \"abc\" 00",
     TNEF_SOUND, 0, 1, 0x101e, 12, 16},
    {"mv-binary", PROPS, "01000000 02110100 02000000 01000000 ff000000 00000000", TNEF_SOUND, 0, 1,
     0x1102, 12, 12},
    {"name-lid", PROPS, "01000000 40000180 " LID "\"abcdefgh\"", TNEF_SOUND, 0, 1, 0x0040, 32, 8},
    {"name-string", PROPS,
     "01000000 03000180 90dad86e0b451b1098da00aa003f1305 01000000 06000000 6100 6200 0000 0000 "
     "05000000",
     TNEF_SOUND, 0, 1, 0x0003, 40, 4},
    {"two", PROPS, "02000000 03000100 05000000 03000200 06000000", TNEF_SOUND, 0, 2, 0x0003, 16, 4},
    {"rows", ROWS, "02000000 01000000 03000100 05000000 01000000 40000100 \"abcdefgh\"", TNEF_SOUND,
     0, 2, 0x0040, 24, 8},
    {"rows-none", ROWS, "00000000", TNEF_SOUND, 0, 0, 0, 0, 0},
    {"rows-empty", ROWS, "02000000 00000000 00000000", TNEF_SOUND, 0, 0, 0, 0, 0},

    /* each inconsistency */
    {"list-no-count", PROPS, "0000", TNEF_LIST_PAST_END, 0, 0, 0, 0, 0},
    {"list-too-short", PROPS, "02000000 03000100 05000000", TNEF_LIST_PAST_END, 12, 1, 0x0003, 8,
     4},
    {"list-count-huge", PROPS, "ffffffff 03000100 05000000", TNEF_LIST_PAST_END, 12, 1, 0x0003, 8,
     4},
    {"list-too-long", PROPS, "01000000 03000100 05000000 00", TNEF_LIST_TRAILING_OCTETS, 12, 1,
     0x0003, 8, 4},
    {"rows-no-count", ROWS, "00", TNEF_LIST_PAST_END, 0, 0, 0, 0, 0},
    {"rows-too-short", ROWS, "02000000 00000000", TNEF_LIST_PAST_END, 8, 0, 0, 0, 0},
    {"rows-count-huge", ROWS, "ffffffff 00000000", TNEF_LIST_PAST_END, 8, 0, 0, 0, 0},
    {"rows-too-long", ROWS, "00000000 00", TNEF_LIST_TRAILING_OCTETS, 4, 0, 0, 0, 0},
    {"type-zero", PROPS, "01000000 00000100 05000000", TNEF_UNKNOWN_TYPE, 4, 0, 0, 0, 0},
    {"type-null", PROPS, "01000000 01000100 05000000", TNEF_UNKNOWN_TYPE, 4, 0, 0, 0, 0},
    {"type-unknown", PROPS, "01000000 fb000100 05000000", TNEF_UNKNOWN_TYPE, 4, 0, 0, 0, 0},
    {"type-mv-boolean", PROPS, "01000000 0b100100 00000000", TNEF_UNKNOWN_TYPE, 4, 0, 0, 0, 0},
    {"type-mv-object", PROPS, "01000000 0d100100 00000000", TNEF_UNKNOWN_TYPE, 4, 0, 0, 0, 0},
    {"name-cut", PROPS, "01000000 03000180 90dad86e0b451b1098da00aa003f1305 00000000",
     TNEF_NAME_PAST_END, 8, 0, 0, 0, 0},
    {"name-kind", PROPS, "01000000 03000180 90dad86e0b451b1098da00aa003f1305 02000000 1a000000",
     TNEF_UNKNOWN_NAME, 8, 0, 0, 0, 0},
    {"name-too-long", PROPS,
     "01000000 03000180 90dad86e0b451b1098da00aa003f1305 01000000 ffffffff 61000000",
     TNEF_NAME_PAST_END, 8, 0, 0, 0, 0},
    {"fixed-cut", PROPS, "01000000 40000100 \"abcdefg\"", TNEF_VALUE_PAST_END, 8, 0, 0, 0, 0},
    {"count-none", PROPS, "01000000 1e000100 00000000", TNEF_VALUE_COUNT, 8, 0, 0, 0, 0},
    {"count-two", PROPS, "01000000 1e000100 02000000 00000000 00000000", TNEF_VALUE_COUNT, 8, 0, 0,
     0, 0},
    {"count-cut", PROPS, "01000000 1e000100 0100", TNEF_VALUE_PAST_END, 8, 0, 0, 0, 0},
    {"size-cut", PROPS, "01000000 1e000100 01000000 0200", TNEF_VALUE_PAST_END, 12, 0, 0, 0, 0},
    {"size-too-long", PROPS, "01000000 1e000100 01000000 05000000 \"abcd\"", TNEF_VALUE_PAST_END,
     12, 0, 0, 0, 0},
    {"size-huge", PROPS, "01000000 1e000100 01000000 ffffffff \"abcd\"", TNEF_VALUE_PAST_END, 12, 0,
     0, 0, 0},
    {"padding-cut", PROPS, "01000000 1e000100 01000000 02000000 \"a\" 00 00", TNEF_VALUE_PAST_END,
     12, 0, 0, 0, 0},
    {"mv-count-huge", PROPS, "01000000 40100100 ffffffff \"abcdefgh\"", TNEF_VALUE_PAST_END, 12, 0,
     0, 0, 0},
    {"mv-sized-huge", PROPS, "01000000 1e100100 ffffffff 00000000", TNEF_VALUE_PAST_END, 16, 0, 0,
     0, 0},
    {"object-short", ATTACHMENT, "01000000 0d000137 01000000 04000000 \"abcd\"",
     TNEF_OBJECT_TOO_SHORT, 16, 0, 0, 0, 0},
    {"level-props", TNEF_ATT_MESSAGE_PROPS, WRITER_ATTACHMENT, "00000000", TNEF_WRONG_LEVEL, 0, 0,
     0, 0, 0},
    {"level-attachment", TNEF_ATT_ATTACHMENT, WRITER_MESSAGE, "00000000", TNEF_WRONG_LEVEL, 0, 0, 0,
     0, 0},
};

#define DATA 15 /* where the data of the first attribute stands */

static void test_list(gconstpointer data)
{
    const ListCase *row = data;
    g_autoptr(GByteArray) list = tnef_writer_new();
    g_autoptr(GByteArray) stream = tnef_writer_new();
    tnef_writer_hex(list, row->data);
    tnef_writer_start(stream);
    tnef_writer_attribute(stream, row->level, row->attribute, tnef_writer_octets(list));

    g_auto(Tnef) tnef;
    tnef_init(&tnef, tnef_writer_octets(stream), MOST, MOST);
    gsize base = row->problem == TNEF_WRONG_LEVEL ? DATA - 9 : DATA;
    g_assert_cmpint(tnef.problem, ==, row->problem);
    g_assert_false(tnef.over_limits);
    g_assert_cmpuint(tnef.properties->len, ==, row->properties);
    if (row->problem != TNEF_SOUND)
        g_assert_cmpuint(tnef.problem_offset, ==, base + row->offset);
    if (row->properties == 0)
        return;
    const TnefProperty *last = tnef_property(&tnef, row->properties - 1);
    g_assert_cmphex(last->type, ==, row->type);
    g_assert_cmpuint(last->value, ==, DATA + row->value);
    g_assert_cmpuint(last->size, ==, row->size);
    g_assert_cmpuint(last->row, ==, row->attribute == TNEF_ATT_RECIPIENTS ? row->properties : 0);
}

typedef struct {
    const char *name;
    const char *stream;
    TnefProblem problem;
    gsize offset;
    guint attributes;
} StreamCase;

static const StreamCase stream_cases[] = {
    {"empty", "", TNEF_NO_SIGNATURE, 0, 0},
    {"other", "\"PK\" 0304", TNEF_NO_SIGNATURE, 0, 0},
    {"no-key", "789f3e22 34", TNEF_TRAILING_OCTETS, 0, 0},
    {"no-attributes", "789f3e22 3412", TNEF_SOUND, 0, 0},
    {"one", "789f3e22 3412 01 06900800 04000000 00000100 0100", TNEF_SOUND, 0, 1},
    {"no-data", "789f3e22 3412 01 06900800 00000000 0000", TNEF_SOUND, 0, 1},
    {"trailing", "789f3e22 3412 01 06900800 00000000 0000 01069008000000000000 ",
     TNEF_TRAILING_OCTETS, 17, 1},
    {"level-0", "789f3e22 3412 00 06900800 00000000 0000", TNEF_UNKNOWN_LEVEL, 6, 0},
    {"level-3", "789f3e22 3412 03 06900800 00000000 0000", TNEF_UNKNOWN_LEVEL, 6, 0},
    {"past-end", "789f3e22 3412 01 06900800 01000000 0000", TNEF_ATTRIBUTE_PAST_END, 6, 0},
    {"huge", "789f3e22 3412 01 06900800 ffffffff 0000", TNEF_ATTRIBUTE_PAST_END, 6, 0},
    {"checksum", "789f3e22 3412 01 06900800 01000000 05 0600", TNEF_WRONG_CHECKSUM, 16, 1},
    {"checksum-goes-on", "789f3e22 3412 01 06900800 01000000 05 0600 01 06900800 00000000 0000 00",
     TNEF_WRONG_CHECKSUM, 16, 2},
};

static void test_stream(gconstpointer data)
{
    const StreamCase *row = data;
    g_autoptr(GByteArray) stream = tnef_writer_new();
    tnef_writer_hex(stream, row->stream);
    g_auto(Tnef) tnef;
    tnef_init(&tnef, tnef_writer_octets(stream), MOST, MOST);
    g_assert_cmpint(tnef.problem, ==, row->problem);
    g_assert_cmpuint(tnef.problem_offset, ==, row->offset);
    g_assert_cmpuint(tnef.attributes->len, ==, row->attributes);
    g_autofree char *text = tnef_problem_text(&tnef);
    g_assert_cmpuint(strlen(text), >, 0);
}

typedef struct {
    const char *name;
    const char *data;
    guint16 checksum;
} ChecksumCase;

static const ChecksumCase checksum_cases[] = {
    {"oem-codepage", "e4040000 00000000", 0x00e8},
    {"message-class", "\"IPM.Microsoft Mail.Note\" 00", 0x0831},
    {"subject", "\"Simple subject\" 00", 0x057a},
    {"date-sent", "d407 0200 1100 0b00 1900 2300 0200", 0x0137},
    {"date-modified", "d407 0200 1100 0c00 1a00 0900 0200", 0x011f},
    {"nothing", "", 0},
};

static void test_checksum(gconstpointer data)
{
    const ChecksumCase *row = data;
    g_autoptr(GByteArray) octets = tnef_writer_new();
    tnef_writer_hex(octets, row->data);
    g_assert_cmphex(tnef_checksum(tnef_writer_octets(octets)), ==, row->checksum);
}

static void test_checksum_wraps(void)
{
    g_autofree char *octets = g_malloc(1000);
    memset(octets, 0xff, 1000);
    g_assert_cmphex(tnef_checksum((Octets){octets, 1000}), ==, 255000 % 65536);
}

/* ---- limits ---- */

static const char two_rows[] = "02000000 02000000 03000100 05000000 03000200 05000000 00000000";

static void test_limits(void)
{
    g_autoptr(GByteArray) rows = tnef_writer_new();
    g_autoptr(GByteArray) stream = tnef_writer_new();
    tnef_writer_hex(rows, two_rows);
    tnef_writer_start(stream);
    tnef_writer_attribute(stream, WRITER_MESSAGE, TNEF_ATT_RECIPIENTS, tnef_writer_octets(rows));

    for (guint elements = 0; elements <= 4; elements++) {
        for (guint properties = 0; properties <= 3; properties++) {
            g_auto(Tnef) tnef;
            tnef_init(&tnef, tnef_writer_octets(stream), elements, properties);
            g_assert_cmpint(tnef.over_limits, ==, elements < 3 || properties < 2);
            g_assert_cmpint(tnef.problem, ==, TNEF_SOUND);
            g_assert_cmpuint(tnef.properties->len, <=, properties);
        }
    }
}

/* A stream with so many messages one inside of another. */
static GByteArray *nested_stream(guint depth)
{
    GByteArray *stream = tnef_writer_new();
    tnef_writer_start(stream);
    for (guint i = 0; i < depth; i++) {
        g_autoptr(GByteArray) inner = stream;
        g_autoptr(GByteArray) list = tnef_writer_new();
        tnef_writer_inner_message(list, tnef_writer_octets(inner));
        stream = tnef_writer_new();
        tnef_writer_start(stream);
        tnef_writer_attribute(stream, WRITER_ATTACHMENT, TNEF_ATT_RENDER_DATA, octets_of(NULL));
        tnef_writer_attribute(stream, WRITER_ATTACHMENT, TNEF_ATT_ATTACHMENT,
                              tnef_writer_octets(list));
    }
    return stream;
}

static void test_depth(void)
{
    for (guint depth = 0; depth <= TNEF_DEPTH + 2; depth++) {
        g_autoptr(GByteArray) stream = nested_stream(depth);
        g_auto(Tnef) tnef;
        tnef_init(&tnef, tnef_writer_octets(stream), MOST, MOST);
        g_assert_cmpint(tnef.over_limits, ==, depth > TNEF_DEPTH);
        g_assert_cmpint(tnef.problem, ==, TNEF_SOUND);
        if (depth > TNEF_DEPTH)
            continue;
        g_assert_cmpuint(tnef.messages->len, ==, depth + 1);
        g_assert_cmpuint(tnef_message(&tnef, depth)->depth, ==, depth);
        g_assert_cmpuint(tnef.attributes->len, ==, depth * 2);
        for (guint i = 0; i < tnef.attributes->len; i++)
            g_assert_cmpuint(tnef_attribute(&tnef, i)->attachment, ==, 1);
    }
}

/* ---- a whole stream, damaged ---- */

/* All lists without a problem, and where `inner` is not empty a message in an attachment. */
static GByteArray *whole_stream(Octets inner)
{
    GByteArray *stream = tnef_writer_new();
    tnef_writer_start(stream);
    for (gsize i = 0; i < G_N_ELEMENTS(list_cases); i++) {
        g_autoptr(GByteArray) list = tnef_writer_new();
        tnef_writer_hex(list, list_cases[i].data);
        if (list_cases[i].problem == TNEF_SOUND)
            tnef_writer_attribute(stream, list_cases[i].level, list_cases[i].attribute,
                                  tnef_writer_octets(list));
    }
    if (inner.size == 0)
        return stream;
    g_autoptr(GByteArray) list = tnef_writer_new();
    tnef_writer_inner_message(list, inner);
    tnef_writer_attribute(stream, WRITER_ATTACHMENT, TNEF_ATT_ATTACHMENT, tnef_writer_octets(list));
    return stream;
}

typedef void (*StreamTest)(Octets stream);

static void with_whole_stream(StreamTest test)
{
    g_autoptr(GByteArray) inner = whole_stream(octets_of(NULL));
    g_autoptr(GByteArray) stream = whole_stream(tnef_writer_octets(inner));
    test(tnef_writer_octets(stream));
}

/* Reads a copy that ends where its memory ends. */
static TnefProblem read_copy(Octets octets)
{
    g_autofree char *copy = octets.size == 0 ? NULL : g_memdup2(octets.data, octets.size);
    g_auto(Tnef) tnef;
    tnef_init(&tnef, (Octets){copy, octets.size}, MOST, MOST);
    g_autofree char *text = tnef_problem_text(&tnef);
    g_assert_nonnull(text);
    return tnef.problem;
}

static gboolean ends_an_attribute(const Tnef *tnef, gsize size)
{
    const TnefMessage *outermost = tnef_message(tnef, 0);
    for (guint i = outermost->attributes; i < outermost->attributes_end; i++) {
        const TnefAttribute *attribute = tnef_attribute(tnef, i);
        if (size == attribute->data + attribute->size + 2)
            return TRUE;
    }
    return size == 6;
}

static void cut_stream(Octets stream)
{
    g_auto(Tnef) tnef;
    tnef_init(&tnef, stream, MOST, MOST);
    g_assert_cmpint(tnef.problem, ==, TNEF_SOUND);
    for (gsize size = 0; size <= stream.size; size++) {
        gboolean sound = read_copy(octets_slice(stream, 0, size)) == TNEF_SOUND;
        g_assert_cmpint(sound, ==, ends_an_attribute(&tnef, size));
    }
}

/* Whatever is changed in an attribute's data or checksum, the checksum is wrong. */
static void change_octets(Octets stream)
{
    g_autofree char *copy = g_memdup2(stream.data, stream.size);
    g_auto(Tnef) tnef;
    tnef_init(&tnef, stream, MOST, MOST);
    for (guint i = 0; i < tnef.attributes->len; i++) {
        const TnefAttribute *attribute = tnef_attribute(&tnef, i);
        for (gsize at = attribute->data; at < attribute->data + attribute->size + 2; at++) {
            copy[at] = (char)(copy[at] + 1);
            g_assert_cmpint(read_copy((Octets){copy, stream.size}), !=, TNEF_SOUND);
            copy[at] = (char)(copy[at] - 1);
        }
    }
}

/* With the checksums made right, the lists are read with every four octets as a wrong length. */
static void change_lengths(Octets stream)
{
    static const guint32 lengths[] = {0, 1, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff};
    for (gsize at = 6; at + 4 <= stream.size; at++) {
        for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
            g_autoptr(GByteArray) copy = tnef_writer_new();
            g_byte_array_append(copy, (const guint8 *)stream.data, (guint)stream.size);
            guint32 length = GUINT32_TO_LE(lengths[i]);
            memcpy(copy->data + at, &length, sizeof length);
            tnef_writer_reseal(copy);
            read_copy(tnef_writer_octets(copy));
        }
    }
}

static void test_cut(void)
{
    with_whole_stream(cut_stream);
}

static void test_changed_octets(void)
{
    with_whole_stream(change_octets);
}

static void test_changed_lengths(void)
{
    with_whole_stream(change_lengths);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(list_cases); i++) {
        g_autofree char *path = g_strconcat("/tnef/list/", list_cases[i].name, NULL);
        g_test_add_data_func(path, &list_cases[i], test_list);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(stream_cases); i++) {
        g_autofree char *path = g_strconcat("/tnef/stream/", stream_cases[i].name, NULL);
        g_test_add_data_func(path, &stream_cases[i], test_stream);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(checksum_cases); i++) {
        g_autofree char *path = g_strconcat("/tnef/checksum/", checksum_cases[i].name, NULL);
        g_test_add_data_func(path, &checksum_cases[i], test_checksum);
    }
    g_test_add_func("/tnef/checksum/wraps", test_checksum_wraps);
    g_test_add_func("/tnef/limits", test_limits);
    g_test_add_func("/tnef/depth", test_depth);
    g_test_add_func("/tnef/cut", test_cut);
    g_test_add_func("/tnef/changed-octets", test_changed_octets);
    g_test_add_func("/tnef/changed-lengths", test_changed_lengths);
    return g_test_run();
}
