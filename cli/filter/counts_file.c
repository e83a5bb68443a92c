/* SPDX-License-Identifier: BSD-2-Clause
 *
 * counts_file: see counts_file.h.
 */
#include "cli/filter/counts_file.h"

#include "common/transit/replaced_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_MICROSECONDS (2 * G_USEC_PER_SEC)
#define LOOK_MICROSECONDS 5000

/* A number is whole, or has as many decimals as there are in it. */
#define DECIMALS 6
#define ONE      1000000

typedef struct {
    guint64 whole;
    guint64 decimals; /* in millionths */
} Number;

static gboolean fail(GError **error, const char *what, const char *name)
{
    int number = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s %s: %s", name, what,
                g_strerror(number));
    return FALSE;
}

/* The number of a line, which ends in it. */
static Number read_number(const char *text)
{
    char *end;
    Number number = {.whole = g_ascii_strtoull(text, &end, 10)};
    if (*end == '.' && strspn(end + 1, "0123456789") == DECIMALS)
        number.decimals = g_ascii_strtoull(end + 1, NULL, 10);
    return number;
}

static Number add_numbers(Number a, Number b)
{
    guint64 decimals = a.decimals + b.decimals;
    return (Number){.whole = a.whole + b.whole + decimals / ONE, .decimals = decimals % ONE};
}

/* Cuts the line before its number, which it gives; NULL for a line that has none. */
static char *cut_line(char *line)
{
    char *blank = line[0] == '#' ? NULL : strrchr(line, ' ');
    if (blank == NULL)
        return NULL;
    *blank = '\0';
    return blank + 1;
}

/* Numbers as text by series; borrowed from the lines. */
static GHashTable *read_series(char **lines)
{
    GHashTable *series = g_hash_table_new(g_str_hash, g_str_equal);
    for (; *lines != NULL; lines++) {
        char *number = cut_line(*lines);
        if (number != NULL)
            g_hash_table_insert(series, *lines, number);
    }
    return series;
}

static void append_sum(GString *out, const char *series, const char *own, const char *former)
{
    Number sum = read_number(own);
    if (former != NULL)
        sum = add_numbers(sum, read_number(former));
    g_string_append_printf(out, "%s %" G_GUINT64_FORMAT, series, sum.whole);
    if (strchr(own, '.') != NULL)
        g_string_append_printf(out, ".%0*" G_GUINT64_FORMAT, DECIMALS, sum.decimals);
    g_string_append_c(out, '\n');
}

/* The new text of the file. Owned by the caller, g_free. */
static char *add_texts(const char *text, const char *former)
{
    GString *out = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_auto(GStrv) former_lines = g_strsplit(former, "\n", -1);
    g_autoptr(GHashTable) series = read_series(former_lines);
    for (char **line = lines; *line != NULL; line++) {
        char *number = cut_line(*line);
        if (number != NULL)
            append_sum(out, *line, number, g_hash_table_lookup(series, *line));
        else if (**line != '\0')
            g_string_append_printf(out, "%s\n", *line);
    }
    return g_string_free(out, FALSE);
}

/* The locked folder, to be closed; -1 and an error. */
static int lock_folder(const char *path, GError **error)
{
    g_autofree char *name = g_path_get_dirname(path);
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        fail(error, "cannot be opened", name);
        return -1;
    }
    gint64 end = g_get_monotonic_time() + LOCK_MICROSECONDS;
    while (flock(folder, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK && g_get_monotonic_time() < end) {
            g_usleep(LOOK_MICROSECONDS);
            continue;
        }
        fail(error, "cannot be locked", name);
        close(folder);
        return -1;
    }
    return folder;
}

static gboolean add_locked(const char *path, const char *text, GError **error)
{
    g_autofree char *former = NULL;
    g_autoptr(GError) trouble = NULL;
    if (!g_file_get_contents(path, &former, NULL, &trouble) &&
        !g_error_matches(trouble, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_propagate_error(error, g_steal_pointer(&trouble));
        return FALSE;
    }
    g_autofree char *sum = add_texts(text, former == NULL ? "" : former);
    return replaced_file_write(path, sum) || fail(error, "cannot be written", path);
}

gboolean counts_file_add(const char *path, const char *text, GError **error)
{
    int folder = lock_folder(path, error);
    if (folder < 0)
        return FALSE;
    gboolean added = add_locked(path, text, error);
    close(folder);
    return added;
}
