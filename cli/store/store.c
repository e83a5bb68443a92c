/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store: see store.h. Small files are read many at a time, so that handing them to another thread
 * costs little; a large file is looked at first, since an mbox is cut into windows.
 */
#include "cli/store/store.h"

#include "cli/store/store_batch.h"
#include "cli/store/store_files.h"
#include "cli/store/store_mbox.h"
#include "cli/store/store_queue.h"
#include "cli/store/store_read.h"
#include "cli/store/store_shape.h"
#include "cli/store/store_stream.h"
#include "cli/store/store_walk.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_FIRST  (192 * 1024u) /* a file of that size may be cut into windows */
#define HEAD        (64 * 1024u)  /* by so much of a file its shape is told */
#define FOLDERS_MAX 64            /* of which files are under way: each has a descriptor */

typedef struct {
    StorePass pass;
    StoreFiles *files;   /* not yet pushed; NULL: none */
    StoreFolder *folder; /* the last one; only compared */
    guint folders;
} Run;

static void push_files(Run *run)
{
    if (run->files != NULL)
        store_files_push(run->files);
    run->files = NULL;
}

static StoreFiles *files_with_room(Run *run, guint64 size)
{
    if (run->files != NULL && store_files_is_full(run->files, size))
        push_files(run);
    if (run->files == NULL)
        run->files = store_files_new(&run->pass);
    return run->files;
}

static void meet_trouble(const char *path, const char *text, gpointer data)
{
    store_files_add_trouble(files_with_room(data, 0), path, text);
}

static void meet_errno(Run *run, const char *path, const char *what)
{
    g_autofree char *text = g_strdup_printf("%s: %s", what, g_strerror(errno));
    meet_trouble(path, text, run);
}

/* Files hold their folders open: there are never many. */
static void count_folder(Run *run, StoreFolder *folder)
{
    if (folder == NULL || folder == run->folder)
        return;
    run->folder = folder;
    if (++run->folders % FOLDERS_MAX != 0)
        return;
    push_files(run);
    store_queue_drain(run->pass.queue);
}

static gboolean is_passed_over(StorePlace place, StoreShape shape)
{
    return place == PLACE_FOLDER && shape != SHAPE_MAIL && shape != SHAPE_MBOX;
}

/* What the file holds, by its first octets from `start` on. FALSE with errno. */
static gboolean tell_shape(int fd, StorePlace place, gint64 start, StoreShape *shape)
{
    g_autoptr(GByteArray) head = g_byte_array_sized_new(HEAD);
    if (start < 0 || !store_read_until(fd, start, head, HEAD))
        return FALSE;
    *shape = place == PLACE_MAIL ? SHAPE_MAIL : store_shape_of(store_read_octets(head));
    return TRUE;
}

/* A regular file that may be an mbox of many windows. Owns the descriptor. */
static void meet_large(Run *run, const StoreWalkFile *walked, int fd)
{
    off_t start = lseek(fd, 0, SEEK_CUR);
    StoreShape shape;
    if (!tell_shape(fd, walked->place, start, &shape)) {
        meet_errno(run, walked->file.path, "cannot read");
        close(fd);
        return;
    }
    if (shape == SHAPE_MBOX) {
        push_files(run);
        store_mbox_read(&run->pass, &(StoreMbox){.file = walked->file,
                                                 .fd = fd,
                                                 .close = TRUE,
                                                 .start = (guint64)start,
                                                 .end = (guint64)start + walked->size});
        return;
    }
    if (!is_passed_over(walked->place, shape) && walked->size < STORE_MAIL_MAX) {
        store_files_add(files_with_room(run, walked->size), walked, fd);
        return;
    }
    close(fd);
    if (is_passed_over(walked->place, shape))
        store_files_add_other(files_with_room(run, 0), walked->file.path);
    else
        meet_trouble(walked->file.path, STORE_MAIL_FAULT, run);
}

static void meet_stream(Run *run, const StoreFile *file, int fd)
{
    push_files(run);
    store_stream_read(&run->pass, file, fd);
    close(fd);
}

