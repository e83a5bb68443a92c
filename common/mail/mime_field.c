/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/mime_field.h"

#include <string.h>

/* The value under the reader's eye. */
typedef struct {
    Octets text;
    gsize at;
    gboolean complete; /* so far all follows the grammar */
} Reader;

static gboolean is_white(char octet)
{
    return octet_is_blank(octet) || octet_is_line_end(octet);
}

/* RFC 2045 5.1; octets over 7F are taken as well, so that what they are part of is read. */
static gboolean is_token_octet(char octet)
{
    guchar value = (guchar)octet;
    return value > ' ' && value != 0x7f && strchr("()<>@,;:\\\"/[]?=", octet) == NULL;
}

static gboolean has_more(const Reader *reader)
{
    return reader->at < reader->text.size;
}

static gboolean is_at(const Reader *reader, char octet)
{
    return has_more(reader) && reader->text.data[reader->at] == octet;
}

static gboolean skip_octet(Reader *reader, char octet)
{
    if (!is_at(reader, octet))
        return FALSE;
    reader->at++;
    return TRUE;
}

/* Past a quoted pair, or past one octet. No line end is quoted (RFC 5322 3.2.1). */
static void skip_pair(Reader *reader)
{
    gboolean quotes = skip_octet(reader, '\\');
    if (quotes && (is_at(reader, '\r') || is_at(reader, '\n')))
        reader->complete = FALSE;
    if (has_more(reader))
        reader->at++;
}

/* RFC 5322 3.2.2: comments nest. */
static void skip_comment(Reader *reader)
{
    gsize depth = 0;
    do {
        if (is_at(reader, '('))
            depth++;
        else if (is_at(reader, ')'))
            depth--;
        skip_pair(reader);
    } while (depth > 0 && has_more(reader));
    reader->complete &= depth == 0;
}

/* Past blanks, folds and comments. */
static void skip_space(Reader *reader)
{
    while (has_more(reader)) {
        if (is_at(reader, '('))
            skip_comment(reader);
        else if (is_white(reader->text.data[reader->at]))
            reader->at++;
        else
            return;
    }
}

static void skip_token(Reader *reader, gboolean with_star)
{
    while (has_more(reader) && is_token_octet(reader->text.data[reader->at]) &&
           (with_star || !is_at(reader, '*')))
        reader->at++;
}

/* To the `;` that ends a parameter or the type, or to the end. */
static void skip_rest(Reader *reader)
{
    const char *start = reader->text.data + reader->at;
    const char *found = memchr(start, ';', reader->text.size - reader->at);
    reader->at = found == NULL ? reader->text.size : reader->at + (gsize)(found - start);
}

/* Where nothing but a `;` or the end may stand. */
static void expect_end(Reader *reader)
{
    skip_space(reader);
    if (!has_more(reader) || is_at(reader, ';'))
        return;
    reader->complete = FALSE;
    skip_rest(reader);
}

static void read_subtype(Reader *reader, MimeField *field)
{
    skip_space(reader);
    gboolean has_slash = skip_octet(reader, '/');
    if (has_slash)
        skip_space(reader);
    field->subtype = reader->at;
    if (has_slash)
        skip_token(reader, TRUE);
    field->subtype_end = reader->at;
    if (field->type == field->type_end || field->subtype == field->subtype_end) {
        field->type_end = field->type;
        field->subtype_end = field->subtype;
        reader->complete = FALSE;
    }
}

static void read_type(Reader *reader, MimeField *field, MimeFieldForm form)
{
    skip_space(reader);
    field->type = reader->at;
    skip_token(reader, TRUE);
    field->type_end = field->subtype = field->subtype_end = reader->at;
    if (form == MIME_FIELD_TYPE)
        read_subtype(reader, field);
    expect_end(reader);
}

/* An unquoted value that is no token goes to the next `;`, as most readers have it: many a writer
 * forgets the quotes. */
static void read_unquoted(Reader *reader, MimeParameter *parameter)
{
    parameter->value = reader->at;
    skip_token(reader, TRUE);
    parameter->value_end = reader->at;
    gboolean complete = reader->complete;
    reader->complete = parameter->value < parameter->value_end;
    expect_end(reader);
    if (!reader->complete) {
        parameter->value_end = reader->at;
        while (parameter->value_end > parameter->value &&
               is_white(reader->text.data[parameter->value_end - 1]))
            parameter->value_end--;
    }
    reader->complete &= complete;
}

