/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_mime_field: the reader of MIME fields, and GMime beside it.
 *
 * Positions are ordered and inside of the value, whatever it is. Of a field that is well formed
 * GMime reads the same type and the same values; what it decodes (RFC 2047, RFC 2231) is left out.
 * The first choice is the form, the data is the value.
 */
#include "common/mail/mime_field.h"
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

#include <gmime/gmime.h>
#include <string.h>

static GMimeParserOptions *strict;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    repair_init();
    strict = g_mime_parser_options_new();
    g_mime_parser_options_set_parameter_compliance_mode(strict, GMIME_RFC_COMPLIANCE_STRICT);
    return 0;
}

static void require_positions(const MimeField *field)
{
    gsize from = field->subtype_end;
    fuzz_require(field->type <= field->type_end && field->type_end <= field->subtype &&
                     field->subtype <= field->subtype_end,
                 "type and subtype follow each other");
    for (guint i = 0; i < field->parameters->len; i++) {
        const MimeParameter *parameter = &g_array_index(field->parameters, MimeParameter, i);
        fuzz_require(from < parameter->start && parameter->start < parameter->name_end &&
                         parameter->name_end <= parameter->value &&
                         parameter->value <= parameter->value_end,
                     "parameters follow each other, the value behind the name");
        fuzz_require(parameter->has_value || parameter->value == parameter->value_end,
                     "without a = there is no value");
        from = parameter->value_end;
    }
    fuzz_require(from <= field->value.size, "all stands inside of the value");
    fuzz_require(field->complete || !field->well_formed, "what is well formed is complete");
}

/* The value as one line. Owned by the caller. */
static char *unfold(Octets value)
{
    GString *line = g_string_new(NULL);
    for (gsize i = 0; i < value.size; i++) {
        if (!octet_is_line_end(value.data[i]))
            g_string_append_c(line, value.data[i]);
    }
    return g_string_free(line, FALSE);
}

/* TRUE when GMime decodes nothing of what has that name. */
static gboolean is_plain(const MimeField *field, const char *name, const char *value)
{
    for (guint i = 0; i < field->parameters->len; i++) {
        const MimeParameter *parameter = &g_array_index(field->parameters, MimeParameter, i);
        Octets own = octets_slice(field->value, parameter->start, parameter->name_end);
        if (parameter->extended && octets_equal_nocase(own, name))
            return FALSE;
    }
    return strstr(value, "=?") == NULL;
}

static void require_value(const MimeField *field, const MimeParameter *parameter,
                          GMimeContentType *type)
{
    g_autofree char *name =
        octets_dup(octets_slice(field->value, parameter->start, parameter->name_end));
    g_autoptr(GString) value = mime_field_value(field, name);
    fuzz_require(value != NULL, "what has a value tells it");
    if (is_plain(field, name, value->str))
        fuzz_require(g_strcmp0(value->str, g_mime_content_type_get_parameter(type, name)) == 0,
                     "GMime reads the same value");
}

static void require_gmime(const MimeField *field)
{
    g_autofree char *line = unfold(field->value);
    GMimeContentType *type = g_mime_content_type_parse(strict, line);
    fuzz_require(mime_field_is_type(field, g_mime_content_type_get_media_type(type),
                                    g_mime_content_type_get_media_subtype(type)),
                 "GMime reads the same type");
    for (guint i = 0; i < field->parameters->len; i++)
        require_value(field, &g_array_index(field->parameters, MimeParameter, i), type);
    g_object_unref(type);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    MimeFieldForm form = fuzz_choose(&input, 2) == 0 ? MIME_FIELD_TYPE : MIME_FIELD_TOKEN;
    g_auto(MimeField) field = {0};
    mime_field_read(&field, input, form);
    require_positions(&field);
    if (form == MIME_FIELD_TYPE && field.well_formed)
        require_gmime(&field);
    return 0;
}
