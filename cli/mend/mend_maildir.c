/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mend_maildir: see mend_maildir.h.
 */
#include "cli/mend/mend_maildir.h"

#include "cli/mend/file_octets.h"
#include "cli/mend/fresh_file.h"
#include "cli/mend/maildir_name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY)

/* A server that renames an old mail again and again has this many tries. */
#define RENAMES_MAX 100

static const char *const FOLDERS[] = {"../cur", "../new"};

/* The names of mails in a folder; NULL with errno. Owned by the caller. */
static GPtrArray *list_mails(int folder, const char *name)
{
    int fd = openat(folder, name, FOLDER_FLAGS);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    if (stream == NULL) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const struct dirent *entry;
    while ((entry = readdir(stream)) != NULL) {
        if (entry->d_name[0] != '.')
            g_ptr_array_add(names, g_strdup(entry->d_name));
    }
    closedir(stream);
    return names;
}

/* The path, from `folder`, of the mail with this unique part; NULL: there is none. Owned by the
 * caller. */
static char *find_mail(int folder, const char *unique)
{
    for (gsize i = 0; i < G_N_ELEMENTS(FOLDERS); i++) {
        g_autoptr(GPtrArray) names = list_mails(folder, FOLDERS[i]);
        for (guint j = 0; names != NULL && j < names->len; j++) {
            const char *name = g_ptr_array_index(names, j);
            g_autofree char *other = maildir_name_unique(name);
            if (strcmp(other, unique) == 0)
                return g_build_filename(FOLDERS[i], name, NULL);
        }
    }
    return NULL;
}