/* Without a closing quote the opening one is taken for a part of the value. */
static void read_quoted(Reader *reader, MimeParameter *parameter)
{
    gsize quote = reader->at++;
    while (has_more(reader) && !is_at(reader, '"'))
        skip_pair(reader);
    parameter->quoted = is_at(reader, '"');
    parameter->value = quote + (parameter->quoted ? 1 : 0);
    parameter->value_end = reader->at;
    reader->complete &= skip_octet(reader, '"');
}

static void read_section_number(Reader *reader, MimeParameter *parameter)
{
    while (has_more(reader) && g_ascii_isdigit(reader->text.data[reader->at])) {
        gint digit = g_ascii_digit_value(reader->text.data[reader->at++]);
        parameter->section = MAX(parameter->section, 0) * 10 + digit;
        parameter->section = MIN(parameter->section, MIME_FIELD_MAX_PARAMETERS);
    }
}

/* What RFC 2231 adds to a name: `*`, `*NUMBER` or `*NUMBER*`. */
static void read_extension(Reader *reader, MimeParameter *parameter)
{
    if (!skip_octet(reader, '*'))
        return;
    parameter->extended = TRUE;
    read_section_number(reader, parameter);
    parameter->encoded = parameter->section < 0 || skip_octet(reader, '*');
}

static void read_value(Reader *reader, MimeParameter *parameter)
{
    skip_space(reader);
    parameter->value = parameter->value_end = reader->at;
    parameter->has_value = skip_octet(reader, '=');
    if (!parameter->has_value) {
        reader->complete = FALSE;
        return;
    }
    skip_space(reader);
    if (is_at(reader, '"'))
        read_quoted(reader, parameter);
    else
        read_unquoted(reader, parameter);
}

static void read_parameter(Reader *reader, MimeField *field)
{
    MimeParameter parameter = {.start = reader->at, .section = -1};
    skip_token(reader, FALSE);
    parameter.name_end = reader->at;
    read_extension(reader, &parameter);
    read_value(reader, &parameter);
    expect_end(reader);
    if (parameter.start < parameter.name_end)
        g_array_append_val(field->parameters, parameter);
    else
        reader->complete = FALSE;
}

static void read_parameters(Reader *reader, MimeField *field)
{
    while (skip_octet(reader, ';')) {
        skip_space(reader);
        if (!has_more(reader)) {
            field->ends_in_semicolon = TRUE;
            return;
        }
        if (field->parameters->len == MIME_FIELD_MAX_PARAMETERS) {
            field->over_limit = TRUE;
            reader->complete = FALSE;
            return;
        }
        read_parameter(reader, field);
    }
}

/* TRUE when all is printable ASCII, blanks, and line ends that fold. */
static gboolean is_clean(Octets text)
{
    for (gsize i = 0; i < text.size; i++) {
        guchar octet = (guchar)text.data[i];
        char next = i + 1 < text.size ? text.data[i + 1] : '\0';
        gboolean fold = (octet == '\r' && next == '\n') || (octet == '\n' && octet_is_blank(next));
        if (!fold && octet != '\t' && (octet < ' ' || octet >= 0x7f))
            return FALSE;
    }
    return TRUE;
}

/* Most readers end at a NUL. */
static Octets before_nul(Octets text)
{
    const char *nul = text.size == 0 ? NULL : memchr(text.data, '\0', text.size);
    return nul == NULL ? text : octets_slice(text, 0, (gsize)(nul - text.data));
}

void mime_field_read(MimeField *field, Octets value, MimeFieldForm form)
{
    GArray *parameters = field->parameters;
    if (parameters == NULL)
        parameters = g_array_new(FALSE, FALSE, sizeof(MimeParameter));
    g_array_set_size(parameters, 0);
    *field = (MimeField){.value = before_nul(value), .parameters = parameters};
    Reader reader = {.text = field->value, .complete = field->value.size == value.size};
    read_type(&reader, field, form);
    read_parameters(&reader, field);
    field->complete = reader.complete;
    field->well_formed = reader.complete && is_clean(value);
}

void mime_field_clear(MimeField *field)
{
    g_clear_pointer(&field->parameters, g_array_unref);
}

gboolean mime_field_has_type(const MimeField *field)
{
    return field->type < field->type_end;
}

