/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_mail: a message from a file in the form in which an MTA passes it to a milter.
 *
 * Header fields one by one, their folds as LF, without CR and NUL; the body with every line ended
 * by CR LF, as it comes over SMTP. An mbox "From " line is left out.
 */
#ifndef CALMEND_MILTER_MAIL_H
#define CALMEND_MILTER_MAIL_H

#include "cli/milter/milter_client.h"
#include "common/mail/message.h"

/* The content of one message. Stands on its own: the message it was made from may go. */
typedef struct {
    GArray *headers; /* MilterHeader, into `text` */
    GString *text;
    GString *body;
} MilterContent;

/* Fills `content` from `message`. Cannot fail; milter_content_clear frees what it holds. */
void milter_content_init(MilterContent *content, const Message *message);
void milter_content_clear(MilterContent *content);

/* Points `mail` to the content, which must outlive it. The envelope stays as it is. */
void milter_content_put(const MilterContent *content, MilterMail *mail);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MilterContent, milter_content_clear)

#endif
