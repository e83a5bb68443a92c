/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store: see store.h.
 */
#include "cli/store/store.h"

#include "cli/store/mbox.h"
#include "cli/store/store_shape.h"
#include "cli/store/store_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK     (256 * 1024u)
#define INPUT_MAX (1024u * 1024 * 1024)

typedef struct {
    const StoreVisitor *visitor;
    StoreVisitFile visit; /* NULL: mails are visited, not files */
    StoreCounts counts;
} Run;

static void tell(Run *run, const char *path, const char *text)
{
    run->counts.troubles++;
    run->visitor->trouble(path, text, run->visitor->data);
}

static void tell_errno(Run *run, const char *path, const char *what)
{
    g_autofree char *text = g_strdup_printf("%s: %s", what, g_strerror(errno));
    tell(run, path, text);
}

static void tell_walk(const char *path, const char *text, gpointer data)
{
    tell(data, path, text);
}

static void take_mail(Run *run, const StoredMail *mail)
{
    const StoreVisitor *visitor = run->visitor;
    run->counts.mails++;
    run->counts.octets += mail->octets.size;
    visitor->take(mail, visitor->examine(mail, visitor->data), visitor->data);
}

static void take_mbox(Run *run, const StoreFile *file, Octets octets)
{
    MboxMail mail;
    gsize scanned = 0;
    guint64 number = 1;
    for (gsize at = 0; at < octets.size && mbox_next(octets, at, TRUE, &scanned, &mail);
         at = mail.next) {
        StoredMail stored = {
            .file = file,
            .number = number++,
            .offset = mail.start,
            .octets = octets_slice(octets, mail.start, mail.end),
            .from_line = octets_slice(octets, at, octets_next_line(octets, at)),
        };
        take_mail(run, &stored);
    }
}

/* TRUE at the end of the file, FALSE with errno. */
static gboolean read_all(int fd, GByteArray *buffer)
{
    for (;;) {
        guint have = buffer->len;
        if (have >= INPUT_MAX) {
            errno = EFBIG;
            return FALSE;
        }
        g_byte_array_set_size(buffer, have + CHUNK);
        gssize got = read(fd, buffer->data + have, CHUNK);
        g_byte_array_set_size(buffer, have + (guint)MAX(got, 0));
        if (got == 0)
            return TRUE;
        if (got < 0 && errno != EINTR)
            return FALSE;
    }
}

static gboolean is_passed_over(Run *run, StorePlace place, StoreShape shape)
{
    if (place != PLACE_FOLDER || shape == SHAPE_MAIL || shape == SHAPE_MBOX)
        return FALSE;
    run->counts.others++;
    return TRUE;
}

static void meet_octets(Run *run, StoreFile *file, StorePlace place, Octets octets)
{
    StoreShape shape = store_shape_of(octets);
    const char *fault = store_shape_fault(shape);
    if (is_passed_over(run, place, shape))
        return;
    if (place == PLACE_NAMED && fault != NULL) {
        tell(run, file->path, fault);
        return;
    }
    run->counts.files++;
    if (place != PLACE_MAIL && shape == SHAPE_MBOX) {
        file->kind = STORE_MBOX;
        take_mbox(run, file, octets);
        return;
    }
    StoredMail stored = {.file = file, .octets = octets};
    take_mail(run, &stored);
}

/* What is there of the first octets of a file; the descriptor stays where it stands. */
static gboolean peek(int fd, GByteArray *buffer)
{
    g_byte_array_set_size(buffer, CHUNK);
    gssize got = pread(fd, buffer->data, CHUNK, 0);
    g_byte_array_set_size(buffer, (guint)MAX(got, 0));
    return got >= 0;
}

static void meet_descriptor(Run *run, const StoreFile *file, StorePlace place, int fd)
{
    StoreFile met = *file;
    g_autoptr(GByteArray) buffer = g_byte_array_new();
    if (run->visit != NULL ? !peek(fd, buffer) : !read_all(fd, buffer)) {
        tell_errno(run, file->path, "cannot read");
        return;
    }
    Octets octets = {.data = (const char *)buffer->data, .size = buffer->len};
    if (run->visit == NULL) {
        meet_octets(run, &met, place, octets);
        return;
    }
    StoreShape shape = store_shape_of(octets);
    if (is_passed_over(run, place, shape))
        return;
    if (place != PLACE_MAIL && shape == SHAPE_MBOX)
        met.kind = STORE_MBOX;
    run->counts.files++;
    run->visit(&met, fd, run->visitor->data);
}

static void meet_file(const StoreFile *file, StorePlace place, gpointer data)
{
    Run *run = data;
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY;
    if (place != PLACE_NAMED)
        flags |= O_NOFOLLOW | O_NONBLOCK;
    int fd =
        strcmp(file->path, "-") == 0 ? dup(STDIN_FILENO) : openat(file->folder, file->name, flags);
    if (fd < 0) {
        tell_errno(run, file->path, "cannot open");
        return;
    }
    meet_descriptor(run, file, place, fd);
    close(fd);
}

static StoreCounts run_paths(char *const *paths, Run *run)
{
    const StoreWalk walk = {.file = meet_file, .trouble = tell_walk, .data = run};
    for (; *paths != NULL; paths++)
        store_walk_path(*paths, &walk);
    return run->counts;
}

StoreCounts store_run(char *const *paths, const StoreVisitor *visitor)
{
    return run_paths(paths, &(Run){.visitor = visitor});
}

StoreCounts store_walk(char *const *paths, StoreVisitFile visit, const StoreVisitor *visitor)
{
    return run_paths(paths, &(Run){.visitor = visitor, .visit = visit});
}

StoreCounts store_run_file(const StoreFile *file, int fd, const StoreVisitor *visitor)
{
    Run run = {.visitor = visitor};
    meet_descriptor(&run, file, PLACE_NAMED, fd);
    return run.counts;
}

const char *store_kind_word(StoreKind kind)
{
    static const char *const words[] = {
        [STORE_FILE] = "file",
        [STORE_MBOX] = "mbox",
        [STORE_MAILDIR] = "maildir",
        [STORE_MH] = "mh",
    };
    return words[kind];
}
