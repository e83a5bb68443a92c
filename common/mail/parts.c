/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/parts.h"

#include "common/mail/encoded_word.h"

#include <gmime/gmime.h>
#include <string.h>

/* A file name that is longer as it is written is not winmail.dat. */
#define MAX_NAME 1024

/* A container that the walk is in: a multipart, or a message inside of a part. */
typedef struct {
    guint label; /* what it adds to the section number of what is around it; 0: nothing */
    guint children;
    PartSeal seal; /* of what is inside */
    gboolean is_message;
    gboolean is_digest;
} Level;

typedef struct {
    Octets octets;
    const PartsLimits *limits;
    GArray *parts;
    GArray *strays;
    GArray *levels; /* of Level, outermost first; a delimiter's tag is its multipart's index */
    Delimiters delimiters;
    MimeHead head; /* of the entity at hand */
    guint count;   /* of entities, containers too */
    PartsStatus status;
    gsize content;        /* where the octets begin that go to the next delimiter */
    gboolean in_leaf;     /* they are the content of `leaf` */
    gboolean in_epilogue; /* they stand behind the end of the innermost level */
    Part leaf;
} Walk;

static void part_clear(gpointer data)
{
    Part *part = data;
    g_free(part->number);
    g_free(part->type);
    g_free(part->charset);
}

static void stray_clear(gpointer data)
{
    g_free(((StrayCalendar *)data)->number);
}

GArray *parts_new(void)
{
    GArray *parts = g_array_new(FALSE, TRUE, sizeof(Part));
    g_array_set_clear_func(parts, part_clear);
    return parts;
}

GArray *parts_new_strays(void)
{
    GArray *strays = g_array_new(FALSE, TRUE, sizeof(StrayCalendar));
    g_array_set_clear_func(strays, stray_clear);
    return strays;
}

void parts_init(void)
{
    g_mime_init();
}

Octets part_content(const Message *message, const Part *part)
{
    return octets_slice(message->octets, part->content, part->content_end);
}

/* ---- what an entity is ---- */

static gboolean is_winmail(Octets name)
{
    if (memmem(name.data, name.size, "=?", 2) == NULL)
        return octets_equal_nocase(name, "winmail.dat");
    g_autoptr(GString) decoded = encoded_words_decode(name);
    return octets_equal_nocase((Octets){decoded->str, decoded->len}, "winmail.dat");
}

/* The file name is that of the disposition, else that of the type (RFC 2183 2.3). */
static gboolean is_named_winmail(const MimeHead *head)
{
    GString *name =
        head->disposition_place.count > 0 ? mime_field_value(&head->disposition, "filename") : NULL;
    if (name == NULL && head->type_place.count > 0)
        name = mime_field_value(&head->type, "name");
    gboolean found =
        name != NULL && name->len <= MAX_NAME && is_winmail((Octets){name->str, name->len});
    if (name != NULL)
        g_string_free(name, TRUE);
    return found;
}

static gboolean find_kind(const MimeHead *head, PartKind *kind)
{
    if (mime_head_is_type(head, "text", "calendar") ||
        mime_head_is_type(head, "application", "ics")) {
        *kind = PART_CALENDAR;
        return TRUE;
    }
    *kind = PART_TNEF;
    return mime_head_is_type(head, "application", "ms-tnef") || is_named_winmail(head);
}

/* In a multipart/digest what names no type is a message (RFC 2046 5.1.5). What it holds is read
 * only where it is not encoded (RFC 2046 5.2.1). */
static gboolean is_message(const MimeHead *head, const Level *around)
{
    static const char *const subtypes[] = {"rfc822", "rfc2822", "global", "news"};
    gboolean found = around != NULL && around->is_digest && !mime_head_has_type(head);
    for (gsize i = 0; i < G_N_ELEMENTS(subtypes); i++)
        found |= mime_head_is_type(head, "message", subtypes[i]);
    return found && head->has_body && head->encoding == TRANSFER_IDENTITY;
}

static PartSeal seal_of(const MimeHead *head, const Level *around)
{
    if (around != NULL && around->seal != SEAL_NONE)
        return around->seal;
    if (head->is_signed)
        return SEAL_SIGNED;
    return head->is_quoted ? SEAL_QUOTED : SEAL_NONE;
}

