/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/keep.h"

#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OCTETS_PER_MEGABYTE ((gsize)1024 * 1024)
#define SECONDS_PER_DAY     (24 * 60 * 60)
#define LONGEST_QUEUE_ID    64

struct Keep {
    int owners; /* atomic */
    char *path;
    pthread_mutex_t mutex; /* of all that follows */
    guint most;
    gsize most_octets;
    guint days;
    int folder;    /* -1: it is not open */
    GQueue *mails; /* Kept, the oldest first; NULL: it is not open */
    gsize octets;  /* of them */
    guint number;  /* of the next one */
};

/* ---- the account ---- */

static void day_of(gint64 seconds, char day[KEEP_DAY_SIZE])
{
    time_t when = (time_t)seconds;
    struct tm parts;
    gmtime_r(&when, &parts);
    strftime(day, KEEP_DAY_SIZE, "%Y-%m-%d", &parts);
}

static gint64 now_seconds(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

/* Takes an original out of the account; its file stays. */
static Kept *take_out(Keep *keep, GList *link)
{
    Kept *kept = link->data;
    g_queue_delete_link(keep->mails, link);
    keep->octets -= kept->size;
    return kept;
}

static gboolean is_last_of_day(const Keep *keep, const char *day)
{
    const Kept *oldest = g_queue_peek_head(keep->mails);
    char today[KEEP_DAY_SIZE];
    day_of(now_seconds(), today);
    return strcmp(day, today) != 0 && (oldest == NULL || strcmp(oldest->day, day) != 0);
}

static void remove_one(Keep *keep, GList *link)
{
    Kept *kept = take_out(keep, link);
    keep_folder_remove(keep->folder, kept);
    if (is_last_of_day(keep, kept->day))
        keep_folder_remove_day(keep->folder, kept->day);
    kept_free(kept);
}

/* The oldest one whose file is there; NULL when there is none. */
static GList *find_oldest(const Keep *keep)
{
    GList *link = keep->mails->head;
    while (link != NULL && ((const Kept *)link->data)->writing)
        link = link->next;
    return link;
}

static gboolean is_over(const Keep *keep)
{
    return g_queue_get_length(keep->mails) > keep->most || keep->octets > keep->most_octets;
}

static void hold_bounds(Keep *keep)
{
    char first_day[KEEP_DAY_SIZE];
    day_of(now_seconds() - (gint64)keep->days * SECONDS_PER_DAY, first_day);
    for (GList *link = find_oldest(keep); link != NULL; link = find_oldest(keep)) {
        const Kept *oldest = link->data;
        if (!is_over(keep) && strcmp(oldest->day, first_day) >= 0)
            return;
        remove_one(keep, link);
    }
}

static gboolean open_folder(Keep *keep, GError **error)
{
    if (keep->folder >= 0)
        return TRUE;
    keep->folder = keep_folder_open(keep->path, error);
    if (keep->folder < 0) {
        g_prefix_error(error, "%s: ", keep->path);
        return FALSE;
    }
    keep->mails = keep_folder_list(keep->folder);
    for (GList *link = keep->mails->head; link != NULL; link = link->next)
        keep->octets += ((const Kept *)link->data)->size;
    return TRUE;
}

/* ---- one original ---- */

static void append_queue_id(GString *name, const char *queue_id)
{
    if (queue_id == NULL)
        return;
    g_string_append(name, ",Q=");
    for (gsize i = 0; queue_id[i] != '\0' && i < LONGEST_QUEUE_ID; i++)
        g_string_append_c(name, g_ascii_isalnum(queue_id[i]) ? queue_id[i] : '_');
}

/* Names of files sort by the time at which they were made. */
static Kept *new_mail(Keep *keep, const char *queue_id, gsize size)
{
    gint64 now = g_get_real_time();
    Kept *kept = g_new0(Kept, 1);
    GString *name = g_string_new(NULL);
    g_string_printf(name, "%" G_GINT64_FORMAT ".M%06dP%dN%u", now / G_USEC_PER_SEC,
                    (int)(now % G_USEC_PER_SEC), (int)getpid(), keep->number++);
    append_queue_id(name, queue_id);
    kept->name = g_string_free(name, FALSE);
    day_of(now / G_USEC_PER_SEC, kept->day);
    kept->size = size;
    kept->writing = TRUE;
    return kept;
}

/* An original that is to be written, in the account already. */
static Kept *reserve(Keep *keep, const char *queue_id, gsize size, GError **error)
{
    if (size > keep->most_octets) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                            "the message is larger than keep-megabytes");
        return NULL;
    }
    if (!open_folder(keep, error))
        return NULL;
    Kept *kept = new_mail(keep, queue_id, size);
    g_queue_push_tail(keep->mails, kept);
    keep->octets += size;
    hold_bounds(keep);
    return kept;
}