gboolean mime_field_is_type(const MimeField *field, const char *type, const char *subtype)
{
    return octets_equal_nocase(octets_slice(field->value, field->type, field->type_end), type) &&
           octets_equal_nocase(octets_slice(field->value, field->subtype, field->subtype_end),
                               subtype);
}

static const MimeParameter *parameter_at(const MimeField *field, guint number)
{
    return &g_array_index(field->parameters, MimeParameter, number);
}

static gboolean has_name(const MimeField *field, const MimeParameter *parameter, const char *name)
{
    return octets_equal_nocase(octets_slice(field->value, parameter->start, parameter->name_end),
                               name);
}

guint mime_field_count(const MimeField *field, const char *name)
{
    guint count = 0;
    for (guint i = 0; i < field->parameters->len; i++)
        count += has_name(field, parameter_at(field, i), name) ? 1 : 0;
    return count;
}

const MimeParameter *mime_field_find(const MimeField *field, const char *name)
{
    for (guint i = 0; i < field->parameters->len; i++) {
        if (has_name(field, parameter_at(field, i), name))
            return parameter_at(field, i);
    }
    return NULL;
}

/* Appends a value without its folds and the backslashes of its quoted pairs. */
static void append_plain(GString *out, Octets value, gboolean quoted)
{
    for (gsize i = 0; i < value.size; i++) {
        if (quoted && value.data[i] == '\\' && i + 1 < value.size)
            i++;
        if (!octet_is_line_end(value.data[i]))
            g_string_append_c(out, value.data[i]);
    }
}

/* RFC 2231 4: %XX is an octet. From `from` on. */
static void undo_percents(GString *text, gsize from)
{
    gsize to = from;
    for (gsize i = from; i < text->len; i++) {
        char octet = text->str[i];
        if (octet == '%' && i + 2 < text->len && g_ascii_isxdigit(text->str[i + 1]) &&
            g_ascii_isxdigit(text->str[i + 2])) {
            octet = (char)(g_ascii_xdigit_value(text->str[i + 1]) * 16 +
                           g_ascii_xdigit_value(text->str[i + 2]));
            i += 2;
        }
        text->str[to++] = octet;
    }
    g_string_truncate(text, to);
}

/* The first piece of an encoded value begins with CHARSET'LANGUAGE'. */
static void drop_charset(GString *text)
{
    const char *quote = memchr(text->str, '\'', text->len);
    if (quote == NULL)
        return;
    gsize from = (gsize)(quote - text->str) + 1;
    const char *second = memchr(text->str + from, '\'', text->len - from);
    g_string_erase(text, 0, second == NULL ? -1 : (gssize)(second - text->str) + 1);
}

static void append_piece(GString *out, const MimeField *field, const MimeParameter *parameter)
{
    gsize from = out->len;
    append_plain(out, octets_slice(field->value, parameter->value, parameter->value_end),
                 parameter->quoted);
    if (!parameter->encoded)
        return;
    if (from == 0)
        drop_charset(out);
    undo_percents(out, from);
}

static gint compare_sections(gconstpointer one, gconstpointer other)
{
    const MimeParameter *const *first = one;
    const MimeParameter *const *second = other;
    if ((*first)->section != (*second)->section)
        return (*first)->section < (*second)->section ? -1 : 1;
    return (*first)->start < (*second)->start ? -1 : 1;
}

/* The pieces of a continued value in the order of their numbers. */
static void append_sections(GString *out, const MimeField *field, const char *name)
{
    g_autoptr(GPtrArray) pieces = g_ptr_array_new();
    for (guint i = 0; i < field->parameters->len; i++) {
        const MimeParameter *parameter = parameter_at(field, i);
        if (parameter->section >= 0 && parameter->has_value && has_name(field, parameter, name))
            g_ptr_array_add(pieces, (gpointer)parameter);
    }
    g_ptr_array_sort(pieces, compare_sections);
    for (guint i = 0; i < pieces->len; i++)
        append_piece(out, field, g_ptr_array_index(pieces, i));
}

GString *mime_field_value(const MimeField *field, const char *name)
{
    const MimeParameter *first = NULL;
    for (guint i = 0; i < field->parameters->len && first == NULL; i++) {
        if (parameter_at(field, i)->has_value && has_name(field, parameter_at(field, i), name))
            first = parameter_at(field, i);
    }
    if (first == NULL)
        return NULL;
    GString *value = g_string_new(NULL);
    if (first->section < 0)
        append_piece(value, field, first);
    else
        append_sections(value, field, name);
    return value;
}
