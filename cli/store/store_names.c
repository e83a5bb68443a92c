/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_names: see store_names.h.
 */
#include "cli/store/store_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    unsigned char type;
    gboolean number; /* it is made of digits alone */
    char text[];
} Name;

struct StoreNames {
    DIR *stream;
    guint slice_max;
    GPtrArray *slice; /* Name, owned */
    Name *last;       /* the last one of the slice before; NULL: there was none */
    gboolean more;    /* names were left out of the slice */
};

static gboolean is_number(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static gint compare_numbers(const char *a, const char *b)
{
    a += strspn(a, "0");
    b += strspn(b, "0");
    if (strlen(a) != strlen(b))
        return strlen(a) < strlen(b) ? -1 : 1;
    return strcmp(a, b);
}

/* Numbers by value before all others. */
static gint compare_names(gconstpointer left, gconstpointer right)
{
    const Name *a = *(const Name *const *)left;
    const Name *b = *(const Name *const *)right;
    gint order = 0;
    if (a->number != b->number)
        return a->number ? -1 : 1;
    if (a->number)
        order = compare_numbers(a->text, b->text);
    return order != 0 ? order : strcmp(a->text, b->text);
}

StoreNames *store_names_open(int fd, guint slice_max)
{
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = again < 0 ? NULL : fdopendir(again);
    if (stream == NULL) {
        if (again >= 0)
            close(again);
        return NULL;
    }
    StoreNames *names = g_new0(StoreNames, 1);
    names->stream = stream;
    names->slice_max = slice_max;
    names->slice = g_ptr_array_new_with_free_func(g_free);
    names->more = TRUE;
    return names;
}

void store_names_free(StoreNames *names)
{
    if (names == NULL)
        return;
    closedir(names->stream);
    g_ptr_array_unref(names->slice);
    g_free(names->last);
    g_free(names);
}

/* A file system that does not tell the type in the folder tells it of the file. */
static unsigned char type_of(const StoreNames *names, const struct dirent *entry)
{
    struct stat status;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type;
    if (fstatat(dirfd(names->stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return DT_WHT;
    return (unsigned char)IFTODT(status.st_mode);
}

/* Sorts the slice and leaves out what is behind its end. */
static void cut_slice(StoreNames *names)
{
    g_ptr_array_sort(names->slice, compare_names);
    if (names->slice->len <= names->slice_max)
        return;
    g_ptr_array_set_size(names->slice, (gint)names->slice_max);
    names->more = TRUE;
}

static Name *read_name(const StoreNames *names, const struct dirent *entry)
{
    gsize size = strlen(entry->d_name) + 1;
    Name *name = g_malloc(sizeof *name + size);
    name->type = type_of(names, entry);
    name->number = is_number(entry->d_name);
    memcpy(name->text, entry->d_name, size);
    return name;
}

static void add_name(StoreNames *names, const struct dirent *entry)
{
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
        return;
    Name *name = read_name(names, entry);
    if (names->last != NULL && compare_names(&name, &names->last) <= 0) {
        g_free(name);
        return;
    }
    g_ptr_array_add(names->slice, name);
    if (names->slice->len >= 2 * names->slice_max)
        cut_slice(names);
}

/* Makes room for the slice behind this one. */
static void leave_slice(StoreNames *names)
{
    guint count = names->slice->len;
    if (count > 0) {
        g_free(names->last);
        names->last = g_ptr_array_steal_index(names->slice, count - 1);
    }
    g_ptr_array_set_size(names->slice, 0);
}

gboolean store_names_next(StoreNames *names, int *problem)
{
    const struct dirent *entry;
    *problem = 0;
    if (!names->more)
        return FALSE;
    names->more = FALSE;
    leave_slice(names);
    rewinddir(names->stream);
    errno = 0;
    while ((entry = readdir(names->stream)) != NULL) {
        add_name(names, entry);
        errno = 0;
    }
    *problem = errno;
    cut_slice(names);
    return names->slice->len > 0;
}

guint store_names_count(const StoreNames *names)
{
    return names->slice->len;
}

StoreName store_names_get(const StoreNames *names, guint index)
{
    const Name *name = g_ptr_array_index(names->slice, index);
    return (StoreName){.text = name->text, .type = name->type};
}