MendResult mend_maildir_open(MendPlace *place, Octets octets, int *fd, struct stat *status,
                             GError **error)
{
    g_autofree char *unique = maildir_name_unique(place->name);
    for (guint tries = 0; tries < RENAMES_MAX; tries++) {
        MendResult result = mend_file_open(place, octets, fd, status, error);
        g_autofree char *path = result == MEND_GONE ? find_mail(place->folder, unique) : NULL;
        if (path == NULL)
            return result;
        g_free(place->name);
        place->name = g_path_get_basename(path);
        if (faccessat(place->folder, place->name, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
            faccessat(place->folder, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            break;
    }
    file_octets_refuse(error, "was moved meanwhile by another program; run it again");
    return MEND_FAILED;
}

/* Moves the mended mail beside the old one as that is named now. */
static char *follow(int folder, const char *mended, const char *old)
{
    g_autofree char *above = g_path_get_dirname(old);
    g_autofree char *old_name = g_path_get_basename(old);
    g_autofree char *name = g_path_get_basename(mended);
    g_autofree char *flagged = maildir_name_with_info(name, old_name);
    char *path = g_build_filename(above, flagged, NULL);
    if (strcmp(path, mended) == 0 || renameat(folder, mended, folder, path) == 0)
        return path;
    g_free(path);
    return g_strdup(mended);
}

/* Where the old mail stays the mended one goes, so that there is one. */
static MendResult take_back(const MendPlace *place, const char *mended, const char *old,
                            GError **error)
{
    file_octets_fail(error, "cannot remove the old mail");
    if (faccessat(place->folder, old, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        unlinkat(place->folder, mended, 0);
    return MEND_FAILED;
}

/* The mended mail is in the folder: lets the old one go, whatever it is called now. */
static MendResult remove_old(const MendPlace *place, const char *mended_name, GError **error)
{
    g_autofree char *unique = maildir_name_unique(place->name);
    g_autofree char *mended = g_strdup(mended_name);
    g_autofree char *old = g_strdup(place->name);
    for (guint tries = 0; old != NULL && tries < RENAMES_MAX; tries++) {
        if (unlinkat(place->folder, old, 0) == 0)
            return MEND_DONE;
        if (errno != ENOENT)
            return take_back(place, mended, old, error);
        g_free(old);
        old = find_mail(place->folder, unique);
        if (old != NULL) {
            char *moved = follow(place->folder, mended, old);
            g_free(mended);
            mended = moved;
        }
    }
    unlinkat(place->folder, mended, 0);
    return MEND_GONE;
}

static gboolean move_in(const MendPlace *place, int tmp, const char *unique, const char *name,
                        GError **error)
{
    if (renameat(tmp, unique, place->folder, name) != 0)
        return file_octets_fail(error, "cannot move the mended mail into the folder");
    if (fsync(place->folder) == 0)
        return TRUE;
    file_octets_fail(error, "cannot sync the folder");
    unlinkat(place->folder, name, 0);
    return FALSE;
}

/* How large the octets are with each line end as CR LF, as Maildir++ counts W=. */
static gsize wire_size(const GString *octets)
{
    gsize size = octets->len;
    for (gsize i = 0; i < octets->len; i++) {
        if (octets->str[i] == '\n' && (i == 0 || octets->str[i - 1] != '\r'))
            size++;
    }
    return size;
}

static char *mended_name(const char *name, Octets octets, const GArray *edits)
{
    GString *mended = splice_to_string(octets, edits);
    char *result = maildir_name_mended(name, mended->len, wire_size(mended));
    g_string_free(mended, TRUE);
    return result;
}

MendResult mend_maildir_replace(const MendPlace *place, Octets octets, const GArray *edits,
                                const struct stat *status, GError **error)
{
    g_autofree char *name = mended_name(place->name, octets, edits);
    g_autofree char *unique = maildir_name_unique(name);
    if (unique[0] == '.' && place->name[0] != '.') {
        file_octets_refuse(error, "has a name without a unique part; rename it");
        return MEND_FAILED;
    }
    int tmp = openat(place->folder, "../tmp", FOLDER_FLAGS);
    if (tmp < 0) {
        file_octets_fail(error, "cannot open tmp of its Maildir");
        return MEND_FAILED;
    }
    gboolean made = fresh_file_make(tmp, unique, octets, edits, status, error);
    gboolean moved = made && move_in(place, tmp, unique, name, error);
    if (made && !moved)
        unlinkat(tmp, unique, 0);
    close(tmp);
    return moved ? remove_old(place, name, error) : MEND_FAILED;
}

/* Of which mails is the mended form among these names? */
static void add_sources(GHashTable *sources, const GPtrArray *names)
{
    for (guint i = 0; i < names->len; i++) {
        char *source = maildir_name_source(g_ptr_array_index(names, i));
        if (source != NULL)
            g_hash_table_add(sources, source);
    }
}

static gboolean remove_sources(int folder, const char *path, const GPtrArray *names,
                               GHashTable *sources, GError **error)
{
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *unique = maildir_name_unique(name);
        if (!g_hash_table_contains(sources, unique))
            continue;
        g_autofree char *old = g_build_filename(path, name, NULL);
        if (unlinkat(folder, old, 0) != 0 && errno != ENOENT)
            return file_octets_fail(error, "cannot remove a mail whose mended form is there");
    }
    return TRUE;
}

/* What lies there survives a power failure, before anything is removed. */
static gboolean sync_folder(int folder, const char *path)
{
    int fd = openat(folder, path, FOLDER_FLAGS);
    gboolean synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return synced;
}

gboolean mend_maildir_finish(const MendPlace *place, GError **error)
{
    g_autoptr(GHashTable) sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) cur = list_mails(place->folder, FOLDERS[0]);
    g_autoptr(GPtrArray) new = list_mails(place->folder, FOLDERS[1]);
    if (cur == NULL || new == NULL)
        return file_octets_fail(error, "cannot read the Maildir");
    add_sources(sources, cur);
    add_sources(sources, new);
    if (g_hash_table_size(sources) == 0)
        return TRUE;
    if (!sync_folder(place->folder, FOLDERS[0]) || !sync_folder(place->folder, FOLDERS[1]))
        return file_octets_fail(error, "cannot sync the Maildir");
    return remove_sources(place->folder, FOLDERS[0], cur, sources, error) &&
           remove_sources(place->folder, FOLDERS[1], new, sources, error);
}
