/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_mbox: which mails stand in an mbox, read at once and octet by octet.
 */
#include "cli/store/mbox.h"

#include <string.h>

#define ADA "From ada@example.org Mon Jan  5 10:15:00 2026\n"
#define BOB "From bob@example.org Tue Jan  6 11:15:00 2026\n"

typedef struct {
    const char *name;
    const char *octets;
    const char *mails; /* each with | behind it; NULL: it is no mbox */
} MboxCase;

static const MboxCase cases[] = {
    {"one", ADA "Subject: a\n\nText\n", "Subject: a\n\nText\n|"},
    {"blank-line-at-the-end", ADA "Subject: a\n\nText\n\n", "Subject: a\n\nText\n|"},
    {"two", ADA "Subject: a\n\nText\n\n" BOB "Subject: b\n\nMore\n\n",
     "Subject: a\n\nText\n|Subject: b\n\nMore\n|"},
    {"carriage-returns",
     "From a Mon Jan  5 10:15:00 2026\r\nA: a\r\n\r\nText\r\n\r\n"
     "From b Tue Jan  6 11:15:00 2026\r\nB: b\r\n\r\nMore\r\n\r\n",
     "A: a\r\n\r\nText\r\n|B: b\r\n\r\nMore\r\n|"},
    {"mboxo", ADA "A: a\n\n>From here\n\n" BOB "B: b\n\nMore\n",
     "A: a\n\n>From here\n|B: b\n\nMore\n|"},
    {"mboxrd", ADA "A: a\n\n>>From here\n\n" BOB "B: b\n\n", "A: a\n\n>>From here\n|B: b\n|"},
    {"quoted-separator-in-front", ADA ">From x\n>From y\nA: a\n\nText\n", "A: a\n\nText\n|"},
    {"no-blank-line", ADA "A: a\n\nText\n" BOB "B: b\n\n", "A: a\n\nText\n|B: b\n|"},
    {"no-blank-line-nor-field", ADA "A: a\n\nText\n" BOB "More\n", "A: a\n\nText\n" BOB "More\n|"},
    {"no-date", "From \nA: a\n\nText\n\nFrom x\nB: b\n\n", "A: a\n\nText\n|B: b\n|"},
    {"hyphen", "From -\nA: a\n\nText\nFrom - \nB: b\n\n", "A: a\n\nText\n|B: b\n|"},
    {"date-of-a-field", ADA "A: a\n\n\nFrom b Tue, 6 Jan 2026 11:15:00 +0100\nB: b\n\n",
     "A: a\n\n|B: b\n|"},
    {"text-of-a-part", ADA "A: a\n\n--x\n\nFrom Monday on\nwe meet\n\nFrom there on\n--x--\n",
     "A: a\n\n--x\n\nFrom Monday on\nwe meet\n\nFrom there on\n--x--\n|"},
    {"text-before-a-field", ADA "A: a\n\nText\nFrom Monday on\nB: b\n",
     "A: a\n\nText\nFrom Monday on\nB: b\n|"},
    {"without-field", ADA "\nText\n\n" BOB "\nMore\n", "\nText\n|\nMore\n|"},
    {"empty-mails", ADA "\n" BOB "\n", "||"},
    {"cut-in-separator", ADA "A: a\n\nText\n\nFrom bob@example.org Tue J",
     "A: a\n\nText\n\nFrom bob@example.org Tue J|"},
    {"cut-behind-separator", ADA "A: a\n\nText\n\n" BOB, "A: a\n\nText\n||"},
    {"cut-in-line", ADA "A: a\n\nText", "A: a\n\nText|"},
    {"only-separator", "From ada@example.org Mon Jan  5 10:15:00 2026", "|"},
    {"content-length", ADA "Content-Length: 99\n\nText\n\n" BOB "B: b\n\n",
     "Content-Length: 99\n\nText\n|B: b\n|"},
    {"lower-case", ADA "A: a\n\n\nfrom b Tue Jan  6 11:15:00 2026\nB: b\n\n",
     "A: a\n\n\nfrom b Tue Jan  6 11:15:00 2026\nB: b\n|"},
    {"empty", "", NULL},
    {"mail", "A: a\n\nText\n", NULL},
    {"text", "From Monday on\nwe meet\n", NULL},
    {"field", "From: ada@example.org\n\n", NULL},
    {"blank-line-in-front", "\n" ADA "A: a\n\n", NULL},
};

static Octets of_case(const MboxCase *row)
{
    return octets_of(row->octets);
}

static void append_mail(GString *mails, Octets octets, const MboxMail *mail)
{
    g_assert_true(octets_has_prefix(octets_slice(octets, mail->separator, octets.size), "From "));
    g_string_append_len(mails, octets.data + mail->start, (gssize)(mail->end - mail->start));
    g_string_append_c(mails, '|');
}

/* The mails, with each `step` octets of the file more at hand until the next is told. */
static char *split(Octets octets, gsize step)
{
    GString *mails = g_string_new(NULL);
    MboxMail mail;
    gsize scanned = 0;
    gsize known = MIN(step, octets.size);
    for (gsize at = 0; at < octets.size;) {
        if (mbox_next(octets_slice(octets, 0, known), at, known == octets.size, &scanned, &mail)) {
            append_mail(mails, octets, &mail);
            at = mail.next;
            continue;
        }
        g_assert_cmpuint(known, <, octets.size);
        g_assert_cmpuint(scanned, <=, known);
        known = MIN(known + step, octets.size);
    }
    return g_string_free(mails, FALSE);
}

static void test_split(gconstpointer data)
{
    const MboxCase *row = data;
    Octets octets = of_case(row);
    g_assert_cmpint(mbox_begins(octets), ==, row->mails != NULL);
    for (gsize step = octets.size; row->mails != NULL && step > 0; step--) {
        g_autofree char *mails = split(octets, step);
        g_assert_cmpstr(mails, ==, row->mails);
    }
}

static void test_nul(void)
{
    static const char octets[] = ADA "A: \0\n\n\0\nFrom \0\n\n" BOB "B: b\0\n";
    const Octets whole = {octets, sizeof octets - 1};
    MboxMail mail;
    gsize scanned = 0;
    g_assert_true(mbox_next(whole, 0, TRUE, &scanned, &mail));
    g_assert_cmpuint(mail.end - mail.start, ==, sizeof "A: \0\n\n\0\nFrom \0\n" - 1);
    g_assert_true(mbox_next(whole, mail.next, TRUE, &scanned, &mail));
    g_assert_cmpuint(mail.end - mail.start, ==, sizeof "B: b\0\n" - 1);
    g_assert_cmpuint(mail.next, ==, whole.size);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/mbox/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_split);
    }
    g_test_add_func("/mbox/nul", test_nul);
    return g_test_run();
}
