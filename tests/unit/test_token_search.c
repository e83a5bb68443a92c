/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_token_search: it may find too much, never too little, however the message is cut.
 *
 * Each text is searched whole, cut in two at every octet, and octet by octet. What "too little"
 * means is parts_find's to say: over the mails of tests/data, over those of the corpus where it is
 * (CALMEND_CORPUS, else ../shared/corpus beside the source tree), and over heads made from odd
 * pieces with a fixed seed.
 */
#include "common/mail/parts.h"
#include "common/mail/token_search.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *text;
    gboolean found;
} SearchCase;

static const SearchCase searches[] = {
    {"calendar", "Content-Type: text/calendar\r\n", TRUE},
    {"ics", "Content-Type: application/ics\r\n", TRUE},
    {"tnef", "Content-Type: application/ms-tnef\r\n", TRUE},
    {"winmail", "Content-Disposition: attachment; filename=winmail.dat\r\n", TRUE},
    {"case", "cONTENT-tYPE: TEXT/CALENDAR\n", TRUE},
    {"no-line-end", "Content-Type: text/calendar", TRUE},
    {"in-body", "A: 1\r\n\r\n--b\r\nContent-Type: text/calendar\r\n", TRUE},
    {"blank-lines-before", "\n\r\n\nContent-Type: text/calendar\n", TRUE},
    {"fold-before", "Content-Type:\r\n text/calendar\r\n", TRUE},
    {"fold-inside", "Content-Type: text/\r\n\tcalendar\r\n", TRUE},
    {"fold-cuts-word", "Content-Disposition: x; filename=\"win\r\n mail.dat\"\r\n", TRUE},
    {"many-folds", "Content-Type: a;\n b=c;\n\td=e;\r\n  name=a.ics\n", TRUE},
    {"fold-of-blanks", "Content-Type: text/\r\n \r\n calendar\r\n", TRUE},
    {"continued-parameter", "Content-Type: a/b; name*0=winm; name*1=ail.dat\n", TRUE},
    {"extended-parameter", "Content-Type: a/b; filename*=utf-8''%77inmail.dat\n", TRUE},
    {"quoted-pair", "Content-Disposition: x; filename=\"w\\inmail.dat\"\n", TRUE},
    {"encoded-word", "Content-Type: a/b; name=\"=?utf-8?b?d2lubWFpbC5kYXQ=?=\"\n", TRUE},
    {"second-field", "Content-Type: a/b\nContent-Disposition: x; filename=a.ics\n", TRUE},
    {"other-content-field", "Content-Description: a calendar\n", TRUE},
    {"empty", "", FALSE},
    {"plain", "Content-Type: text/plain\r\n\r\ncalendar ics tnef winmail =?\r\n", FALSE},
    {"in-value", "Subject: Content-Type: text/calendar\r\n", FALSE},
    {"no-prefix", "Conten-Type: text/calendar\nContentType: text/calendar\n", FALSE},
    {"prefix-cut", "Content\n-Type: text/calendar\n", FALSE},
    {"prefix-indented", " Content-Type: text/calendar\n", FALSE},
    {"after-bare-cr", "A: 1\rContent-Type: text/calendar\n", FALSE},
    {"next-line-no-fold", "Content-Type: text/\r\ncalendar\r\n", FALSE},
    {"across-fields", "Content-Id: calen\nContent-Md5: dar\n", FALSE},
    {"across-field-names", "Content-calen\nContent-dar\n", FALSE},
    {"across-blank-line", "Content-Type: text/calen\r\n\r\n dar\r\n", FALSE},
    {"word-cut", "Content-Type: text/calenda\n", FALSE},
    {"word-parted", "Content-Type: text/calen-dar\n", FALSE},
    {"prefix-only", "Content-", FALSE},
};

static gboolean search_cut(Octets text, gsize cut)
{
    TokenSearch search = {.state = TOKEN_LINE_START};
    gboolean first = token_search_feed(&search, octets_slice(text, 0, cut));
    gboolean found = token_search_feed(&search, octets_slice(text, cut, text.size));
    g_assert_true(found || !first);
    return found;
}

