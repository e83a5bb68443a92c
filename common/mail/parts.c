/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/parts.h"

#include <gmime/gmime.h>
#include <string.h>

/* GMime compares each line that begins with "--" to the boundary of every multipart that is open,
 * of which it opens so many at most. This many comparisons take it about a second. */
#define MAX_COMPARISONS    ((gsize)100 * 1000 * 1000)
#define GMIME_OPEN_AT_ONCE ((gsize)1024)

typedef struct {
    Octets octets; /* of the message */
    const PolicyLimits *limits;
    GArray *parts;
    guint count; /* of MIME entities seen, containers too */
    PartsStatus status;
} Walk;

static void part_clear(gpointer data)
{
    Part *part = data;
    g_free(part->number);
    g_free(part->type);
    g_free(part->charset);
}

GArray *parts_new(void)
{
    GArray *parts = g_array_new(FALSE, TRUE, sizeof(Part));
    g_array_set_clear_func(parts, part_clear);
    return parts;
}

void parts_init(void)
{
    g_mime_init();
}

Octets part_content(const Message *message, const Part *part)
{
    return octets_slice(message->octets, part->content, part->content_end);
}

static gboolean is_named_winmail(GMimePart *part)
{
    const char *name = g_mime_part_get_filename(part);
    return name != NULL && g_ascii_strcasecmp(name, "winmail.dat") == 0;
}

static gboolean find_kind(GMimePart *part, PartKind *kind)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    if (g_mime_content_type_is_type(type, "text", "calendar") ||
        g_mime_content_type_is_type(type, "application", "ics")) {
        *kind = PART_CALENDAR;
        return TRUE;
    }
    if (g_mime_content_type_is_type(type, "application", "ms-tnef") || is_named_winmail(part)) {
        *kind = PART_TNEF;
        return TRUE;
    }
    return FALSE;
}

/* Spellings of 7bit and 8bit that GMime takes too. They are none of the five encodings. */
static gboolean is_misspelt(const char *encoding)
{
    return encoding != NULL && encoding[strspn(encoding, " \t78")] == '-';
}

static TransferEncoding find_encoding(GMimePart *part)
{
    const char *field = g_mime_object_get_header(GMIME_OBJECT(part), "Content-Transfer-Encoding");
    switch (g_mime_part_get_content_encoding(part)) {
    case GMIME_CONTENT_ENCODING_7BIT:
    case GMIME_CONTENT_ENCODING_8BIT:
    case GMIME_CONTENT_ENCODING_BINARY:
        return is_misspelt(field) ? TRANSFER_UNKNOWN : TRANSFER_IDENTITY;
    case GMIME_CONTENT_ENCODING_BASE64:
        return TRANSFER_BASE64;
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
        return TRANSFER_QUOTED_PRINTABLE;
    case GMIME_CONTENT_ENCODING_UUENCODE:
        return TRANSFER_UNKNOWN;
    case GMIME_CONTENT_ENCODING_DEFAULT:
        break;
    }
    return field == NULL || *field == '\0' ? TRANSFER_IDENTITY : TRANSFER_UNKNOWN;
}

static gboolean has_at(Octets octets, gsize at, const char *text)
{
    gsize size = strlen(text);
    return at <= octets.size && size <= octets.size - at &&
           octets_equal_nocase(octets_slice(octets, at, at + size), text);
}

/* The line ending before a boundary belongs to the boundary (RFC 2046 5.1.1). GMime takes it to be
 * as long as the message's first one, which it need not be: its end is at most 2 octets off. */
static gsize content_end(Octets octets, gsize start, gsize end)
{
    gsize last = MIN(end + 2, octets.size);
    for (gsize delimiter = MAX(end, start); delimiter <= last; delimiter++) {
        if (delimiter > start && octets.data[delimiter - 1] == '\n' &&
            has_at(octets, delimiter, "--"))
            return MAX(start, octets_line_ending(octets, delimiter));
    }
    return end;
}

/* The range of the encoded content; empty where a part ends within its header. */
static void find_content(const Walk *walk, GMimePart *leaf, Part *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(leaf);
    if (content == NULL)
        return;
    GMimeStream *stream = g_mime_data_wrapper_get_stream(content);
    part->content = (gsize)stream->bound_start;
    part->content_end = content_end(walk->octets, part->content, (gsize)stream->bound_end);
}

/* Of several Content-Type fields GMime goes by the last. */
static GMimeHeader *find_type_header(GMimePart *leaf)
{
    GMimeHeaderList *fields = g_mime_object_get_header_list(GMIME_OBJECT(leaf));
    for (int i = g_mime_header_list_get_count(fields) - 1; i >= 0; i--) {
        GMimeHeader *field = g_mime_header_list_get_header_at(fields, i);
        if (g_ascii_strcasecmp(g_mime_header_get_name(field), "Content-Type") == 0)
            return field;
    }
    return NULL;
}

/* Where the part's Content-Type field stands. GMime's position of a field is that of a line before
 * it where lines stand there that are no fields. */
static void find_type_field(const Walk *walk, GMimePart *leaf, Part *part)
{
    GMimeHeader *field = find_type_header(leaf);
    gint64 offset = field == NULL ? -1 : g_mime_header_get_offset(field);
    if (offset < 0)
        return;
    gsize line = (gsize)offset;
    while (line < walk->octets.size && !has_at(walk->octets, line, "Content-Type"))
        line = octets_next_line(walk->octets, line);
    part->has_content_type = line < walk->octets.size;
    part->content_type_field = line;
}

