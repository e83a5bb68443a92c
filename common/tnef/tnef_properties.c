/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/tnef/tnef_properties.h"

#include "common/tnef/little_endian.h"

#define FIRST_NAME_ID 0x8000U
#define MULTIPLE      0x1000U
#define TYPE_OBJECT   0x000dU

/* {00020307-0000-0000-C000-000000000046}: the octets of an object that follow are a stream. */
static const char iid_message[] = "\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";

/* How a value of a type is written ([MS-OXTNEF] 2.1.3.4). */
typedef struct {
    guint16 type;
    guint size;        /* with the padding; 0: the size is written before each value */
    gboolean multiple; /* a property of this type may have several values */
} TypeForm;

static const TypeForm type_forms[] = {
    {0x0002, 4, TRUE},              /* I2 */
    {0x0003, 4, TRUE},              /* I4 */
    {0x0004, 4, TRUE},              /* R4 */
    {0x0005, 8, TRUE},              /* R8 */
    {0x0006, 8, TRUE},              /* CURRENCY */
    {0x0007, 8, TRUE},              /* APPTIME */
    {0x000a, 4, FALSE},             /* ERROR */
    {0x000b, 4, FALSE},             /* BOOLEAN */
    {TYPE_OBJECT, 0, FALSE},        /* OBJECT */
    {0x0014, 8, TRUE},              /* I8 */
    {TNEF_TYPE_STRING8, 0, TRUE},   /* STRING8 */
    {TNEF_TYPE_UNICODE, 0, TRUE},   /* UNICODE */
    {TNEF_TYPE_SYSTIME, 8, TRUE},   /* SYSTIME */
    {0x0048, TNEF_GUID_SIZE, TRUE}, /* CLSID */
    {0x0102, 0, TRUE},              /* BINARY */
};

static gsize padding_of(gsize size)
{
    return -size & 3U;
}

static gboolean refuse(const TnefCursor *cursor, TnefProblem problem, gsize offset)
{
    Tnef *tnef = cursor->tnef;
    return tnef_note_problem(tnef, problem, offset, tnef_attribute(tnef, cursor->attribute)->id);
}

static gsize left(const TnefCursor *cursor)
{
    return cursor->end - cursor->at;
}

static gboolean take_u32(TnefCursor *cursor, guint32 *value)
{
    if (left(cursor) < sizeof *value)
        return FALSE;
    *value = little_endian_u32(cursor->tnef->octets, cursor->at);
    cursor->at += sizeof *value;
    return TRUE;
}

/* Takes `size` octets and the padding after them. */
static gboolean take_padded(TnefCursor *cursor, gsize size)
{
    if (size > left(cursor) || padding_of(size) > left(cursor) - size)
        return FALSE;
    cursor->at += size + padding_of(size);
    return TRUE;
}

static const TypeForm *find_form(guint16 type)
{
    gboolean multiple = (type & MULTIPLE) != 0;
    for (gsize i = 0; i < G_N_ELEMENTS(type_forms); i++) {
        if (type_forms[i].type == (type & ~MULTIPLE))
            return multiple && !type_forms[i].multiple ? NULL : &type_forms[i];
    }
    return NULL;
}

static gboolean read_name(TnefCursor *cursor, TnefProperty *property)
{
    guint32 kind;
    guint32 number;
    gsize start = cursor->at;
    if (!take_padded(cursor, TNEF_GUID_SIZE) || !take_u32(cursor, &kind) ||
        !take_u32(cursor, &number))
        return refuse(cursor, TNEF_NAME_PAST_END, start);
    if (kind != TNEF_NAME_LID && kind != TNEF_NAME_STRING)
        return refuse(cursor, TNEF_UNKNOWN_NAME, start);
    if (kind == TNEF_NAME_STRING && !take_padded(cursor, number))
        return refuse(cursor, TNEF_NAME_PAST_END, start);
    property->name = start;
    return TRUE;
}