static gboolean search_octets(Octets text)
{
    TokenSearch search = {.state = TOKEN_LINE_START};
    for (gsize i = 0; i < text.size; i++)
        token_search_feed(&search, octets_slice(text, i, i + 1));
    return token_search_feed(&search, (Octets){NULL, 0});
}

static void test_search(gconstpointer data)
{
    const SearchCase *row = data;
    Octets text = octets_of(row->text);
    gsize right = 0;
    for (gsize cut = 0; cut <= text.size; cut++)
        right += search_cut(text, cut) == row->found ? 1 : 0;
    g_assert_cmpuint(right, ==, text.size + 1);
    g_assert_cmpint(search_octets(text), ==, row->found);
}

/* Once found, nothing that follows is of interest. */
static void test_found_stays(void)
{
    TokenSearch search = {.state = TOKEN_LINE_START};
    g_assert_true(token_search_feed(&search, octets_of("Content-Type: text/calendar")));
    g_assert_true(token_search_feed(&search, octets_of("\r\n\r\nplain")));
    g_assert_true(token_search_feed(&search, (Octets){NULL, 0}));
}

static void test_nul(void)
{
    static const char text[] = "\0\nA\0B\nContent-Type: \0text/calendar\n";
    Octets octets = {text, sizeof text - 1};
    for (gsize cut = 0; cut <= octets.size; cut++)
        g_assert_true(search_cut(octets, cut));
}

typedef struct {
    const char *name;
    const char *value; /* NULL: no such field */
    gboolean matters;
} TypeCase;

static const TypeCase types[] = {
    {"none", NULL, FALSE},
    {"empty", "", FALSE},
    {"plain", "text/plain; charset=utf-8", FALSE},
    {"html", " text/html", FALSE},
    {"multipart", "multipart/mixed; boundary=b", TRUE},
    {"multipart-case", " MultiPart/Signed", TRUE},
    {"message", "message/rfc822", TRUE},
    {"calendar", "text/calendar; method=REPLY", TRUE},
    {"calendar-folded", "text/\n calendar", TRUE},
    {"ics", "APPLICATION/ICS", TRUE},
    {"tnef", "application/ms-tnef", TRUE},
    {"pkcs7", "application/pkcs7-mime; name=smime.p7m", FALSE},
    {"name", "application/octet-stream; name=winmail.dat", TRUE},
    {"name-encoded", "application/octet-stream; name*=utf-8''winm%61il.dat", TRUE},
    {"disposition", "attachment; filename=\"invite.ics\"", TRUE},
    {"disposition-other", "attachment; filename=\"a.pdf\"", FALSE},
};

static void test_type(gconstpointer data)
{
    const TypeCase *row = data;
    g_assert_cmpint(token_search_type_matters(row->value), ==, row->matters);
}

/* ---- never too little ---- */

static gboolean field_matters(const Message *message, const char *name)
{
    const HeaderField *field = message_find_field(message, name);
    if (field == NULL)
        return FALSE;
    g_autofree char *value = message_field_text(message, field);
    return token_search_type_matters(value);
}

/* TRUE when the mail has a calendar or TNEF part; then the search must find a token, and the fields
 * at the top must not rule it out. */
static gboolean check_mail(Octets octets, const char *name)
{
    static const PartsLimits limits = {.count = 100000, .depth = 1000};
    g_auto(Message) message;
    message_init(&message, octets);
    g_autoptr(GArray) parts = parts_new();
    parts_find(&message, &limits, parts);
    TokenSearch search = {.state = TOKEN_LINE_START};
    if (parts->len > 0 && !token_search_feed(&search, octets)) {
        g_test_message("has a part and no token: %s", name);
        g_test_fail();
    }
    if (parts->len > 0 && !field_matters(&message, "Content-Type") &&
        !field_matters(&message, "Content-Disposition")) {
        g_test_message("has a part and its head rules it out: %s", name);
        g_test_fail();
    }
    return parts->len > 0;
}

