/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/original.h"

#include "common/transit/spool.h"

#include <errno.h>
#include <string.h>

#define LINE_END "\r\n"

struct Original {
    Spool fields;
    gsize longest;   /* octets of the fields at most */
    GError *problem; /* why they are not whole; NULL: they are */
};

Original *original_new(const Settings *settings)
{
    Original *original = g_new0(Original, 1);
    spool_init(&original->fields, settings->memory_bytes);
    original->longest = settings->policy.limits.message_bytes;
    return original;
}

void original_free(Original *original)
{
    if (original == NULL)
        return;
    spool_clear(&original->fields);
    g_clear_error(&original->problem);
    g_free(original);
}

static void add(Original *original, Octets octets)
{
    if (original->problem != NULL)
        return;
    if (octets.size > original->longest - original->fields.size)
        g_set_error_literal(&original->problem, G_FILE_ERROR, G_FILE_ERROR_NOMEM,
                            "the header is larger than message-bytes");
    else if (spool_add(&original->fields, octets, &original->problem))
        return;
    spool_clear(&original->fields);
}

/* The lines of a value with CR LF between them. */
static void add_lines(Original *original, const char *value)
{
    for (const char *end = strchr(value, '\n'); end != NULL; end = strchr(value, '\n')) {
        gsize size = (gsize)(end - value);
        add(original, (Octets){value, size > 0 && end[-1] == '\r' ? size - 1 : size});
        add(original, octets_of(LINE_END));
        value = end + 1;
    }
    add(original, octets_of(value));
}

void original_add_field(Original *original, const char *name, const char *colon, const char *value)
{
    add(original, octets_of(name));
    add(original, octets_of(colon));
    add_lines(original, value);
    add(original, octets_of(LINE_END));
}

static void append_address(GString *text, const char *field, const char *open, const char *address,
                           const char *close)
{
    const char *at = address;
    while (*at != '\0' && !g_ascii_iscntrl(*at))
        at++;
    if (*at == '\0')
        g_string_append_printf(text, "%s: %s%s%s" LINE_END, field, open, address, close);
}

static GString *envelope_text(const char *sender, const GPtrArray *recipients)
{
    GString *text = g_string_new(NULL);
    gboolean bare = sender != NULL && sender[0] != '<';
    if (sender != NULL)
        append_address(text, "Return-Path", bare ? "<" : "", sender, bare ? ">" : "");
    for (guint i = 0; i < recipients->len; i++)
        append_address(text, "X-Original-To", "", g_ptr_array_index(recipients, i), "");
    return text;
}

static gboolean write_piece(Octets octets, int file, GError **error)
{
    if (octets_write(octets, file))
        return TRUE;
    g_set_error_literal(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                        g_strerror(errno));
    return FALSE;
}

gboolean original_write_head(Original *original, const char *sender, const GPtrArray *recipients,
                             int file, GError **error)
{
    Octets fields;
    if (original->problem != NULL) {
        g_propagate_error(error, g_error_copy(original->problem));
        return FALSE;
    }
    if (!spool_view(&original->fields, &fields, error))
        return FALSE;
    GString *envelope = envelope_text(sender, recipients);
    gboolean written = write_piece((Octets){envelope->str, envelope->len}, file, error) &&
                       write_piece(fields, file, error) &&
                       write_piece(octets_of(LINE_END), file, error);
    g_string_free(envelope, TRUE);
    return written;
}

gsize original_head_size(const Original *original, const char *sender, const GPtrArray *recipients)
{
    GString *envelope = envelope_text(sender, recipients);
    gsize size = envelope->len + original->fields.size + strlen(LINE_END);
    g_string_free(envelope, TRUE);
    return size;
}
