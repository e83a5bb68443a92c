/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mend_mbox: see mend_mbox.h.
 */
#include "cli/mend/mend_mbox.h"

#include "cli/mend/file_octets.h"
#include "cli/mend/mbox_copy.h"
#include "cli/mend/mbox_lock.h"
#include "cli/store/mbox.h"

#include <string.h>
#include <unistd.h>

#define SEPARATOR "From "

/* An mbox in the making. */
typedef struct {
    const MendMboxJob *job;
    const MendPlace *place;
    MboxLock lock;
    struct stat status;
    MboxCopy copy;   /* fd -1: nothing changes so far */
    gint64 taken;    /* octets of the old mbox that the new one holds, mended */
    GError **error;  /* where the first trouble is told */
    gboolean failed; /* it was */
} Work;

/* How many lines of the octets begin with From and a blank. */
static guint count_separators(Octets octets)
{
    guint count = 0;
    for (gsize line = 0; line < octets.size; line = octets_next_line(octets, line)) {
        if (octets_has_prefix(octets_slice(octets, line, octets.size), SEPARATOR))
            count++;
    }
    return count;
}

static gboolean is_quoted(Octets line)
{
    gsize at = 0;
    while (at < line.size && line.data[at] == '>')
        at++;
    return at > 0 && octets_has_prefix(octets_slice(line, at, line.size), SEPARATOR);
}

static gboolean touches_quoted(Octets octets, const Edit *edit)
{
    gsize line = octets_line_start(octets, edit->offset);
    do {
        if (is_quoted(octets_slice(octets, line, octets.size)))
            return TRUE;
        line = octets_next_line(octets, line);
    } while (line < edit->offset + edit->length);
    return FALSE;
}

static gboolean holds_separator(Octets octets)
{
    gsize scanned = 0;
    gsize separator;
    mbox_find(octets, TRUE, &scanned, &separator);
    return separator < octets.size;
}

static gboolean ends_line(Octets octets)
{
    return octets.size > 0 && octets.data[octets.size - 1] == '\n';
}

static const char *fault_of(Octets mended, Octets octets)
{
    if (count_separators(mended) > count_separators(octets) || holds_separator(mended))
        return "a line of it would begin as a new mail does";
    if (ends_line(octets) && !ends_line(mended))
        return "the next mail would not begin behind a blank line";
    return NULL;
}

const char *mend_mbox_reason_to_leave(Octets octets, const GArray *edits)
{
    for (guint i = 0; i < edits->len; i++) {
        if (touches_quoted(octets, &g_array_index(edits, Edit, i)))
            return "the mbox has quoted a line of the calendar";
    }
    GString *mended = splice_to_string(octets, edits);
    const char *fault = fault_of((Octets){.data = mended->str, .size = mended->len}, octets);
    g_string_free(mended, TRUE);
    return fault;
}

static void fail(Work *work, const char *what)
{
    if (!work->failed && what != NULL)
        file_octets_fail(work->error, what);
    work->failed = TRUE;
}

/* Puts the old octets up to `end` into the copy. */
static void take_until(Work *work, gint64 end)
{
    if (end > work->taken &&
        !mbox_copy_append_from(&work->copy, work->lock.fd, work->taken, end - work->taken))
        fail(work, "cannot write the copy beside it");
    work->taken = end;
}

static void begin_copy(Work *work, gint64 start)
{
    if (!work->job->before(work->lock.fd, &work->status, work->job->data, work->error) ||
        !mbox_copy_begin(&work->copy, work->place, work->lock.fd, &work->status, start,
                         work->error))
        fail(work, NULL);
    work->taken = start;
}

static gboolean append_piece(Octets piece, gpointer copy)
{
    return mbox_copy_append(copy, piece);
}

static void mend_mail(Work *work, const StoredMail *mail, const GArray *edits)
{
    gint64 offset = (gint64)mail->offset;
    gsize first = g_array_index(edits, Edit, 0).offset;
    if (work->copy.fd < 0)
        begin_copy(work, offset + (gint64)first);
    if (work->failed)
        return;
    take_until(work, offset + (gint64)first);
    g_autoptr(GArray) shifted = g_array_sized_new(FALSE, FALSE, sizeof(Edit), edits->len);
    g_array_append_vals(shifted, edits->data, edits->len);
    for (guint i = 0; i < shifted->len; i++)
        g_array_index(shifted, Edit, i).offset -= first;
    Octets rest = octets_slice(mail->octets, first, mail->octets.size);
    if (!splice_apply(rest, shifted, append_piece, &work->copy))
        fail(work, "cannot write the copy beside it");
    work->taken = offset + (gint64)mail->octets.size;
}

static gpointer examine(const StoredMail *mail, gpointer data)
{
    const Work *work = data;
    return work->job->examine(mail, work->job->data);
}

static void take(const StoredMail *mail, gpointer result, gpointer data)
{
    Work *work = data;
    const GArray *edits = work->job->edits(result);
    const char *left = edits == NULL ? NULL : mend_mbox_reason_to_leave(mail->octets, edits);
    mbox_lock_refresh(&work->lock);
    if (edits != NULL && left == NULL && !work->failed)
        mend_mail(work, mail, edits);
    work->job->decided(mail, result, left, work->job->data);
}

static void show_progress(const StoreCounts *counts, gpointer data)
{
    const Work *work = data;
    if (work->job->progress != NULL)
        work->job->progress(counts, work->job->data);
}

static void tell_trouble(const char *path G_GNUC_UNUSED, const char *text, gpointer data)
{
    Work *work = data;
    if (!work->failed)
        file_octets_refuse(work->error, text);
    work->failed = TRUE;
}

/* Not all programs take locks. */
static void check_unchanged(Work *work)
{
    const struct stat *old = &work->status;
    struct stat now;
    if (fstat(work->lock.fd, &now) != 0)
        fail(work, "cannot read");
    else if (now.st_size != old->st_size || now.st_mtim.tv_sec != old->st_mtim.tv_sec ||
             now.st_mtim.tv_nsec != old->st_mtim.tv_nsec)
        tell_trouble(NULL, "was changed by a program that takes no lock; run it again", work);
}

static gboolean settle(Work *work)
{
    take_until(work, work->status.st_size);
    mbox_lock_refresh(&work->lock);
    check_unchanged(work);
    return !work->failed && mbox_copy_seal(&work->copy, work->place, work->error) &&
           mbox_copy_settle(&work->copy, work->place, work->lock.fd, work->error);
}

/* With the locks held. */
static gboolean mend(Work *work, const StoreFile *file)
{
    const StoreVisitor visitor = {.examine = examine,
                                  .take = take,
                                  .trouble = tell_trouble,
                                  .progress = show_progress,
                                  .data = work};
    if (!mbox_copy_finish(work->place, work->lock.fd, work->error))
        return FALSE;
    if (fstat(work->lock.fd, &work->status) != 0)
        return file_octets_fail(work->error, "cannot read");
    lseek(work->lock.fd, 0, SEEK_SET);
    store_run_file(file, work->lock.fd, &visitor);
    if (work->copy.fd >= 0 && !work->failed && !settle(work))
        work->failed = TRUE;
    mbox_copy_close(&work->copy, work->place);
    return !work->failed;
}

gboolean mend_mbox(const StoreFile *file, const MendPlace *place, const MendMboxJob *job,
                   GError **error)
{
    Work work = {.job = job, .place = place, .copy = {.fd = -1}, .error = error};
    if (!mbox_lock_take(&work.lock, place, &work.status, error))
        return FALSE;
    gboolean mended = mend(&work, file);
    mbox_lock_release(&work.lock);
    return mended;
}
