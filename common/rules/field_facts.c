/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/field_facts.h"

#include <string.h>

void field_facts_init(FieldFacts *facts)
{
    *facts = (FieldFacts){.done = g_ptr_array_new()};
}

void field_facts_clear(FieldFacts *facts)
{
    mime_field_clear(&facts->field);
    g_clear_pointer(&facts->done, g_ptr_array_unref);
}

void field_facts_read(FieldFacts *facts, const Message *message, const Part *part)
{
    const FieldPlace *place = &part->content_type;
    if (facts->is_read)
        return;
    facts->is_read = TRUE;
    if (place->count != 1 || strcmp(part->type, "text/calendar") != 0)
        return;
    facts->start = place->value;
    facts->size = place->value_end - place->value;
    mime_field_read(&facts->field, octets_slice(message->octets, place->value, place->value_end),
                    MIME_FIELD_TYPE);
    facts->is_editable = facts->field.well_formed;
    facts->is_malformed = !facts->field.well_formed;
}

const MimeParameter *field_facts_plain(const FieldFacts *facts, const char *name)
{
    if (!facts->is_editable || mime_field_count(&facts->field, name) != 1)
        return NULL;
    const MimeParameter *parameter = mime_field_find(&facts->field, name);
    return parameter->extended || !parameter->has_value ? NULL : parameter;
}

Octets field_facts_value(const FieldFacts *facts, const MimeParameter *parameter)
{
    return octets_slice(facts->field.value, parameter->value, parameter->value_end);
}