/* Puts a message inside of an object on the list of those to read. */
static gboolean add_inner_message(TnefCursor *cursor, gsize start, gsize size)
{
    Tnef *tnef = cursor->tnef;
    if (size < TNEF_GUID_SIZE)
        return refuse(cursor, TNEF_OBJECT_TOO_SHORT, start);
    if (memcmp(tnef->octets.data + start, iid_message, TNEF_GUID_SIZE) != 0)
        return TRUE;
    const TnefAttribute *attribute = tnef_attribute(tnef, cursor->attribute);
    TnefMessage message = {
        .attribute = cursor->attribute,
        .depth = tnef_message(tnef, attribute->message)->depth + 1,
        .start = start + TNEF_GUID_SIZE,
        .end = start + size,
    };
    tnef->over_limits = message.depth > TNEF_DEPTH;
    g_array_append_val(tnef->messages, message);
    return !tnef->over_limits;
}

/* Values of a fixed size. */
static gboolean read_fixed(TnefCursor *cursor, guint size, guint32 count, TnefProperty *property)
{
    if (count > left(cursor) / size)
        return refuse(cursor, TNEF_VALUE_PAST_END, cursor->at);
    property->value = cursor->at;
    property->size = (gsize)size * count;
    cursor->at += property->size;
    return TRUE;
}

/* Values with their sizes before them. For a single one, the value is what follows its size. */
static gboolean read_sized(TnefCursor *cursor, guint32 count, TnefProperty *property)
{
    gsize start = cursor->at;
    guint32 size = 0;
    for (guint32 i = 0; i < count; i++) {
        gsize at = cursor->at;
        if (!take_u32(cursor, &size) || !take_padded(cursor, size))
            return refuse(cursor, TNEF_VALUE_PAST_END, at);
    }
    gboolean multiple = (property->type & MULTIPLE) != 0;
    property->value = multiple ? start : start + sizeof size;
    property->size = multiple ? cursor->at - start : size;
    if (property->type != TYPE_OBJECT)
        return TRUE;
    return add_inner_message(cursor, property->value, property->size);
}

static gboolean read_values(TnefCursor *cursor, const TypeForm *form, TnefProperty *property)
{
    gboolean multiple = (property->type & MULTIPLE) != 0;
    gboolean counted = multiple || form->size == 0;
    guint32 count = 1;
    if (counted && !take_u32(cursor, &count))
        return refuse(cursor, TNEF_VALUE_PAST_END, cursor->at);
    if (!multiple && count != 1)
        return refuse(cursor, TNEF_VALUE_COUNT, cursor->at - sizeof count);
    return form->size > 0 ? read_fixed(cursor, form->size, count, property)
                          : read_sized(cursor, count, property);
}

static gboolean read_property(TnefCursor *cursor)
{
    Tnef *tnef = cursor->tnef;
    gsize start = cursor->at;
    guint32 tag;
    if (!take_u32(cursor, &tag))
        return refuse(cursor, TNEF_LIST_PAST_END, start);
    TnefProperty property = {
        .attribute = cursor->attribute,
        .row = cursor->row,
        .type = (guint16)(tag & 0xffffU),
        .id = (guint16)(tag >> 16),
    };
    const TypeForm *form = find_form(property.type);
    if (form == NULL)
        return refuse(cursor, TNEF_UNKNOWN_TYPE, start);
    if (property.id >= FIRST_NAME_ID && !read_name(cursor, &property))
        return FALSE;
    if (!read_values(cursor, form, &property))
        return FALSE;
    tnef->over_limits = tnef->properties->len >= tnef->max_properties;
    if (!tnef->over_limits)
        g_array_append_val(tnef->properties, property);
    return !tnef->over_limits;
}

gboolean tnef_properties_read_list(TnefCursor *cursor)
{
    guint32 count;
    if (!take_u32(cursor, &count))
        return refuse(cursor, TNEF_LIST_PAST_END, cursor->at);
    for (guint32 i = 0; i < count; i++) {
        if (!read_property(cursor))
            return FALSE;
    }
    return TRUE;
}

gboolean tnef_properties_read_rows(TnefCursor *cursor)
{
    guint32 count;
    if (!take_u32(cursor, &count))
        return refuse(cursor, TNEF_LIST_PAST_END, cursor->at);
    for (cursor->row = 1; cursor->row <= count; cursor->row++) {
        if (!tnef_count_element(cursor->tnef) || !tnef_properties_read_list(cursor))
            return FALSE;
    }
    return TRUE;
}
