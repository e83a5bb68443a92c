/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_walk: see store_walk.h.
 */
#include "cli/store/store_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY)

typedef struct {
    char *path;
    int fd;
    gboolean maildir; /* it has cur and new */
    gboolean mails;   /* it is cur or new of a Maildir */
} Folder;

static void walk_folder(const Folder *folder, const StoreWalk *walk);

static void tell_errno(const StoreWalk *walk, const char *path, const char *what)
{
    g_autofree char *text = g_strdup_printf("%s: %s", what, g_strerror(errno));
    walk->trouble(path, text, walk->data);
}

static gboolean is_folder(int fd, const char *name)
{
    struct stat status;
    return fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

static gboolean is_maildir(int fd, const char *above)
{
    g_autofree char *cur = g_strconcat(above, "cur", NULL);
    g_autofree char *new = g_strconcat(above, "new", NULL);
    return is_folder(fd, cur) && is_folder(fd, new);
}

static gboolean holds_mails(const char *name)
{
    return strcmp(name, "cur") == 0 || strcmp(name, "new") == 0;
}

static void enter_folder(int fd, const char *path, const char *name, const StoreWalk *walk)
{
    g_autofree char *base = g_path_get_basename(name);
    Folder folder = {.path = (char *)path,
                     .fd = fd,
                     .maildir = is_maildir(fd, ""),
                     .mails = holds_mails(base) && is_maildir(fd, "../")};
    walk_folder(&folder, walk);
}

static gboolean is_number(const char *name)
{
    return name[0] != '\0' && name[strspn(name, "0123456789")] == '\0';
}

/* Numbers by value before all others. */
static gint compare_names(gconstpointer left, gconstpointer right)
{
    const char *a = *(const char *const *)left;
    const char *b = *(const char *const *)right;
    gboolean numbers = is_number(a);
    if (numbers != is_number(b))
        return numbers ? -1 : 1;
    if (numbers && strlen(a) != strlen(b))
        return strlen(a) < strlen(b) ? -1 : 1;
    return strcmp(a, b);
}

/* The names in a folder, in order; NULL after trouble, which was told. */
static GPtrArray *list_names(const Folder *folder, const StoreWalk *walk)
{
    int fd = openat(folder->fd, ".", FOLDER_FLAGS);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    if (stream == NULL) {
        tell_errno(walk, folder->path, "cannot read");
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const struct dirent *entry;
    while ((entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            !g_str_has_prefix(entry->d_name, STORE_WORKING_PREFIX))
            g_ptr_array_add(names, g_strdup(entry->d_name));
    }
    closedir(stream);
    g_ptr_array_sort(names, compare_names);
    return names;
}

static void meet_file(const Folder *folder, const char *name, const StoreWalk *walk)
{
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    StoreFile file = {.path = path, .folder = folder->fd, .name = name, .kind = STORE_FILE};
    if (folder->maildir)
        return;
    if (folder->mails)
        file.kind = STORE_MAILDIR;
    else if (is_number(name))
        file.kind = STORE_MH;
    walk->file(&file, folder->mails ? PLACE_MAIL : PLACE_FOLDER, walk->data);
}

static void meet_folder(const Folder *folder, const char *name, const StoreWalk *walk)
{
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    if (folder->maildir && strcmp(name, "tmp") == 0)
        return;
    int fd = openat(folder->fd, name, FOLDER_FLAGS | O_NOFOLLOW);
    if (fd < 0) {
        tell_errno(walk, path, "cannot open");
        return;
    }
    enter_folder(fd, path, name, walk);
    close(fd);
}

static void meet_all(const Folder *folder, const GPtrArray *names, mode_t type,
                     void (*meet)(const Folder *, const char *, const StoreWalk *),
                     const StoreWalk *walk)
{
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        struct stat status;
        if (fstatat(folder->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            (status.st_mode & S_IFMT) == type)
            meet(folder, name, walk);
    }
}

static void walk_folder(const Folder *folder, const StoreWalk *walk)
{
    g_autoptr(GPtrArray) names = list_names(folder, walk);
    if (names == NULL)
        return;
    meet_all(folder, names, S_IFREG, meet_file, walk);
    meet_all(folder, names, S_IFDIR, meet_folder, walk);
}

void store_walk_path(const char *path, const StoreWalk *walk)
{
    struct stat status;
    if (strcmp(path, "-") == 0 || stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        StoreFile file = {.path = path, .folder = AT_FDCWD, .name = path, .kind = STORE_FILE};
        walk->file(&file, PLACE_NAMED, walk->data);
        return;
    }
    int fd = open(path, FOLDER_FLAGS);
    if (fd < 0) {
        tell_errno(walk, path, "cannot open");
        return;
    }
    enter_folder(fd, path, path, walk);
    close(fd);
}