/* ---- section numbers (RFC 9051 6.4.5) ---- */

static Level *innermost(const Walk *walk)
{
    return walk->levels->len == 0 ? NULL
                                  : &g_array_index(walk->levels, Level, walk->levels->len - 1);
}

/* A message numbers its own parts below its number; what is no multipart is its part 1. */
static guint label_of(Level *around, gboolean is_multipart)
{
    if (around == NULL || around->is_message)
        return is_multipart ? 0 : 1;
    return ++around->children;
}

static void append_label(GString *number, guint label)
{
    if (label > 0)
        g_string_append_printf(number, "%s%u", number->len > 0 ? "." : "", label);
}

/* The number of the innermost level, or of what stands in it as `label`. */
static char *number_of(const Walk *walk, guint label)
{
    GString *number = g_string_new(NULL);
    for (guint i = 0; i < walk->levels->len; i++)
        append_label(number, g_array_index(walk->levels, Level, i).label);
    append_label(number, label);
    return g_string_free(number, FALSE);
}

/* ---- entities ---- */

static char *type_of(const MimeHead *head)
{
    if (head->type_place.count == 0)
        return g_strdup("text/plain");
    if (!mime_head_has_type(head))
        return g_strdup("application/octet-stream");
    const char *data = head->type.value.data;
    g_autofree char *type = g_strdup_printf(
        "%.*s/%.*s", (int)(head->type.type_end - head->type.type), data + head->type.type,
        (int)(head->type.subtype_end - head->type.subtype), data + head->type.subtype);
    return g_ascii_strdown(type, -1);
}

static char *charset_of(const MimeHead *head)
{
    GString *charset = head->type_place.count > 0 ? mime_field_value(&head->type, "charset") : NULL;
    return charset == NULL ? NULL : g_string_free(charset, FALSE);
}

static void begin_leaf(Walk *walk, guint label, PartSeal seal)
{
    const MimeHead *head = &walk->head;
    PartKind kind;
    walk->in_leaf = find_kind(head, &kind);
    if (!walk->in_leaf)
        return;
    if (head->type_place.count > 0 && head->type.over_limit)
        walk->status = PARTS_TOO_LONG;
    walk->leaf = (Part){
        .kind = kind,
        .number = number_of(walk, label),
        .type = type_of(head),
        .charset = charset_of(head),
        .encoding = head->encoding,
        .noisy_encoding = head->noisy,
        .noise = head->noise,
        .noise_end = head->encoding_place.value_end,
        .seal = seal,
        .content = walk->content,
        .in_multipart = delimiters_count(&walk->delimiters) > 0,
        .content_type = head->type_place,
        .transfer_encoding = head->encoding_place,
        .is_attachment = head->is_attachment,
    };
}

/* A multipart without a boundary has no parts that anybody could tell apart. */
static void begin_multipart(Walk *walk, guint label, PartSeal seal)
{
    GString *boundary = mime_field_value(&walk->head.type, "boundary");
    if (walk->head.type.over_limit)
        walk->status = PARTS_TOO_LONG;
    if (boundary == NULL)
        return;
    delimiters_open(&walk->delimiters, boundary, walk->levels->len);
    Level level = {
        .label = label,
        .seal = seal,
        .is_digest = mime_head_is_type(&walk->head, "multipart", "digest"),
    };
    g_array_append_val(walk->levels, level);
}

static gboolean count_entity(Walk *walk)
{
    if (walk->levels->len > walk->limits->depth || ++walk->count > walk->limits->count)
        walk->status = PARTS_TOO_MANY;
    return walk->status == PARTS_OK;
}

