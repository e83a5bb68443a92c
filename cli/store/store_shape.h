/* SPDX-License-Identifier: BSD-2-Clause
 *
 * store_shape: what a file holds, by its first octets.
 *
 * A calendar or a winmail.dat without the mail around it, read as a mail, would seem to have no
 * defect, since almost nothing of it is looked at. Nothing is parsed here, so a message that was
 * named is never taken for one of these because it is broken.
 */
#ifndef CALMEND_STORE_SHAPE_H
#define CALMEND_STORE_SHAPE_H

#include "common/mail/octets.h"

typedef enum {
    SHAPE_MAIL,     /* begins with a header field that mails have */
    SHAPE_MBOX,     /* with a From_ line */
    SHAPE_CALENDAR, /* without a mail around it */
    SHAPE_WINMAIL,  /* the same */
    SHAPE_OTHER,    /* anything else, and nothing */
} StoreShape;

StoreShape store_shape_of(Octets octets);

/* Why a file of that shape is no mail, and what to do, as the end of a sentence that begins with
 * its name; NULL when it may be one. Static. */
const char *store_shape_fault(StoreShape shape);

#endif
