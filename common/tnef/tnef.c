/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/tnef/tnef.h"

#include "common/tnef/little_endian.h"
#include "common/tnef/tnef_properties.h"

#define HEADER_SIZE   6U /* signature and key */
#define PREFIX_SIZE   9U /* level, id and length of an attribute */
#define CHECKSUM_SIZE 2U

enum { LEVEL_MESSAGE = 1, LEVEL_ATTACHMENT = 2 };

static const char signature[] = {0x78, '\x9f', 0x3e, 0x22};

static const char *const problem_texts[] = {
    [TNEF_SOUND] = "none",
    [TNEF_NO_SIGNATURE] = "no TNEF signature",
    [TNEF_TRAILING_OCTETS] = "octets after the last attribute",
    [TNEF_UNKNOWN_LEVEL] = "an attribute of an unknown level",
    [TNEF_WRONG_LEVEL] = "an attribute on the wrong level",
    [TNEF_ATTRIBUTE_PAST_END] = "an attribute longer than the stream",
    [TNEF_WRONG_CHECKSUM] = "a wrong checksum",
    [TNEF_LIST_PAST_END] = "more properties or rows counted than are there",
    [TNEF_LIST_TRAILING_OCTETS] = "octets after the last property",
    [TNEF_UNKNOWN_TYPE] = "a property of an unknown type",
    [TNEF_UNKNOWN_NAME] = "a property with an unknown kind of name",
    [TNEF_NAME_PAST_END] = "a property name longer than its attribute",
    [TNEF_VALUE_COUNT] = "a property with another number of values than one",
    [TNEF_VALUE_PAST_END] = "a value longer than its attribute",
    [TNEF_OBJECT_TOO_SHORT] = "an object shorter than its interface identifier",
};

gboolean tnef_note_problem(Tnef *tnef, TnefProblem problem, gsize offset, guint32 attribute)
{
    if (tnef->problem != TNEF_SOUND)
        return FALSE;
    tnef->problem = problem;
    tnef->problem_offset = offset;
    tnef->problem_attribute = attribute;
    return FALSE;
}

gboolean tnef_count_element(Tnef *tnef)
{
    tnef->over_limits = tnef->over_limits || ++tnef->elements > tnef->max_elements;
    return !tnef->over_limits;
}

/* ---- attributes ---- */

/* Attributes that hold properties, the level each stands on, and what reads it. */
typedef struct {
    guint32 id;
    guint level;
    gboolean (*read)(TnefCursor *cursor);
} AttributeForm;

static const AttributeForm attribute_forms[] = {
    {TNEF_ATT_MESSAGE_PROPS, LEVEL_MESSAGE, tnef_properties_read_list},
    {TNEF_ATT_RECIPIENTS, LEVEL_MESSAGE, tnef_properties_read_rows},
    {TNEF_ATT_ATTACHMENT, LEVEL_ATTACHMENT, tnef_properties_read_list},
};

static gboolean read_data(Tnef *tnef, guint number, guint level)
{
    const TnefAttribute *attribute = tnef_attribute(tnef, number);
    TnefCursor cursor = {
        .tnef = tnef,
        .attribute = number,
        .at = attribute->data,
        .end = attribute->data + attribute->size,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(attribute_forms); i++) {
        const AttributeForm *form = &attribute_forms[i];
        if (form->id != attribute->id)
            continue;
        if (form->level != level)
            return tnef_note_problem(tnef, TNEF_WRONG_LEVEL, attribute->data - PREFIX_SIZE,
                                     attribute->id);
        if (!form->read(&cursor))
            return FALSE;
        return cursor.at == cursor.end ||
               tnef_note_problem(tnef, TNEF_LIST_TRAILING_OCTETS, cursor.at, attribute->id);
    }
    return TRUE;
}

/* Reads the attribute at `at` and moves past it. */
static gboolean read_attribute(Tnef *tnef, guint message, gsize *at, guint *attachment)
{
    gsize rest = tnef_message(tnef, message)->end - *at;
    if (rest < PREFIX_SIZE + CHECKSUM_SIZE)
        return tnef_note_problem(tnef, TNEF_TRAILING_OCTETS, *at, 0);
    guint level = (guchar)tnef->octets.data[*at];
    guint32 id = little_endian_u32(tnef->octets, *at + 1);
    gsize size = little_endian_u32(tnef->octets, *at + 5);
    if (level != LEVEL_MESSAGE && level != LEVEL_ATTACHMENT)
        return tnef_note_problem(tnef, TNEF_UNKNOWN_LEVEL, *at, 0);
    if (size > rest - PREFIX_SIZE - CHECKSUM_SIZE)
        return tnef_note_problem(tnef, TNEF_ATTRIBUTE_PAST_END, *at, id);
    if (!tnef_count_element(tnef))
        return FALSE;
    if (id == TNEF_ATT_RENDER_DATA)
        ++*attachment;
    TnefAttribute attribute = {
        .message = message,
        .attachment = level == LEVEL_ATTACHMENT ? *attachment : 0,
        .id = id,
        .data = *at + PREFIX_SIZE,
        .size = size,
    };
    g_array_append_val(tnef->attributes, attribute);
    *at = attribute.data + size + CHECKSUM_SIZE;
    Octets data = octets_slice(tnef->octets, attribute.data, attribute.data + size);
    if (tnef_checksum(data) != tnef_attribute_checksum(tnef, &attribute))
        tnef_note_problem(tnef, TNEF_WRONG_CHECKSUM, attribute.data + size, id);
    return read_data(tnef, tnef->attributes->len - 1, level);
}