/* How many mails of the folder have such a part. */
static guint check_folder(const char *folder)
{
    guint count = 0;
    const char *name;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *data = NULL;
        gsize size;
        if (!g_str_has_suffix(name, ".ics") && g_file_get_contents(path, &data, &size, NULL) &&
            check_mail((Octets){data, size}, name))
            count++;
    }
    return count;
}

static void test_golden_mails(void)
{
    g_autofree char *folder = g_test_build_filename(G_TEST_DIST, "data", "golden", NULL);
    guint count = check_folder(folder);
    g_test_message("%u mails with a calendar part", count);
    g_assert_cmpuint(count, >, 0);
}

static void test_corpus(void)
{
    const char *named = g_getenv("CALMEND_CORPUS");
    g_autofree char *beside =
        g_build_filename(g_test_get_dir(G_TEST_DIST), "..", "..", "shared", "corpus", NULL);
    const char *folder = named != NULL && *named != '\0' ? named : beside;
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        g_test_skip("no corpus folder");
        return;
    }
    guint count = check_folder(folder);
    g_test_message("%u mails with a calendar or TNEF part", count);
    g_assert_cmpuint(count, >, 0);
}

static const char *const heads[] = {
    "Content-Type: text/calendar; charset=utf-8\r\n",
    "Content-Type: application/ics\r\n",
    "Content-Type: application/ms-tnef\r\n",
    "Content-Disposition: attachment; filename=\"winmail.dat\"\r\n",
    "Content-Type: application/x; name=winmail.dat\r\n",
    "Content-Type: application/x; name*=utf-8''winmail.dat\r\n",
    "Content-Type: application/x; name*0=winm; name*1=ail.dat\r\n",
    "Content-Type: application/x; name=\"=?utf-8?q?winmail.dat?=\"\r\n",
};

static const char *const odd_pieces[] = {
    "\r\n", "\r\n ", "\n\t", " ",   "\r", "(c)", "\\", "\"",  "=?",   "?=",
    ";",    ":",     "*",    "=",   "/",  ".",   "%",  "'",   "0",    "-",
    "\x80", "\f",    "<",    "%69", ",",  "a",   "\v", "@\\", "\\\"", "(\\",
};

static void test_odd_heads(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(938650);
    guint count = 0;
    for (guint i = 0; i < 40000; i++) {
        const char *head = heads[g_rand_int_range(random, 0, G_N_ELEMENTS(heads))];
        g_autoptr(GString) mail = g_string_new(head);
        for (gint n = g_rand_int_range(random, 0, 3); n > 0; n--)
            g_string_insert(mail, g_rand_int_range(random, 0, (gint)mail->len),
                            odd_pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(odd_pieces))]);
        g_autofree char *name = g_strescape(mail->str, NULL);
        g_string_append(mail, "\r\nbody\r\n");
        count += check_mail((Octets){mail->str, mail->len}, name) ? 1 : 0;
    }
    g_test_message("%u heads make a part", count);
    g_assert_cmpuint(count, >, 1000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    parts_init();
    for (gsize i = 0; i < G_N_ELEMENTS(searches); i++) {
        g_autofree char *path = g_strconcat("/token-search/search/", searches[i].name, NULL);
        g_test_add_data_func(path, &searches[i], test_search);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *path = g_strconcat("/token-search/type/", types[i].name, NULL);
        g_test_add_data_func(path, &types[i], test_type);
    }
    g_test_add_func("/token-search/found-stays", test_found_stays);
    g_test_add_func("/token-search/nul", test_nul);
    g_test_add_func("/token-search/golden-mails", test_golden_mails);
    g_test_add_func("/token-search/corpus", test_corpus);
    g_test_add_func("/token-search/odd-heads", test_odd_heads);
    return g_test_run();
}
