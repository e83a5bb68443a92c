/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mail_shape: files that are named in place of one message, and hold something else.
 *
 * A mailbox of several messages, a calendar or a winmail.dat without the mail around it: read as
 * one message they would seem to have no defect, since almost nothing of them is looked at. Nothing
 * is parsed here, so a message is never taken for one of these because it is broken.
 */
#ifndef CALMEND_MAIL_SHAPE_H
#define CALMEND_MAIL_SHAPE_H

#include "common/mail/octets.h"

/* What `octets` are when they are no single message, and what to do, as the end of a sentence that
 * begins with the name of the file; NULL when they may be a message. Static. */
const char *mail_shape_fault(Octets octets);

#endif
