/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/keep_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FOLDER_MODE  0700
#define FILE_MODE    0600
#define OPEN_FOLDER  (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define DAY_PATTERN  "dddd-dd-dd"
#define LEFT_SECONDS 3600 /* a file in tmp that is older belongs to no process */

/* What a reader of a Maildir puts behind a name in cur. */
#define FLAGS_MARK ':'

static const char *const subfolders[] = {"tmp", "new", "cur"};

void kept_free(Kept *kept)
{
    if (kept == NULL)
        return;
    g_free(kept->name);
    g_free(kept);
}

static gboolean fail(GError **error, int number)
{
    g_set_error_literal(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number),
                        g_strerror(number));
    return FALSE;
}

int keep_folder_open(const char *path, GError **error)
{
    int folder = open(path, OPEN_FOLDER);
    if (folder >= 0 && faccessat(folder, ".", W_OK | X_OK, 0) == 0)
        return folder;
    fail(error, errno);
    if (folder >= 0)
        close(folder);
    return -1;
}

gboolean keep_folder_is(int folder, const char *path)
{
    struct stat own;
    struct stat named;
    return fstat(folder, &own) == 0 && stat(path, &named) == 0 && own.st_dev == named.st_dev &&
           own.st_ino == named.st_ino;
}

/* Opens FOLDER/DAY, or FOLDER/DAY/NAME; -1 when it is not there. */
static int open_below(int folder, const char *day, const char *name)
{
    int below = openat(folder, day, OPEN_FOLDER);
    if (below < 0 || name == NULL)
        return below;
    int found = openat(below, name, OPEN_FOLDER);
    int number = errno;
    close(below);
    errno = number;
    return found;
}

/* Makes what is missing of the folders of a day, and has it on the disk. */
static gboolean make_day(int folder, const char *day)
{
    if (mkdirat(folder, day, FOLDER_MODE) != 0 && errno != EEXIST)
        return FALSE;
    int below = open_below(folder, day, NULL);
    if (below < 0)
        return FALSE;
    gboolean made = TRUE;
    for (gsize i = 0; made && i < G_N_ELEMENTS(subfolders); i++)
        made = mkdirat(below, subfolders[i], FOLDER_MODE) == 0 || errno == EEXIST;
    made = made && fsync(below) == 0 && fsync(folder) == 0;
    int number = errno;
    close(below);
    errno = number;
    return made;
}

/* tmp and new of a day, made where they are missing. FALSE with errno. */
static gboolean open_day(int folder, const char *day, int *temporary, int *fresh)
{
    *temporary = open_below(folder, day, "tmp");
    *fresh = *temporary < 0 ? -1 : open_below(folder, day, "new");
    if (*fresh >= 0)
        return TRUE;
    if (*temporary >= 0)
        close(*temporary);
    if (errno != ENOENT || !make_day(folder, day))
        return FALSE;
    *temporary = open_below(folder, day, "tmp");
    *fresh = open_below(folder, day, "new");
    return *temporary >= 0 && *fresh >= 0;
}

static gboolean write_file(int folder, const char *name, KeepWriter write, gpointer message,
                           GError **error)
{
    int file =
        openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    if (file < 0)
        return fail(error, errno);
    gboolean written = write(message, file, error) && (fsync(file) == 0 || fail(error, errno));
    if (close(file) != 0 && written)
        written = fail(error, errno);
    if (!written)
        unlinkat(folder, name, 0);
    return written;
}

static gboolean publish(int temporary, int fresh, const char *name, GError **error)
{
    if (renameat(temporary, name, fresh, name) != 0) {
        int number = errno;
        unlinkat(temporary, name, 0);
        return fail(error, number);
    }
    if (fsync(fresh) == 0)
        return TRUE;
    int number = errno;
    unlinkat(fresh, name, 0);
    return fail(error, number);
}