char *keep_store(Keep *keep, const char *queue_id, gsize size, KeepWriter write, gpointer message,
                 GError **error)
{
    pthread_mutex_lock(&keep->mutex);
    Kept *kept = reserve(keep, queue_id, size, error);
    pthread_mutex_unlock(&keep->mutex);
    if (kept == NULL)
        return NULL;
    gboolean written = keep_folder_write(keep->folder, kept, write, message, error);
    char *name = written ? g_strdup(kept->name) : NULL;

    pthread_mutex_lock(&keep->mutex);
    kept->writing = FALSE;
    if (written)
        hold_bounds(keep);
    else
        kept_free(take_out(keep, g_queue_find(keep->mails, kept)));
    pthread_mutex_unlock(&keep->mutex);
    return name;
}

void keep_withdraw(Keep *keep, const char *name)
{
    pthread_mutex_lock(&keep->mutex);
    GList *link = keep->mails->tail;
    while (link != NULL && strcmp(((const Kept *)link->data)->name, name) != 0)
        link = link->prev;
    if (link != NULL)
        remove_one(keep, link);
    pthread_mutex_unlock(&keep->mutex);
}

void keep_tick(Keep *keep)
{
    if (keep == NULL)
        return;
    pthread_mutex_lock(&keep->mutex);
    if (keep->folder >= 0)
        hold_bounds(keep);
    pthread_mutex_unlock(&keep->mutex);
}

/* ---- its life ---- */

static Keep *keep_new(const char *path)
{
    Keep *keep = g_new0(Keep, 1);
    keep->owners = 1;
    keep->path = g_strdup(path);
    keep->folder = -1;
    pthread_mutex_init(&keep->mutex, NULL);
    return keep;
}

/* Whether another folder has its name by now. */
static gboolean is_replaced(Keep *keep)
{
    pthread_mutex_lock(&keep->mutex);
    gboolean replaced = keep->folder >= 0 && !keep_folder_is(keep->folder, keep->path);
    pthread_mutex_unlock(&keep->mutex);
    return replaced;
}

Keep *keep_follow(Keep *former, const Settings *settings)
{
    if (settings->keep == NULL)
        return NULL;
    Keep *keep = former;
    if (former == NULL || strcmp(former->path, settings->keep) != 0 || is_replaced(former))
        keep = keep_new(settings->keep);
    else
        g_atomic_int_inc(&keep->owners);
    pthread_mutex_lock(&keep->mutex);
    keep->most = settings->keep_messages;
    keep->most_octets = settings->keep_megabytes * OCTETS_PER_MEGABYTE;
    keep->days = settings->keep_days;
    pthread_mutex_unlock(&keep->mutex);
    return keep;
}

gboolean keep_open(Keep *keep, GError **error)
{
    pthread_mutex_lock(&keep->mutex);
    gboolean opened = open_folder(keep, error);
    if (opened)
        hold_bounds(keep);
    pthread_mutex_unlock(&keep->mutex);
    return opened;
}

static void free_mail(gpointer kept)
{
    kept_free(kept);
}

void keep_free(Keep *keep)
{
    if (keep == NULL || !g_atomic_int_dec_and_test(&keep->owners))
        return;
    if (keep->folder >= 0)
        close(keep->folder);
    if (keep->mails != NULL)
        g_queue_free_full(keep->mails, free_mail);
    pthread_mutex_destroy(&keep->mutex);
    g_free(keep->path);
    g_free(keep);
}