static void add_leaf(Walk *walk, GMimePart *leaf, const char *number, PartSeal seal)
{
    PartKind kind;
    if (!find_kind(leaf, &kind))
        return;
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(leaf));
    g_autofree char *mime_type = g_mime_content_type_get_mime_type(type);
    Part part = {
        .kind = kind,
        .number = g_strdup(number),
        .type = g_ascii_strdown(mime_type, -1),
        .charset = g_strdup(g_mime_content_type_get_parameter(type, "charset")),
        .encoding = find_encoding(leaf),
        .seal = seal,
        .has_method = g_mime_content_type_get_parameter(type, "method") != NULL,
    };
    find_content(walk, leaf, &part);
    find_type_field(walk, leaf, &part);
    g_array_append_val(walk->parts, part);
}

/* The seal of what is inside of a container: the outermost one holds. */
static PartSeal seal_inside(GMimeObject *container, PartSeal seal)
{
    GMimeContentType *type = g_mime_object_get_content_type(container);
    if (seal != SEAL_NONE)
        return seal;
    if (g_mime_content_type_is_type(type, "multipart", "signed") ||
        g_mime_content_type_is_type(type, "multipart", "encrypted"))
        return SEAL_SIGNED;
    if (GMIME_IS_MESSAGE_PART(container) ||
        g_mime_content_type_is_type(type, "multipart", "report"))
        return SEAL_QUOTED;
    return SEAL_NONE;
}

static void walk_object(Walk *walk, GMimeObject *object, const char *number, PartSeal seal,
                        guint depth);

static void walk_multipart(Walk *walk, GMimeMultipart *multipart, const char *number, PartSeal seal,
                           guint depth)
{
    int count = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < count && walk->status == PARTS_OK; i++) {
        g_autofree char *child = *number == '\0' ? g_strdup_printf("%d", i + 1)
                                                 : g_strdup_printf("%s.%d", number, i + 1);
        walk_object(walk, g_mime_multipart_get_part(multipart, i), child, seal, depth);
    }
}

/* A message inside of a part numbers its own parts below that part's number; what is no multipart
 * is its part 1 (RFC 9051 6.4.5). */
static void walk_message(Walk *walk, GMimeMessagePart *part, const char *number, PartSeal seal,
                         guint depth)
{
    GMimeMessage *message = g_mime_message_part_get_message(part);
    GMimeObject *inner = message == NULL ? NULL : g_mime_message_get_mime_part(message);
    if (inner == NULL)
        return;
    const char *own = *number == '\0' ? "1" : number;
    if (GMIME_IS_MULTIPART(inner)) {
        walk_object(walk, inner, own, seal, depth);
        return;
    }
    g_autofree char *child = g_strdup_printf("%s.1", own);
    walk_object(walk, inner, child, seal, depth);
}

static void walk_object(Walk *walk, GMimeObject *object, const char *number, PartSeal seal,
                        guint depth)
{
    if (depth > walk->limits->depth || ++walk->count > walk->limits->parts) {
        walk->status = PARTS_TOO_MANY;
        return;
    }
    if (GMIME_IS_MULTIPART(object))
        walk_multipart(walk, GMIME_MULTIPART(object), number, seal_inside(object, seal), depth + 1);
    else if (GMIME_IS_MESSAGE_PART(object))
        walk_message(walk, GMIME_MESSAGE_PART(object), number, seal_inside(object, seal),
                     depth + 1);
    else if (GMIME_IS_PART(object))
        add_leaf(walk, GMIME_PART(object), *number == '\0' ? "1" : number, seal);
}

/* GMime reads from a byte array; this one lends it the message's octets without a copy. Read as a
 * part the top of the message costs a third less than read as a message, whose address lists nobody
 * asks for. */
static GMimeObject *parse_top(Octets octets)
{
    g_autoptr(GByteArray) array =
        g_byte_array_new_take((guint8 *)(gintptr)octets.data, octets.size);
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(array);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_persist_stream(parser, TRUE);
    GMimeObject *top = g_mime_parser_construct_part(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    g_byte_array_steal(array, NULL);
    return top;
}

/* From positions in what GMime read to positions in the message. */
static void shift_parts(GArray *parts, guint first, gsize by)
{
    for (guint i = first; i < parts->len; i++) {
        Part *part = &g_array_index(parts, Part, i);
        part->content += by;
        part->content_end += by;
        part->content_type_field += by;
    }
}

static gsize count_dashed_lines(Octets octets)
{
    const char *end = octets.data + octets.size;
    gsize count = 0;
    for (const char *at = octets.data; (at = memmem(at, (gsize)(end - at), "\n--", 3)) != NULL;
         at++)
        count++;
    return count;
}

/* No fewer than there are multiparts. */
static gsize count_boundary_words(Octets octets)
{
    gsize count = 0;
    for (gsize at = 0; at < octets.size; at++)
        count += (octets.data[at] | 0x20) == 'b' && has_at(octets, at, "boundary");
    return count;
}

/* In all but made-up mail the first count decides. */
static gboolean is_too_costly(Octets octets)
{
    gsize lines = count_dashed_lines(octets);
    return lines > MAX_COMPARISONS / GMIME_OPEN_AT_ONCE &&
           lines > MAX_COMPARISONS / MIN(GMIME_OPEN_AT_ONCE, 1 + count_boundary_words(octets));
}

PartsStatus parts_find(const Message *message, const PolicyLimits *limits, GArray *parts)
{
    Octets octets = octets_slice(message->octets, message->head, message->octets.size);
    guint first = parts->len;
    if (is_too_costly(octets))
        return PARTS_TOO_COSTLY;
    GMimeObject *top = parse_top(octets);
    if (top == NULL)
        return PARTS_OK;
    Walk walk = {.octets = octets, .limits = limits, .parts = parts, .status = PARTS_OK};
    walk_object(&walk, top, "", SEAL_NONE, 0);
    shift_parts(parts, first, message->head);
    g_object_unref(top);
    return walk.status;
}