/* Reads the header at `start`. TRUE when the entity is a message, whose own header follows. */
static gboolean begin_entity(Walk *walk, gsize start)
{
    MimeHead *head = &walk->head;
    mime_head_read(head, walk->octets, start,
                   walk->levels->len == 0 ? MIME_HEAD_MAIL : MIME_HEAD_PART, &walk->delimiters);
    walk->content = head->body;
    if ((!head->has_fields && !head->has_body) || !count_entity(walk))
        return FALSE;
    Level *around = innermost(walk);
    gboolean is_multipart = mime_head_is_multipart(head);
    guint label = label_of(around, is_multipart);
    PartSeal seal = seal_of(head, around);
    if (is_message(head, around)) {
        Level level = {
            .label = label, .seal = seal == SEAL_NONE ? SEAL_QUOTED : seal, .is_message = TRUE};
        g_array_append_val(walk->levels, level);
        return TRUE;
    }
    if (is_multipart)
        begin_multipart(walk, label, seal);
    else
        begin_leaf(walk, label, seal);
    return FALSE;
}

/* ---- the walk ---- */

static void end_leaf(Walk *walk, gsize end, gboolean closed)
{
    walk->leaf.content_end = end;
    walk->leaf.closed = closed;
    g_array_append_val(walk->parts, walk->leaf);
    walk->leaf = (Part){0};
}

static gboolean is_calendar_line(Octets octets, gsize line)
{
    static const char word[] = "BEGIN:VCALENDAR";
    return octets.size - line >= strlen(word) &&
           octets_equal_nocase(octets_slice(octets, line, line + strlen(word)), word);
}

static void end_epilogue(Walk *walk, gsize end)
{
    Octets octets = octets_slice(walk->octets, 0, end);
    gsize line = walk->content;
    while (line < end && !is_calendar_line(octets, line))
        line = octets_next_line(octets, line);
    if (line >= end || walk->strays == NULL)
        return;
    StrayCalendar stray = {.number = number_of(walk, 0), .line = line};
    g_array_append_val(walk->strays, stray);
}

/* Ends what stands before a delimiter, or before the end of the message. */
static void end_content(Walk *walk, gsize end, gboolean closed)
{
    if (walk->in_leaf)
        end_leaf(walk, end, closed);
    else if (walk->in_epilogue)
        end_epilogue(walk, end);
    walk->in_leaf = walk->in_epilogue = FALSE;
}

/* The line ending before a delimiter belongs to it (RFC 2046 5.1.1). */
static gboolean walk_to_delimiter(Walk *walk, Delimiter *delimiter)
{
    if (!delimiters_next(&walk->delimiters, walk->octets, walk->content, delimiter)) {
        end_content(walk, walk->octets.size, FALSE);
        return FALSE;
    }
    gsize end = octets_line_ending(walk->octets, delimiter->line);
    end_content(walk, MAX(walk->content, end),
                delimiter->tag == delimiters_innermost(&walk->delimiters));
    return TRUE;
}

/* A delimiter ends all that is open inside of its multipart. */
static void pass_delimiter(Walk *walk, const Delimiter *delimiter)
{
    g_array_set_size(walk->levels, delimiter->tag + 1);
    delimiters_close(&walk->delimiters, delimiter->tag + (delimiter->closes ? 0 : 1));
    walk->content = delimiter->next;
    walk->in_epilogue = delimiter->closes;
}

/* An entity, and the message that it is, and so on. */
static void walk_entities(Walk *walk, gsize start)
{
    while (begin_entity(walk, start))
        start = walk->content;
}

static void walk_message(Walk *walk, gsize start)
{
    Delimiter delimiter;
    walk_entities(walk, start);
    while (walk->status == PARTS_OK && walk_to_delimiter(walk, &delimiter)) {
        pass_delimiter(walk, &delimiter);
        if (!delimiter.closes)
            walk_entities(walk, delimiter.next);
    }
}

PartsStatus parts_find_all(const Message *message, const PartsLimits *limits, GArray *parts,
                           GArray *strays)
{
    Walk walk = {.octets = message->octets,
                 .limits = limits,
                 .parts = parts,
                 .strays = strays,
                 .levels = g_array_new(FALSE, FALSE, sizeof(Level))};
    walk_message(&walk, message->head);
    part_clear(&walk.leaf);
    mime_head_clear(&walk.head);
    delimiters_clear(&walk.delimiters);
    g_array_unref(walk.levels);
    return walk.status;
}

PartsStatus parts_find(const Message *message, const PartsLimits *limits, GArray *parts)
{
    return parts_find_all(message, limits, parts, NULL);
}
