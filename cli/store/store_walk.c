/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_walk: see store_walk.h.
 */
#include "cli/store/store_walk.h"

#include "cli/store/store_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY)
#define SLICE        100000 /* names, of about 100 octets each */

struct StoreFolder {
    guint holders;
    int fd;
    char *path;
    gboolean maildir; /* it has cur and new */
    gboolean mails;   /* it is cur or new of a Maildir */
};

static void walk_folder(StoreFolder *folder, const StoreWalk *walk);

StoreFolder *store_folder_ref(StoreFolder *folder)
{
    if (folder != NULL)
        folder->holders++;
    return folder;
}

void store_folder_unref(StoreFolder *folder)
{
    if (folder == NULL || --folder->holders > 0)
        return;
    close(folder->fd);
    g_free(folder->path);
    g_free(folder);
}

static void tell_errno(const StoreWalk *walk, const char *path, const char *what, int problem)
{
    g_autofree char *text = g_strdup_printf("%s: %s", what, g_strerror(problem));
    walk->trouble(path, text, walk->data);
}

static gboolean is_folder(int fd, const char *name)
{
    struct stat status;
    return fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

static gboolean is_maildir(int fd, const char *cur, const char *new)
{
    return is_folder(fd, cur) && is_folder(fd, new);
}

static gboolean is_cur_or_new(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    return strcmp(name, "cur") == 0 || strcmp(name, "new") == 0;
}

/* The descriptor is the folder's. */
static void enter_folder(int fd, const char *path, const StoreWalk *walk)
{
    StoreFolder *folder = g_new0(StoreFolder, 1);
    folder->holders = 1;
    folder->fd = fd;
    folder->path = g_strdup(path);
    folder->maildir = is_maildir(fd, "cur", "new");
    folder->mails = is_cur_or_new(path) && is_maildir(fd, "../cur", "../new");
    walk_folder(folder, walk);
    store_folder_unref(folder);
}

static gboolean is_number(const char *name)
{
    return g_ascii_isdigit(name[0]) && name[strspn(name, "0123456789")] == '\0';
}

static char *path_in(const StoreFolder *folder, const char *name)
{
    gboolean closed = g_str_has_suffix(folder->path, "/");
    return g_strconcat(folder->path, closed ? "" : "/", name, NULL);
}

/* A file that is gone by now is none. */
static void meet_file(StoreFolder *folder, const char *name, const StoreWalk *walk)
{
    struct stat status;
    if (folder->maildir || fstatat(folder->fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode))
        return;
    g_autofree char *path = path_in(folder, name);
    StoreWalkFile walked = {
        .file = {.path = path, .folder = folder->fd, .name = name, .kind = STORE_FILE},
        .place = folder->mails ? PLACE_MAIL : PLACE_FOLDER,
        .size = (guint64)status.st_size,
        .regular = TRUE,
        .folder = folder,
    };
    if (folder->mails)
        walked.file.kind = STORE_MAILDIR;
    else if (is_number(name))
        walked.file.kind = STORE_MH;
    walk->file(&walked, walk->data);
}

static void meet_folder(StoreFolder *folder, const char *name, const StoreWalk *walk)
{
    g_autofree char *path = path_in(folder, name);
    if (folder->maildir && strcmp(name, "tmp") == 0)
        return;
    int fd = openat(folder->fd, name, FOLDER_FLAGS | O_NOFOLLOW);
    if (fd >= 0)
        enter_folder(fd, path, walk);
    else if (errno != ENOENT)
        tell_errno(walk, path, "cannot open", errno);
}

static gboolean is_stopped(const StoreWalk *walk)
{
    return walk->stop != NULL && g_atomic_int_get(walk->stop);
}

/* Meets the files of the folder, and gives the names of folders in it. */
static GPtrArray *meet_files(StoreFolder *folder, const StoreWalk *walk)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(StoreNames) names = store_names_open(folder->fd, SLICE);
    int problem = errno;
    while (names != NULL && store_names_next(names, &problem)) {
        for (guint i = 0; i < store_names_count(names) && !is_stopped(walk); i++) {
            StoreName name = store_names_get(names, i);
            if (g_str_has_prefix(name.text, STORE_WORKING_PREFIX))
                continue;
            if (name.type == DT_REG)
                meet_file(folder, name.text, walk);
            else if (name.type == DT_DIR)
                g_ptr_array_add(folders, g_strdup(name.text));
        }
    }
    if (names == NULL || problem != 0)
        tell_errno(walk, folder->path, "cannot read", problem);
    return folders;
}

static void walk_folder(StoreFolder *folder, const StoreWalk *walk)
{
    g_autoptr(GPtrArray) folders = meet_files(folder, walk);
    for (guint i = 0; i < folders->len && !is_stopped(walk); i++)
        meet_folder(folder, g_ptr_array_index(folders, i), walk);
}

static void walk_file(const char *path, const struct stat *status, const StoreWalk *walk)
{
    StoreWalkFile walked = {
        .file = {.path = path, .folder = AT_FDCWD, .name = path, .kind = STORE_FILE},
        .place = PLACE_NAMED,
        .size = (guint64)status->st_size,
        .regular = S_ISREG(status->st_mode) || status->st_mode == 0,
    };
    walk->file(&walked, walk->data);
}

void store_walk_path(const char *path, const StoreWalk *walk)
{
    struct stat status = {0};
    gboolean input = strcmp(path, "-") == 0;
    if (input ? fstat(STDIN_FILENO, &status) != 0 : stat(path, &status) != 0)
        status = (struct stat){0};
    if (input)
        status.st_size -= MIN(status.st_size, MAX(lseek(STDIN_FILENO, 0, SEEK_CUR), 0));
    if (input || !S_ISDIR(status.st_mode)) {
        walk_file(path, &status, walk);
        return;
    }
    int fd = open(path, FOLDER_FLAGS);
    if (fd >= 0)
        enter_folder(fd, path, walk);
    else
        tell_errno(walk, path, "cannot open", errno);
}