static gboolean read_attributes(Tnef *tnef, guint number)
{
    gsize start = tnef_message(tnef, number)->start;
    gsize end = tnef_message(tnef, number)->end;
    guint attachment = 0;
    Octets octets = octets_slice(tnef->octets, start, end);
    if (!tnef_has_signature(octets))
        return tnef_note_problem(tnef, TNEF_NO_SIGNATURE, start, 0);
    if (octets.size < HEADER_SIZE)
        return tnef_note_problem(tnef, TNEF_TRAILING_OCTETS, start, 0);
    for (gsize at = start + HEADER_SIZE; at < end;) {
        if (!read_attribute(tnef, number, &at, &attachment))
            return FALSE;
    }
    return TRUE;
}

/* The array of messages may move while one is read, so it is written to before and after. */
static gboolean read_message(Tnef *tnef, guint number)
{
    TnefMessage *message = &g_array_index(tnef->messages, TnefMessage, number);
    message->attributes = tnef->attributes->len;
    message->properties = tnef->properties->len;
    gboolean sound = read_attributes(tnef, number);
    message = &g_array_index(tnef->messages, TnefMessage, number);
    message->attributes_end = tnef->attributes->len;
    message->properties_end = tnef->properties->len;
    return sound;
}

/* ---- the stream ---- */

gboolean tnef_has_signature(Octets octets)
{
    return octets.size >= sizeof signature && memcmp(octets.data, signature, sizeof signature) == 0;
}

void tnef_init(Tnef *tnef, Octets octets, guint max_elements, guint max_properties)
{
    *tnef = (Tnef){
        .octets = octets,
        .messages = g_array_new(FALSE, FALSE, sizeof(TnefMessage)),
        .attributes = g_array_new(FALSE, FALSE, sizeof(TnefAttribute)),
        .properties = g_array_new(FALSE, FALSE, sizeof(TnefProperty)),
        .max_elements = max_elements,
        .max_properties = max_properties,
    };
    TnefMessage outermost = {.attribute = TNEF_NONE, .end = octets.size};
    g_array_append_val(tnef->messages, outermost);
    for (guint i = 0; i < tnef->messages->len && read_message(tnef, i);)
        i++;
}

void tnef_clear(Tnef *tnef)
{
    g_clear_pointer(&tnef->messages, g_array_unref);
    g_clear_pointer(&tnef->attributes, g_array_unref);
    g_clear_pointer(&tnef->properties, g_array_unref);
}

const TnefMessage *tnef_message(const Tnef *tnef, guint message)
{
    return &g_array_index(tnef->messages, TnefMessage, message);
}

const TnefAttribute *tnef_attribute(const Tnef *tnef, guint attribute)
{
    return &g_array_index(tnef->attributes, TnefAttribute, attribute);
}

const TnefProperty *tnef_property(const Tnef *tnef, guint property)
{
    return &g_array_index(tnef->properties, TnefProperty, property);
}

static gboolean has_set_and_lid(const Tnef *tnef, const TnefProperty *property,
                                const TnefName *name)
{
    const char *set = tnef->octets.data + property->name;
    return property->name > 0 && memcmp(set, name->set, TNEF_GUID_SIZE) == 0 &&
           little_endian_u32(tnef->octets, property->name + TNEF_GUID_SIZE) == TNEF_NAME_LID &&
           little_endian_u32(tnef->octets, property->name + TNEF_GUID_SIZE + 4) == name->lid;
}

gboolean tnef_property_is(const Tnef *tnef, const TnefProperty *property, const TnefName *name)
{
    if (property->type != name->type)
        return FALSE;
    return name->set == NULL ? property->id == name->id : has_set_and_lid(tnef, property, name);
}

Octets tnef_value(const Tnef *tnef, const TnefProperty *property)
{
    return octets_slice(tnef->octets, property->value, property->value + property->size);
}

guint64 tnef_filetime(const Tnef *tnef, const TnefProperty *property)
{
    return little_endian_u64(tnef->octets, property->value);
}

guint16 tnef_checksum(Octets octets)
{
    guint sum = 0;
    for (gsize i = 0; i < octets.size; i++)
        sum += (guchar)octets.data[i];
    return (guint16)(sum & 0xffffU);
}

guint16 tnef_attribute_checksum(const Tnef *tnef, const TnefAttribute *attribute)
{
    return little_endian_u16(tnef->octets, attribute->data + attribute->size);
}

char *tnef_problem_text(const Tnef *tnef)
{
    const char *text = problem_texts[tnef->problem];
    if (tnef->problem_attribute == 0)
        return g_strdup_printf("%s, at octet %" G_GSIZE_FORMAT, text, tnef->problem_offset);
    return g_strdup_printf("%s, in attribute 0x%08x at octet %" G_GSIZE_FORMAT, text,
                           tnef->problem_attribute, tnef->problem_offset);
}
