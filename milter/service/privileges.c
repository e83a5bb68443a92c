/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct Privileges {
    char *name; /* NULL: stay who it is */
    uid_t user;
    gid_t group;
};

static gboolean fail(GError **error, const char *why)
{
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_PERM, why);
    return FALSE;
}

static gboolean fail_without_user(GError **error, const char *name)
{
    g_autofree char *why = g_strdup_printf(
        "started as root, it is to become this user, and there is none: make it by \"useradd "
        "--system --user-group --shell /usr/sbin/nologin %s\", or name another as user in "
        "[service]; user=root there stays root",
        name);
    return fail(error, why);
}

static gboolean find_user(Privileges *privileges, const char *name, GError **error)
{
    const struct passwd *entry = getpwnam(name);
    if (entry == NULL)
        return fail_without_user(error, name);
    privileges->user = entry->pw_uid;
    privileges->group = entry->pw_gid;
    privileges->name = g_strdup(name);
    return TRUE;
}

static gboolean find_group(Privileges *privileges, const char *name, GError **error)
{
    const struct group *entry = getgrnam(name);
    if (entry == NULL)
        return fail(error, "there is no such group");
    privileges->group = entry->gr_gid;
    return TRUE;
}

static gboolean find_names(Privileges *privileges, const char *user, GError **error)
{
    g_auto(GStrv) names = g_strsplit(user, ":", 2);
    return find_user(privileges, names[0], error) &&
           (names[1] == NULL || find_group(privileges, names[1], error));
}

Privileges *privileges_find(const char *user, GError **error)
{
    g_autoptr(Privileges) privileges = g_new0(Privileges, 1);
    if (geteuid() != 0)
        return g_steal_pointer(&privileges);
    if (user == NULL) {
        fail(error, "user = : started as root, it needs a user to become: name one as user in "
                    "[service]; user=root there stays root");
        return NULL;
    }
    if (find_names(privileges, user, error))
        return g_steal_pointer(&privileges);
    g_prefix_error(error, "user = %s: ", user);
    return NULL;
}

gboolean privileges_check(const char *user, GError **error)
{
    g_autoptr(Privileges) privileges = g_new0(Privileges, 1);
    return find_names(privileges, user, error);
}

void privileges_free(Privileges *privileges)
{
    if (privileges == NULL)
        return;
    g_free(privileges->name);
    g_free(privileges);
}

/* TRUE when nothing of root is left, and none of it can be had again. */
static gboolean is_dropped(const Privileges *privileges)
{
    uid_t users[3];
    gid_t groups[3];
    if (getresuid(&users[0], &users[1], &users[2]) != 0 ||
        getresgid(&groups[0], &groups[1], &groups[2]) != 0)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(users); i++) {
        if (users[i] != privileges->user || groups[i] != privileges->group)
            return FALSE;
    }
    return privileges->user == 0 || setuid(0) != 0;
}

/* A change of the user leaves the inheritable set as it was. The C library has no call for it. */
static gboolean clear_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    return syscall(SYS_capset, &header, none) == 0;
}

static gboolean become(const Privileges *privileges, GError **error)
{
    if (initgroups(privileges->name, privileges->group) != 0 ||
        setresgid(privileges->group, privileges->group, privileges->group) != 0 ||
        setresuid(privileges->user, privileges->user, privileges->user) != 0)
        return fail(error, g_strerror(errno));
    if (!is_dropped(privileges))
        return fail(error, "root's rights are still there");
    if ((privileges->user != 0 && !clear_capabilities()) ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(error, g_strerror(errno));
    return TRUE;
}

gboolean privileges_drop(const Privileges *privileges, GError **error)
{
    if (privileges->name == NULL || become(privileges, error))
        return TRUE;
    g_prefix_error(error, "user = %s: ", privileges->name);
    return FALSE;
}
