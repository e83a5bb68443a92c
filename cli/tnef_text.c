/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/tnef_text.h"

#include "common/rules/tnef_names.h"
#include "common/tnef/filetime.h"
#include "common/tnef/tnef.h"

#define MOST G_MAXUINT

static void append_property(GString *out, const Tnef *tnef, const TnefProperty *property)
{
    char time[FILETIME_TEXT_SIZE];
    const TnefName *known = tnef_names_of(tnef, property);
    if (property->type != TNEF_TYPE_SYSTIME)
        return;
    filetime_write(tnef_filetime(tnef, property), time);
    if (property->row > 0)
        g_string_append_printf(out, "recipient row %u ", property->row);
    if (known != NULL)
        g_string_append_printf(out, "%s %s\n", known->name, time);
    else
        g_string_append_printf(out, "0x%04x%04x %s\n", property->id, property->type, time);
}

static void append_checksum(GString *out, const Tnef *tnef, const TnefAttribute *attribute)
{
    g_string_append_printf(out, "attribute 0x%08x at octet %" G_GSIZE_FORMAT ", checksum 0x%04x\n",
                           attribute->id, attribute->data,
                           tnef_attribute_checksum(tnef, attribute));
}

/* Each attribute after its properties, as the checksum stands after the data. */
static void append_message(GString *out, const Tnef *tnef, const TnefMessage *message)
{
    guint property = message->properties;
    for (guint i = message->attributes; i < message->attributes_end; i++) {
        for (; property < message->properties_end && tnef_property(tnef, property)->attribute == i;
             property++)
            append_property(out, tnef, tnef_property(tnef, property));
        append_checksum(out, tnef, tnef_attribute(tnef, i));
    }
}

void tnef_text_append(GString *out, Octets stream)
{
    g_auto(Tnef) tnef;
    tnef_init(&tnef, stream, MOST, MOST);
    for (guint i = 0; i < tnef.messages->len; i++)
        append_message(out, &tnef, tnef_message(&tnef, i));
}
