/* SPDX-License-Identifier: BSD-2-Clause
 *
 * choice: which policy holds for a message.
 *
 * Each recipient has the first section [policy NAME], in the order of the file, that is for the
 * message; [repair] where none is. Recipients share one body, so a message to recipients of several
 * policies has what all of these allow. A pure function of the settings and the envelope.
 */
#ifndef CALMEND_CHOICE_H
#define CALMEND_CHOICE_H

#include "common/settings.h"

/* What is known of where a message comes from and goes to; each may be NULL. Borrowed. */
typedef struct {
    const char *sender;          /* without angle brackets, but for <> */
    const GPtrArray *recipients; /* char *, without angle brackets */
    const char *client;          /* address as numbers */
    const char *daemon;          /* name of the MTA's daemon */
    const char *listener;        /* name of the milter's listener */
} Envelope;

typedef struct {
    GArray *sections;     /* guint, ascending: 0 [repair], n the nth section */
    const Policy *policy; /* what holds */
    Policy *both;         /* the same where it is of several, else NULL */
    char *names;          /* of the policies, for people; NULL: [repair] alone */
} Choice;

/* NULL when the settings have no section: [repair] holds then. Owned by the caller, choice_free.
 * The settings must outlive it. */
Choice *choice_new(const Settings *settings, const Envelope *envelope);

/* Takes NULL. */
void choice_free(Choice *choice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Choice, choice_free)

#endif
