/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/settings_file.h"

#include "common/mail/octets.h"
#include "common/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file of settings has a few kilobytes. */
#define MAX_FILE_OCTETS ((gsize)1024 * 1024)

static gboolean fail_read(GError **error, int number)
{
    g_set_error_literal(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number),
                        g_strerror(number));
    return FALSE;
}

/* FALSE for what is no regular file: reading a pipe or a device might never end. */
static gboolean read_regular(int file, GString *text, GError **error)
{
    struct stat status;
    ssize_t size = 0;
    if (fstat(file, &status) != 0)
        return fail_read(error, errno);
    if (!S_ISREG(status.st_mode)) {
        g_set_error_literal(error, SETTINGS_ERROR, 0, "Not a regular file");
        return FALSE;
    }
    do {
        char piece[4096];
        size = read(file, piece, sizeof piece);
        g_string_append_len(text, piece, MAX(size, 0));
    } while (size > 0 && text->len <= MAX_FILE_OCTETS);
    if (size < 0)
        return fail_read(error, errno);
    if (text->len <= MAX_FILE_OCTETS)
        return TRUE;
    g_set_error(error, SETTINGS_ERROR, 0, "more than %" G_GSIZE_FORMAT " octets", MAX_FILE_OCTETS);
    return FALSE;
}

static gboolean read_text(const char *path, GString *text, GError **error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return fail_read(error, errno);
    gboolean good = read_regular(file, text, error);
    close(file);
    return good;
}

static Octets trim(Octets line)
{
    while (line.size > 0 && g_ascii_isspace(line.data[0]))
        line = octets_slice(line, 1, line.size);
    while (line.size > 0 && g_ascii_isspace(line.data[line.size - 1]))
        line.size--;
    return line;
}

/* `line` has no blanks around it and is not empty. */
static SettingsLine parse_line(guint number, Octets line)
{
    SettingsLine parsed = {.number = number, .kind = SETTINGS_LINE_WRONG};
    const char *equal = memchr(line.data, '=', line.size);
    gboolean whole = memchr(line.data, '\0', line.size) == NULL;
    Octets name = line;
    if (whole && line.data[0] == '[' && line.data[line.size - 1] == ']') {
        parsed.kind = SETTINGS_LINE_GROUP;
        name = octets_slice(line, 1, line.size - 1);
    } else if (whole && line.data[0] != '[' && equal != NULL && equal > line.data) {
        gsize at = (gsize)(equal - line.data);
        parsed.kind = SETTINGS_LINE_KEY;
        parsed.value = octets_dup(trim(octets_slice(line, at + 1, line.size)));
        name = trim(octets_slice(line, 0, at));
    }
    parsed.name = name.size == 0 ? g_strdup("") : g_utf8_make_valid(name.data, (gssize)name.size);
    return parsed;
}

static void clear_line(gpointer data)
{
    SettingsLine *line = data;
    g_free(line->name);
    g_free(line->value);
}

GArray *settings_file_read(const char *path, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (!read_text(path, text, error))
        return NULL;
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(SettingsLine));
    g_array_set_clear_func(lines, clear_line);
    Octets octets = {.data = text->str, .size = text->len};
    guint number = 1;
    for (gsize at = 0; at < octets.size; number++) {
        gsize next = octets_next_line(octets, at);
        Octets line = trim(octets_slice(octets, at, next));
        at = next;
        if (line.size == 0 || line.data[0] == '#')
            continue;
        SettingsLine parsed = parse_line(number, line);
        g_array_append_val(lines, parsed);
    }
    return lines;
}

char *settings_file_unescape(const char *value, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) broken = NULL; /* GLib gives a value beside some errors */
    g_key_file_set_value(file, "group", "key", value);
    g_autofree char *text = g_key_file_get_string(file, "group", "key", &broken);
    if (broken != NULL) {
        g_propagate_error(error, g_steal_pointer(&broken));
        return NULL;
    }
    return g_strstrip(g_steal_pointer(&text));
}

gboolean settings_file_has_comment(const char *value)
{
    for (const char *hash = strchr(value, '#'); hash != NULL; hash = strchr(hash + 1, '#')) {
        if (hash == value || g_ascii_isspace(hash[-1]))
            return TRUE;
    }
    return FALSE;
}

char *settings_file_escape(const char *value)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_key_file_set_string(file, "group", "key", value);
    g_autofree char *text = g_key_file_get_value(file, "group", "key", NULL);
    g_autoptr(GString) escaped = g_string_new(*text == '#' ? "\\s" : NULL);
    for (const char *at = text; *at != '\0'; at++) {
        if (at[1] == '#' && octet_is_blank(*at))
            g_string_append(escaped, *at == ' ' ? "\\s" : "\\t");
        else
            g_string_append_c(escaped, *at);
    }
    return g_string_free(g_steal_pointer(&escaped), FALSE);
}
