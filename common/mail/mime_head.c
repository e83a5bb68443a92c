/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/mime_head.h"

#include "common/mail/message.h"

#include <string.h>

/* ---- what a type says ---- */

/* Types of what must stay as it is, whatever is inside. A NULL is any subtype that begins with
 * "pgp-". */
static const struct {
    const char *type;
    const char *subtype;
    gboolean is_signed; /* else quoted */
} seals[] = {
    {"multipart", "signed", TRUE},       {"multipart", "encrypted", TRUE},
    {"application", "pkcs7-mime", TRUE}, {"application", NULL, TRUE},
    {"multipart", "report", FALSE},      {"message", "rfc822", FALSE},
    {"message", "rfc2822", FALSE},       {"message", "global", FALSE},
    {"message", "news", FALSE},
};

static gboolean begins_with(Octets text, const char *start)
{
    gsize size = strlen(start);
    return text.size >= size && octets_equal_nocase(octets_slice(text, 0, size), start);
}

static Octets field_type(const MimeField *field)
{
    return octets_slice(field->value, field->type, field->type_end);
}

static Octets field_subtype(const MimeField *field)
{
    return octets_slice(field->value, field->subtype, field->subtype_end);
}

static void look_for_seal(MimeHead *head)
{
    for (gsize i = 0; i < G_N_ELEMENTS(seals); i++) {
        if (!octets_equal_nocase(field_type(&head->type), seals[i].type))
            continue;
        Octets subtype = field_subtype(&head->type);
        if (seals[i].subtype == NULL ? !begins_with(subtype, "pgp-")
                                     : !octets_equal_nocase(subtype, seals[i].subtype))
            continue;
        head->is_signed |= seals[i].is_signed;
        head->is_quoted |= !seals[i].is_signed;
    }
}

static void read_type(MimeHead *head, Octets value)
{
    mime_field_read(&head->type, value, MIME_FIELD_TYPE);
    look_for_seal(head);
}

/* ---- the transfer encoding ---- */

static TransferEncoding encoding_of(Octets token)
{
    static const struct {
        const char *token;
        TransferEncoding encoding;
    } encodings[] = {
        {"7bit", TRANSFER_IDENTITY},   {"8bit", TRANSFER_IDENTITY},
        {"binary", TRANSFER_IDENTITY}, {"quoted-printable", TRANSFER_QUOTED_PRINTABLE},
        {"base64", TRANSFER_BASE64},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(encodings); i++) {
        if (octets_equal_nocase(token, encodings[i].token))
            return encodings[i].encoding;
    }
    return TRANSFER_UNKNOWN;
}

static TransferEncoding read_token(const MimeField *field)
{
    if (!field->complete || field->parameters->len > 0 || field->ends_in_semicolon)
        return TRANSFER_UNKNOWN;
    return mime_field_has_type(field) ? encoding_of(field_type(field)) : TRANSFER_IDENTITY;
}

static gsize skip_white(Octets text, gsize at)
{
    while (at < text.size && (octet_is_blank(text.data[at]) || octet_is_line_end(text.data[at])))
        at++;
    return at;
}

/* TRUE when behind `at` stand blanks and at most one `;`, and at least one of these. */
static gboolean is_noise(Octets value, gsize at)
{
    gsize end = skip_white(value, at);
    if (end < value.size && value.data[end] == ';')
        end = skip_white(value, end + 1);
    return at < end && end == value.size;
}

static void read_encoding(MimeHead *head, Octets value)
{
    g_auto(MimeField) field = {0};
    mime_field_read(&field, value, MIME_FIELD_TOKEN);
    TransferEncoding encoding = read_token(&field);
    gboolean first = head->encoding_place.count == 1;
    head->encoding = first || head->encoding == encoding ? encoding : TRANSFER_UNKNOWN;

    gboolean noisy = first && skip_white(value, 0) == field.type && is_noise(value, field.type_end);
    head->noisy = noisy ? encoding_of(field_type(&field)) : TRANSFER_UNKNOWN;
    head->noise = head->encoding_place.value + field.type_end;
}

static void read_disposition(MimeHead *head, Octets value)
{
    mime_field_read(&head->disposition, value, MIME_FIELD_TOKEN);
    head->is_attachment |= octets_equal_nocase(field_type(&head->disposition), "attachment");
}

/* ---- the fields ---- */

/* The fields that are read. */
static const struct {
    const char *name;
    gsize place; /* offset of its FieldPlace */
    void (*read)(MimeHead *head, Octets value);
} readers[] = {
    {"Content-Type", offsetof(MimeHead, type_place), read_type},
    {"Content-Transfer-Encoding", offsetof(MimeHead, encoding_place), read_encoding},
    {"Content-Disposition", offsetof(MimeHead, disposition_place), read_disposition},
};

static void read_field(MimeHead *head, Octets octets, const HeaderField *field)
{
    head->has_fields = TRUE;
    Octets name = octets_slice(octets, field->start, field->name_end);
    if (!begins_with(name, "Content-"))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (!octets_equal_nocase(name, readers[i].name))
            continue;
        FieldPlace *place = (FieldPlace *)(gpointer)((char *)head + readers[i].place);
        *place = (FieldPlace){place->count + 1, field->start, field->value, field->value_end};
        readers[i].read(head, octets_slice(octets, field->value, field->value_end));
    }
}

static gboolean is_blank_line(Octets octets, gsize line)
{
    gsize next = octets_next_line(octets, line);
    return next > line && octets_line_ending(octets, next) == line;
}

/* Past the line or the field at `line`. */
static gsize read_line(MimeHead *head, Octets octets, gsize line)
{
    HeaderField field;
    if (!message_read_field(octets, line, &field))
        return octets_next_line(octets, line);
    read_field(head, octets, &field);
    return field.next;
}

/* TRUE when the header ends before `line`. */
static gboolean ends_header(Octets octets, gsize line, MimeHeadOwner owner)
{
    HeaderField field;
    return is_blank_line(octets, line) ||
           (owner == MIME_HEAD_MAIL && !message_read_field(octets, line, &field));
}

void mime_head_read(MimeHead *head, Octets octets, gsize start, MimeHeadOwner owner,
                    const Delimiters *delimiters)
{
    *head = (MimeHead){.type.parameters = head->type.parameters,
                       .disposition.parameters = head->disposition.parameters,
                       .noisy = TRANSFER_UNKNOWN};
    gsize line = start;
    Delimiter delimiter;
    while (line < octets.size && !head->has_body) {
        if (delimiters_match(delimiters, octets, line, &delimiter))
            break;
        head->has_body = ends_header(octets, line, owner);
        if (!head->has_body)
            line = read_line(head, octets, line);
    }
    gboolean blank = head->has_body && is_blank_line(octets, line);
    head->body = blank ? octets_next_line(octets, line) : line;
}

void mime_head_clear(MimeHead *head)
{
    mime_field_clear(&head->type);
    mime_field_clear(&head->disposition);
}

gboolean mime_head_is_type(const MimeHead *head, const char *type, const char *subtype)
{
    return head->type_place.count > 0 && mime_field_is_type(&head->type, type, subtype);
}

gboolean mime_head_has_type(const MimeHead *head)
{
    return head->type_place.count > 0 && mime_field_has_type(&head->type);
}

gboolean mime_head_is_multipart(const MimeHead *head)
{
    return mime_head_has_type(head) && octets_equal_nocase(field_type(&head->type), "multipart");
}
