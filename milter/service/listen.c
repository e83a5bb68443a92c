/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/listen.h"

#include "milter/service/address.h"
#include "milter/service/peers.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Descriptors of this process that are looked at to find libmilter's socket: not the first three,
 * which are from outside. It is opened at the start, so that its number is low. */
#define DESCRIPTORS_LOOKED_AT 256

/* Each one frees one connection that was forgotten. */
#define NUDGE_CONNECTIONS 8

struct Listener {
    Address *address;
    char *text;       /* the address as it was set */
    char *section;    /* name of the [listener NAME], or NULL */
    int folder;       /* of a unix socket, else -1 */
    char *name;       /* of a unix socket in its folder, else NULL */
    struct stat file; /* of the unix socket; st_nlink 0: it is not watched */
    gboolean made;    /* here, not by a service manager */
    ListenRank rank;
    int descriptor; /* that listens; -1: not yet */
};

static gboolean fail(const Listener *listener, GError **error, const char *why)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "socket %s: %s", listener->text, why);
    return FALSE;
}

static gboolean fail_errno(const Listener *listener, GError **error, const char *what, int number)
{
    g_autofree char *why = g_strdup_printf("%s: %s", what, g_strerror(number));
    return fail(listener, error, why);
}

/* The folder is opened once and everything in it named relative to it, so that nobody can put
 * another one in its place on the way. */
static gboolean open_folder(Listener *listener, GError **error)
{
    g_autofree char *path = g_path_get_dirname(listener->address->path);
    struct stat folder;
    listener->name = g_path_get_basename(listener->address->path);
    listener->folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (listener->folder < 0 || fstat(listener->folder, &folder) != 0)
        return fail_errno(listener, error, "its folder cannot be opened", errno);
    if ((folder.st_mode & S_IWOTH) != 0 && (folder.st_mode & S_ISVTX) == 0)
        return fail(listener, error, "everybody may write in its folder: chmod o-w it");
    return TRUE;
}