static void meet_file(const StoreWalkFile *walked, gpointer data)
{
    Run *run = data;
    count_folder(run, walked->folder);
    if (walked->regular && (walked->size < LOOK_FIRST ||
                            (walked->place == PLACE_MAIL && walked->size < STORE_MAIL_MAX))) {
        store_files_add(files_with_room(run, walked->size), walked, -1);
        return;
    }
    int fd = store_read_open(&walked->file, walked->place == PLACE_NAMED);
    if (fd < 0)
        meet_errno(run, walked->file.path, "cannot open");
    else if (walked->regular)
        meet_large(run, walked, fd);
    else
        meet_stream(run, &walked->file, fd);
}

static StoreCounts run_end(Run *run)
{
    push_files(run);
    store_pass_end(&run->pass);
    return run->pass.counts;
}

StoreCounts store_run(char *const *paths, const StoreVisitor *visitor)
{
    Run run = {0};
    const StoreWalk walk = {.file = meet_file, .trouble = meet_trouble, .data = &run};
    store_pass_begin(&run.pass, visitor);
    for (; *paths != NULL; paths++)
        store_walk_path(*paths, &walk);
    return run_end(&run);
}

/* A file that is visited itself, and not its mails. */
typedef struct {
    StoreVisitFile visit;
    const StoreVisitor *visitor;
    StoreCounts counts;
} Visit;

static void tell_trouble(const char *path, const char *text, gpointer data)
{
    Visit *visit = data;
    visit->counts.troubles++;
    visit->visitor->trouble(path, text, visit->visitor->data);
}

static void tell_errno(Visit *visit, const char *path, const char *what)
{
    g_autofree char *text = g_strdup_printf("%s: %s", what, g_strerror(errno));
    tell_trouble(path, text, visit);
}

static void visit_opened(Visit *visit, const StoreWalkFile *walked, int fd)
{
    StoreFile file = walked->file;
    StoreShape shape;
    if (!tell_shape(fd, walked->place, 0, &shape)) {
        tell_errno(visit, file.path, "cannot read");
    } else if (walked->size == 0 || is_passed_over(walked->place, shape)) {
        visit->counts.others++;
    } else if (store_shape_fault(shape) != NULL) {
        tell_trouble(file.path, store_shape_fault(shape), visit);
    } else {
        if (shape == SHAPE_MBOX)
            file.kind = STORE_MBOX;
        visit->counts.files++;
        visit->visit(&file, fd, visit->visitor->data);
    }
}

static void visit_file(const StoreWalkFile *walked, gpointer data)
{
    Visit *visit = data;
    if (!walked->regular) {
        tell_trouble(walked->file.path, "is no regular file", visit);
        return;
    }
    int fd = store_read_open(&walked->file, walked->place == PLACE_NAMED);
    if (fd < 0) {
        tell_errno(visit, walked->file.path, "cannot open");
        return;
    }
    visit_opened(visit, walked, fd);
    close(fd);
}

StoreCounts store_walk(char *const *paths, StoreVisitFile visit_one, const StoreVisitor *visitor)
{
    Visit visit = {.visit = visit_one, .visitor = visitor};
    const StoreWalk walk = {.file = visit_file, .trouble = tell_trouble, .data = &visit};
    for (; *paths != NULL; paths++)
        store_walk_path(*paths, &walk);
    return visit.counts;
}

StoreCounts store_run_file(const StoreFile *file, int fd, const StoreVisitor *visitor)
{
    Run run = {0};
    struct stat status;
    store_pass_begin(&run.pass, visitor);
    off_t start = lseek(fd, 0, SEEK_CUR);
    if (file->kind != STORE_MBOX)
        store_stream_read(&run.pass, file, fd);
    else if (start < 0 || fstat(fd, &status) != 0)
        meet_errno(&run, file->path, "cannot read");
    else
        store_mbox_read(&run.pass, &(StoreMbox){.file = *file,
                                                .fd = fd,
                                                .start = (guint64)start,
                                                .end = (guint64)MAX(status.st_size, start)});
    return run_end(&run);
}

static void add_size(const StoreWalkFile *walked, gpointer data)
{
    *(guint64 *)data += walked->size;
}

static void pass_trouble(G_GNUC_UNUSED const char *path, G_GNUC_UNUSED const char *text,
                         G_GNUC_UNUSED gpointer data)
{
}

guint64 store_measure(char *const *paths, const gint *stop)
{
    guint64 octets = 0;
    const StoreWalk walk = {
        .file = add_size, .trouble = pass_trouble, .data = &octets, .stop = stop};
    for (; *paths != NULL; paths++)
        store_walk_path(*paths, &walk);
    return octets;
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