gboolean keep_folder_write(int folder, const Kept *kept, KeepWriter write, gpointer message,
                           GError **error)
{
    int temporary = -1;
    int fresh = -1;
    gboolean written = open_day(folder, kept->day, &temporary, &fresh) || fail(error, errno);
    written = written && write_file(temporary, kept->name, write, message, error) &&
              publish(temporary, fresh, kept->name, error);
    if (temporary >= 0)
        close(temporary);
    if (fresh >= 0)
        close(fresh);
    return written;
}

/* Calls `each` with the names in an open folder, which it closes, but for those with a dot first.
 */
static void list_folder(int folder, void (*each)(int folder, const char *name, gpointer data),
                        gpointer data)
{
    DIR *stream = folder < 0 ? NULL : fdopendir(folder);
    if (stream == NULL) {
        if (folder >= 0)
            close(folder);
        return;
    }
    for (struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
        if (entry->d_name[0] != '.')
            each(folder, entry->d_name, data);
    }
    closedir(stream);
}

static void remove_named(int folder, const char *name, gpointer data)
{
    const char *wanted = data;
    gsize size = strlen(wanted);
    if (strncmp(name, wanted, size) == 0 && (name[size] == '\0' || name[size] == FLAGS_MARK))
        unlinkat(folder, name, 0);
}

void keep_folder_remove(int folder, const Kept *kept)
{
    int fresh = open_below(folder, kept->day, "new");
    gboolean removed = fresh >= 0 && unlinkat(fresh, kept->name, 0) == 0;
    if (fresh >= 0)
        close(fresh);
    if (!removed)
        list_folder(open_below(folder, kept->day, "cur"), remove_named, kept->name);
}

void keep_folder_remove_day(int folder, const char *day)
{
    int below = open_below(folder, day, NULL);
    if (below < 0)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(subfolders); i++)
        unlinkat(below, subfolders[i], AT_REMOVEDIR);
    close(below);
    unlinkat(folder, day, AT_REMOVEDIR);
}

/* ---- what is there ---- */

/* A day that is listed. */
typedef struct {
    const char *day;
    GQueue *found;
} Listing;

static void list_file(int folder, const char *name, gpointer data)
{
    const Listing *listing = data;
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
        return;
    Kept *kept = g_new0(Kept, 1);
    g_strlcpy(kept->day, listing->day, sizeof kept->day);
    kept->name = g_strndup(name, strcspn(name, ":"));
    kept->size = (gsize)status.st_size;
    g_queue_push_tail(listing->found, kept);
}

static void remove_left(int folder, const char *name, gpointer data)
{
    (void)data;
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        time(NULL) - status.st_mtime > LEFT_SECONDS)
        unlinkat(folder, name, 0);
}

static gboolean is_day(const char *name)
{
    const char *pattern = DAY_PATTERN;
    while (*pattern != '\0' && (*pattern == 'd' ? g_ascii_isdigit(*name) : *name == *pattern)) {
        pattern++;
        name++;
    }
    return *pattern == '\0' && *name == '\0';
}

static void list_day(int folder, const char *name, gpointer data)
{
    const Listing listing = {.day = name, .found = data};
    if (!is_day(name))
        return;
    list_folder(open_below(folder, name, "tmp"), remove_left, NULL);
    list_folder(open_below(folder, name, "new"), list_file, (gpointer)&listing);
    list_folder(open_below(folder, name, "cur"), list_file, (gpointer)&listing);
}

static gint compare(gconstpointer one, gconstpointer other, gpointer data)
{
    (void)data;
    const Kept *left = one;
    const Kept *right = other;
    int by_day = strcmp(left->day, right->day);
    return by_day != 0 ? by_day : strcmp(left->name, right->name);
}

GQueue *keep_folder_list(int folder)
{
    GQueue *found = g_queue_new();
    list_folder(openat(folder, ".", OPEN_FOLDER), list_day, found);
    g_queue_sort(found, compare, NULL);
    return found;
}
