/* SPDX-License-Identifier: BSD-2-Clause
 *
 * mail_shape: see mail_shape.h.
 */
#include "cli/mail_shape.h"

#include "cli/store/mbox.h"
#include "cli/store/store_shape.h"

static gboolean has_second_mail(Octets octets)
{
    MboxMail mail;
    gsize scanned = 0;
    return mbox_next(octets, 0, TRUE, &scanned, &mail) && mail.next < octets.size;
}

const char *mail_shape_fault(Octets octets)
{
    StoreShape shape = store_shape_of(octets);
    if (shape == SHAPE_MBOX && has_second_mail(octets))
        return "is a mailbox of more than one message; make a file of each, as \"git mailsplit\" "
               "and \"formail -s\" do";
    return store_shape_fault(shape);
}
