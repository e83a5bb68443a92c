/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_mbox: where the mails of an mbox stand, in any octets.
 *
 * Mails follow each other and are inside. They are the same when the octets come piece by piece,
 * and from every place in the mbox the next separator is the one that the whole has there: so a
 * window of it tells what the whole tells. The first choice is the size of the pieces.
 */
#include "cli/store/mbox.h"
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

#include <string.h>

#define SEPARATOR "From "
#define PIECE     64

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void require_mail(Octets octets, gsize from, const MboxMail *mail)
{
    fuzz_require(mail->separator == from && from < mail->start && mail->start <= mail->end &&
                     mail->end <= mail->next && mail->next <= octets.size,
                 "a mail stands behind its separator and before the next one");
    fuzz_require(octets_has_prefix(octets_slice(octets, from, octets.size), SEPARATOR),
                 "a separator begins with its word");
    fuzz_require(mail->next - mail->end <= strlen("\r\n"),
                 "a line end at most is between a mail and the next separator");
}

/* MboxMail, all of them. */
static GArray *read_whole(Octets octets)
{
    GArray *mails = g_array_new(FALSE, FALSE, sizeof(MboxMail));
    MboxMail mail = {0};
    gsize scanned = 0;
    while (mail.next < octets.size) {
        gsize from = mail.next;
        fuzz_require(mbox_next(octets, from, TRUE, &scanned, &mail), "the whole tells each mail");
        require_mail(octets, from, &mail);
        g_array_append_val(mails, mail);
    }
    return mails;
}

static void require_pieces(Octets octets, gsize piece, const GArray *mails)
{
    gsize known = 0;
    gsize scanned = 0;
    for (guint i = 0; i < mails->len; i++) {
        const MboxMail *wanted = &g_array_index(mails, MboxMail, i);
        MboxMail mail;
        while (!mbox_next(octets_slice(octets, 0, known), wanted->separator, known == octets.size,
                          &scanned, &mail)) {
            fuzz_require(known < octets.size, "with all octets there a mail is told");
            fuzz_require(scanned <= known, "no more is searched than is there");
            known = MIN(known + piece, octets.size);
        }
        fuzz_require(memcmp(&mail, wanted, sizeof mail) == 0, "pieces hold the same mails");
    }
}

/* As a window does that begins at `at`. */
static void require_window(Octets octets, gsize at, gsize wanted)
{
    gsize start = at - MIN(at, MBOX_LOOK_BACK);
    gsize scanned = at - start - MIN(at, 1);
    gsize separator;
    Octets window = octets_slice(octets, start, octets.size);
    fuzz_require(mbox_find(window, TRUE, &scanned, &separator), "the whole tells a separator");
    fuzz_require(start + separator == wanted, "a window finds what the whole has there");
}

static void require_windows(Octets octets, const GArray *mails)
{
    for (guint i = 0; i < mails->len; i++) {
        const MboxMail *mail = &g_array_index(mails, MboxMail, i);
        for (gsize at = mail->separator + 1; at <= mail->next && at < octets.size; at++)
            require_window(octets, at, mail->next);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets octets = fuzz_input(data, size);
    gsize piece = 1 + fuzz_choose(&octets, PIECE);
    if (!mbox_begins(octets))
        return 0;
    g_autoptr(GArray) mails = read_whole(octets);
    require_pieces(octets, piece, mails);
    require_windows(octets, mails);
    return 0;
}
