/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store: every mail that lies in files, mailboxes and folders, one after the other.
 *
 * What a PATH is, is told by what is there and not by its name: a folder with the folders cur and
 * new is a Maildir, whose mails lie in these two; a file that begins with a From_ line is an mbox;
 * any other folder is walked, files that do not begin as a mail does are passed over in it, and
 * files with a number as name are mails as MH keeps them. Maildir++ and other folders in folders
 * are found so by themselves. "-" is standard input, a mail or an mbox.
 *
 * In a folder names are in order, numbers by value, files before folders. A link in a folder is not
 * followed, and what is no regular file is passed over; a PATH itself may be a link, or a pipe.
 * A file is read through a buffer and not mapped, so one that shrinks meanwhile does no harm.
 *
 * store_run calls `examine` for many mails at once, on all processors, and `take` for each of them
 * afterwards in the order of the input, on the thread of the caller. Files behind that mail, and
 * the mbox around it, are being read meanwhile. Memory: under 64 MiB and twice the largest message,
 * beside what results hold until they are taken.
 *
 * Failure: what cannot be read is told and counted, and the rest is done.
 */
#ifndef CALMEND_STORE_H
#define CALMEND_STORE_H

#include "common/mail/octets.h"

/* How the names of files begin that a repair makes beside a mail or an mbox while it works: in a
 * folder they are passed over. */
#define STORE_WORKING_PREFIX ".calmend-"

typedef enum {
    STORE_FILE,    /* a file with one mail */
    STORE_MBOX,    /* a mail in an mbox */
    STORE_MAILDIR, /* a file in cur or new of a Maildir */
    STORE_MH,      /* a file with a number as name, in a folder that is no Maildir */
} StoreKind;

/* A regular file in the hands of the walker, or a PATH that may be read as one. */
typedef struct {
    const char *path; /* to tell people: PATH, and below it the names; "-" for standard input */
    int folder;       /* open descriptor of the folder where it lies, for openat and renameat;
                         AT_FDCWD where PATH itself is the file */
    const char *name; /* its name there */
    StoreKind kind;   /* STORE_MBOX or STORE_FILE once its first octets were looked at */
} StoreFile;

typedef struct {
    const StoreFile *file;
    guint64 number;   /* in an mbox counted from 1, else 0; not known yet, and 0, to `examine` */
    guint64 offset;   /* of the mail in the file, from where it was read on */
    Octets octets;    /* the mail as it is stored, without what is the mbox's: see mbox.h for its
                         end and for lines of >From */
    Octets from_line; /* mbox: the From_ line with its line ending, else empty */
} StoredMail;

typedef struct {
    guint64 mails;
    guint64 octets;   /* of them */
    guint64 read;     /* octets of all files that were read */
    guint64 files;    /* that hold mails */
    guint64 others;   /* files in folders that begin as no mail does */
    guint64 troubles; /* files and folders that could not be read */
} StoreCounts;

/* What is done with mails. `data` is the caller's. Everything that a StoredMail points to is there
 * until `take` of that mail returns. */
typedef struct {
    /* On any thread, several at once. What it gives is handed to `take`. */
    gpointer (*examine)(const StoredMail *mail, gpointer data);
    /* On the caller's thread, in the order of the input. Owns the result. */
    void (*take)(const StoredMail *mail, gpointer result, gpointer data);
    /* On the caller's thread, in order with `take`: a file or folder that could not be read. `text`
     * is the end of a sentence that begins with the path. */
    void (*trouble)(const char *path, const char *text, gpointer data);
    /* On the caller's thread, as the work goes on. NULL: nothing. */
    void (*progress)(const StoreCounts *counts, gpointer data);
    gpointer data;
} StoreVisitor;

/* Every mail in `paths`, which end in NULL. */
StoreCounts store_run(char *const *paths, const StoreVisitor *visitor);

/* Calls `visit` for every file in `paths` that would be read, its kind told, in order and on the
 * caller's thread, with an open descriptor that is closed afterwards; it may read there, and
 * rename and make files. `trouble` of the visitor is called as in store_run, the others are not.
 * The counts are without mails and their octets. */
typedef void (*StoreVisitFile)(const StoreFile *file, int fd, gpointer data);
StoreCounts store_walk(char *const *paths, StoreVisitFile visit, const StoreVisitor *visitor);

/* Every mail of one file, from the place where `fd` stands (an mbox: the start of a From_ line).
 * Path and kind are those of `file`. No copy of the descriptor is closed, so locks of fcntl(2) on
 * the file stay. */
StoreCounts store_run_file(const StoreFile *file, int fd, const StoreVisitor *visitor);

/* The octets of all files in `paths`, of which none is opened. Ends early once `*stop`, which is
 * atomic, is not 0. */
guint64 store_measure(char *const *paths, const gint *stop);

/* "file", "mbox", "maildir", "mh". */
const char *store_kind_word(StoreKind kind);

#endif