/* The errno of a try to connect, 0 when somebody answers. A full queue is somebody, too. */
static int try_to_connect(const Address *address)
{
    int probe = socket(address->socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return errno;
    int result = connect(probe, address_socket(address), address->size) == 0 ? 0 : errno;
    close(probe);
    return result == EAGAIN || result == EINPROGRESS ? 0 : result;
}

static gboolean remove_stale(const Listener *listener, GError **error)
{
    struct stat file;
    if (fstatat(listener->folder, listener->name, &file, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || fail_errno(listener, error, "cannot be looked at", errno);
    if (!S_ISSOCK(file.st_mode))
        return fail(listener, error, "something that is no socket is there: move it away");
    if (file.st_uid != geteuid())
        return fail(listener, error, "a socket of another user is there: remove it");

    int answer = try_to_connect(listener->address);
    if (answer == 0)
        return fail(listener, error, "a program listens there already: stop it");
    if (answer != ECONNREFUSED)
        return fail_errno(listener, error, "a socket is there that cannot be tried", answer);
    if (unlinkat(listener->folder, listener->name, 0) != 0)
        return fail_errno(listener, error, "the socket left there cannot be removed", errno);
    return TRUE;
}

/* The group that the settings give the socket, or (gid_t)-1 to leave it as it is. */
static gboolean find_group(const Listener *listener, const Settings *settings, gid_t *id,
                           GError **error)
{
    *id = (gid_t)-1;
    if (settings->socket_group == NULL)
        return TRUE;
    const struct group *group = getgrnam(settings->socket_group);
    if (group == NULL) {
        g_autofree char *why =
            g_strdup_printf("there is no group %s (socket-group)", settings->socket_group);
        return fail(listener, error, why);
    }
    *id = group->gr_gid;
    return TRUE;
}

static gboolean set_access(Listener *listener, gid_t group, mode_t mode, GError **error)
{
    int flags = AT_SYMLINK_NOFOLLOW;
    if (fstatat(listener->folder, listener->name, &listener->file, flags) != 0)
        return fail_errno(listener, error, "cannot be looked at", errno);
    listener->made = TRUE;
    if (fchownat(listener->folder, listener->name, (uid_t)-1, group, flags) != 0)
        return fail_errno(listener, error, "its group cannot be set", errno);
    if (fchmodat(listener->folder, listener->name, mode, flags) != 0)
        return fail_errno(listener, error, "its mode cannot be set", errno);
    return TRUE;
}

static gboolean is_listening(int descriptor)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens;
}

/* libmilter keeps its descriptor to itself: it is the one that listens now and did not before. */
static gboolean open_by_libmilter(Listener *listener, GError **error)
{
    gboolean before[DESCRIPTORS_LOOKED_AT];
    for (int number = 0; number < DESCRIPTORS_LOOKED_AT; number++)
        before[number] = is_listening(number);
    smfi_setconn(listener->address->spec);
    smfi_setbacklog(SOMAXCONN);
    if (smfi_opensocket(FALSE) != MI_SUCCESS)
        return fail(listener, error, "cannot be opened: the reason is in syslog");
    for (int number = 0; number < DESCRIPTORS_LOOKED_AT; number++) {
        if (!before[number] && is_listening(number))
            listener->descriptor = number;
    }
    return TRUE;
}

static gboolean open_here(Listener *listener, GError **error)
{
    const Address *address = listener->address;
    const int on = 1;
    listener->descriptor = socket(address->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener->descriptor < 0)
        return fail_errno(listener, error, "cannot be opened", errno);
    setsockopt(listener->descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener->descriptor, address_socket(address), address->size) == 0 &&
        listen(listener->descriptor, SOMAXCONN) == 0)
        return TRUE;
    return fail_errno(listener, error, "cannot be opened", errno);
}

static gboolean open_socket(Listener *listener, GError **error)
{
    return listener->rank == LISTEN_FIRST ? open_by_libmilter(listener, error)
                                          : open_here(listener, error);
}

static gboolean open_unix(Listener *listener, const Settings *settings, GError **error)
{
    gid_t group;
    if (!open_folder(listener, error) || !remove_stale(listener, error) ||
        !find_group(listener, settings, &group, error))
        return FALSE;

    mode_t mask = umask(0177); /* nobody else connects before the access is set */
    gboolean opened = open_socket(listener, error);
    umask(mask);
    return opened && set_access(listener, group, settings->socket_mode, error);
}

/* Binds the address for a moment, to have the reason when it cannot be. */
static gboolean try_to_bind(const Listener *listener, GError **error)
{
    const Address *address = listener->address;
    const int on = 1;
    int probe = socket(address->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return fail_errno(listener, error, "cannot be opened", errno);
    setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int result = bind(probe, address_socket(address), address->size) == 0 ? 0 : errno;
    close(probe);
    return result == 0 || fail_errno(listener, error, "cannot be opened", result);
}

/* Accepted connections inherit the option. Without it the answers at the end of a message wait for
 * delayed acknowledgements, 40 ms each. */
static void set_no_delay(const Listener *listener)
{
    const int on = 1;
    setsockopt(listener->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static gboolean open_tcp(Listener *listener, GError **error)
{
    if (!try_to_bind(listener, error) || !open_socket(listener, error))
        return FALSE;
    set_no_delay(listener);
    return TRUE;
}

/* Takes the address. */
static Listener *listener_new(Address *address, const char *text)
{
    Listener *listener = g_new0(Listener, 1);
    listener->address = address;
    listener->text = g_strdup(text);
    listener->folder = -1;
    listener->descriptor = -1;
    return listener;
}

/* Where this process may not look at the folder, and for a socket that has no name in the file
 * system, there is nothing to watch. */
static gboolean watch_passed(Listener *listener, GError **error)
{
    const char *path = listener->address->path;
    if (path == NULL || *path == '\0' || !open_folder(listener, NULL))
        return TRUE;
    int flags = AT_SYMLINK_NOFOLLOW;
    if (fstatat(listener->folder, listener->name, &listener->file, flags) == 0 || errno != ENOENT)
        return TRUE;
    return fail(listener, error,
                "the service manager passes it, and it was removed: restart calmend.socket");
}

static gboolean hand_over(const Listener *listener, int descriptor, GError **error)
{
    const int on = 1;
    g_autofree char *spec = g_strdup_printf("fd:%d", descriptor);
    if (listener->address->path == NULL)
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    smfi_setconn(spec);
    smfi_setbacklog(SOMAXCONN);
    if (smfi_opensocket(FALSE) == MI_SUCCESS)
        return TRUE;
    return fail(
        listener, error,
        "this libmilter takes no socket from a service manager: disable calmend.socket, so that "
        "calmend-milter opens its socket itself");
}

Listener *listen_take(int descriptor, const Settings *settings, GError **error)
{
    Address *address = address_of_listener(descriptor, error);
    if (address == NULL)
        return NULL;
    g_autoptr(Listener) listener = listener_new(address, address->spec);
    if (!peers_suffice(address, settings, error) || !watch_passed(listener, error) ||
        !hand_over(listener, descriptor, error))
        return NULL;
    return g_steal_pointer(&listener);
}

Listener *listen_open(const char *spec, ListenRank rank, const Settings *settings, GError **error)
{
    Address *address = address_parse(spec, error);
    if (address == NULL)
        return NULL;
    g_autoptr(Listener) listener = listener_new(address, spec);
    listener->section = g_strdup(settings->name);
    listener->rank = rank;
    if (!peers_suffice(address, settings, error))
        return NULL;
    gboolean opened =
        address->path != NULL ? open_unix(listener, settings, error) : open_tcp(listener, error);
    return opened ? g_steal_pointer(&listener) : NULL;
}

gboolean listen_is_gone(const Listener *listener)
{
    struct stat file;
    return listener->file.st_nlink > 0 &&
           fstatat(listener->folder, listener->name, &file, AT_SYMLINK_NOFOLLOW) != 0 &&
           errno == ENOENT;
}

static gboolean is_own_file(const Listener *listener)
{
    struct stat file;
    return listener->made &&
           fstatat(listener->folder, listener->name, &file, AT_SYMLINK_NOFOLLOW) == 0 &&
           file.st_dev == listener->file.st_dev && file.st_ino == listener->file.st_ino;
}

void listen_close(Listener *listener)
{
    if (listener == NULL)
        return;
    if (is_own_file(listener))
        unlinkat(listener->folder, listener->name, 0);
    if (listener->folder >= 0)
        close(listener->folder);
    if (listener->rank == LISTEN_FURTHER && listener->descriptor >= 0)
        close(listener->descriptor);
    address_free(listener->address);
    g_free(listener->text);
    g_free(listener->section);
    g_free(listener->name);
    g_free(listener);
}

void listen_nudge(const Listener *listener)
{
    for (int i = 0; i < NUDGE_CONNECTIONS; i++)
        try_to_connect(listener->address);
}

const char *listen_name(const Listener *listener)
{
    return listener->section;
}

int listen_descriptor(const Listener *listener)
{
    return listener->descriptor;
}

const char *listen_spec(const Listener *listener)
{
    return listener->text;
}
