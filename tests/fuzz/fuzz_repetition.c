/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_repetition: mails that are a few octets and many times the same, up to a megabyte.
 *
 * The input is no mail but the making of one: how large it may be, which step fills it up to there,
 * the policy and the clock, and steps of two choices, a piece and how often it stands. A piece is
 * one of the table or some of the input's own octets; in it # becomes the number of the repetition.
 * Growth in time or memory runs into the fuzzer's bounds for these; the plan and a second pass keep
 * their promises besides. More of the same reaches no new code, so that the fuzzer alone would
 * hardly try it: every other mutation chooses the size and the step anew, and nothing else. Where
 * CALMEND_FUZZ_MAIL names a file, the mail is written there.
 */
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

#include <string.h>

#define REPETITIONS 10 /* powers of two that a step may choose from */
#define OWN_OCTETS  64
#define ANY_OCTET   256
#define PLACEHOLDER '#'

#define TYPE  "Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n"
#define STAMP "DTSTAMP:20260101T000000Z\r\n"

/* New pieces go to the end: seeds name them by their number. */
static const char *const pieces[] = {
    /* The frame of a mail. */
    "Date: Tue, 06 Jan 2026 00:00:00 +0000\r\nMIME-Version: 1.0\r\n",
    TYPE "\r\n",
    "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n",
    "BEGIN:VEVENT\r\n" STAMP,
    "END:VEVENT\r\n",
    "END:VCALENDAR\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
    "--b\r\n",
    "--b--\r\n",
    "\r\n",
    /* Trees. */
    "Content-Type: multipart/mixed; boundary=b#\r\n\r\n--b#\r\n",
    "Content-Type: multipart/digest; boundary=c\r\n\r\n",
    "--c\r\n\r\n",
    "--b#--\r\n",
    "Content-Type: message/rfc822\r\n\r\n",
    "Content-Type: message/news\r\n\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "Content-Type: application/ms-tnef\r\n",
    /* Fields and what fills them. */
    "To: ",
    "a:",
    "a:\r\n",
    "Content-Type: text/calendar",
    ";a=b",
    "; a#=b",
    "; name*#*=%41",
    "Content-Disposition: attachment; filename=\"",
    "=?utf-8?q?a?= ",
    "=?iso-2022-cn-ext?q?b?= ",
    "(",
    "\\\"",
    "\"\r\n",
    "\r\n ",
    "Date: Mon, 01 Jan 1601 00:00:00 +0000\r\n",
    "Reply-By: Mon, 01 Jan 1601 00:00:00 +0000\r\n",
    /* Content lines and what fills them. */
    "CREATED",
    "SUMMARY:x",
    ";X-#=\"a\"",
    ";X-MS-OLK-RESPTIME=16010101T000000Z",
    ":16010101T000000Z\r\n",
    ",16010101T000000Z",
    "CREATED:16010101T000000Z\r\n",
    "DTSTAMP:16010101T000000Z\r\n",
    "RRULE:FREQ=DAILY\r\n",
    "RRULE:FREQ=YEARLY;BYDAY=1MO",
    ",1MO",
    "BEGIN:VALARM\r\n",
    "TRIGGER:-PT5M\r\n",
    "END:VALARM\r\n",
    "BEGIN:VTIMEZONE\r\nTZID:z#\r\nEND:VTIMEZONE\r\n",
    "DTSTART;TZID=z#:20260301T100000\r\n",
    "ATTENDEE;CN=a#:a#@example.org\r\n",
    "ATTENDEE:mailto:a@example.org\r\n",
    "BEGIN:VEVENT\r\nUID:u#\r\n" STAMP "END:VEVENT\r\n",
    "xx\xc3\r\n \xa4",
    "x",
    "=\r\n",
    "=0D=0A=\r\n",
    "\r\r\n",
    "\r",
};

static const gsize sizes[] = {64 * 1024, 256 * 1024, 1024 * 1024};

/* Where the input begins: an octet for the size, one for the step that fills the mail. */
enum { INPUT_SIZE, INPUT_FILLER, INPUT_REST };

/* libFuzzer's own mutation; a replay has none. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed)
{
    if (size < INPUT_REST || seed % 2 == 0)
        return LLVMFuzzerMutate(data, size, most);
    data[INPUT_SIZE] = (uint8_t)(seed >> 8);
    data[INPUT_FILLER] = (uint8_t)(seed >> 16);
    return size;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    repair_init();
    return 0;
}

static void append_numbered(GString *mail, Octets piece, guint number)
{
    for (gsize i = 0; i < piece.size; i++) {
        if (piece.data[i] == PLACEHOLDER)
            g_string_append_printf(mail, "%u", number);
        else
            g_string_append_c(mail, piece.data[i]);
    }
}

typedef struct {
    Octets piece;
    guint count;
} Step;

/* What `input` chooses next. */
static Step take_step(Octets *input)
{
    guint choice = fuzz_choose(input, G_N_ELEMENTS(pieces) + 1);
    guint count = 1U << fuzz_choose(input, REPETITIONS);
    Octets piece = choice < G_N_ELEMENTS(pieces) ? octets_of(pieces[choice])
                                                 : fuzz_take(input, fuzz_choose(input, OWN_OCTETS));
    return (Step){.piece = piece, .count = count};
}

/* The steps that `input` makes of itself. Owned by the caller, g_array_unref. */
static GArray *take_steps(Octets *input)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(Step));
    while (input->size > 0) {
        Step step = take_step(input);
        g_array_append_val(steps, step);
    }
    return steps;
}

/* The mail of the steps. `filler` is the one that fills it up to `size`; the others have as much
 * room again. */
static GString *make_mail(const GArray *steps, guint filler, gsize size)
{
    GString *mail = g_string_new(NULL);
    for (guint i = 0; i < steps->len; i++) {
        const Step *step = &g_array_index(steps, Step, i);
        guint count = i == filler && step->piece.size > 0 ? G_MAXUINT : step->count;
        gsize end = i == filler ? size : 2 * size;
        for (guint number = 0; number < count && mail->len < end; number++)
            append_numbered(mail, step->piece, number);
    }
    return mail;
}

/* The mail that `input` makes. `filler` is 0 for none, or chooses a step. Owned by the caller,
 * g_string_free. */
static GString *choose_mail(Octets *input, gsize size, guint filler)
{
    g_autoptr(GArray) steps = take_steps(input);
    if (filler == 0 || steps->len == 0)
        return make_mail(steps, G_MAXUINT, size);
    return make_mail(steps, (filler - 1) % steps->len, size);
}

/* A finding is looked at as the mail that it makes. */
static void show_mail(const GString *mail)
{
    const char *path = g_getenv("CALMEND_FUZZ_MAIL");
    if (path != NULL)
        fuzz_require(g_file_set_contents(path, mail->str, (gssize)mail->len, NULL),
                     "CALMEND_FUZZ_MAIL can be written");
}

static void require_rest(GString *octets, const Policy *policy, gint64 now)
{
    g_auto(Message) after;
    message_init(&after, (Octets){octets->str, octets->len});
    g_autoptr(Plan) again = repair_message(&after, policy, now);
    fuzz_require(!plan_changes(again), "a second pass changes nothing");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    gsize mail_size = sizes[fuzz_choose(&input, G_N_ELEMENTS(sizes))];
    guint filler = fuzz_choose(&input, ANY_OCTET);
    g_auto(Policy) policy;
    fuzz_choose_policy(&input, &policy);
    gint64 now = fuzz_choose_clock(&input);
    g_autoptr(GString) mail = choose_mail(&input, mail_size, filler);
    show_mail(mail);

    g_auto(Message) message;
    message_init(&message, (Octets){mail->str, mail->len});
    g_autoptr(Plan) plan = repair_message(&message, &policy, now);
    g_autoptr(GString) repaired = fuzz_apply_plan(&message, plan);
    fuzz_require_findings(plan);
    if (plan_changes(plan))
        require_rest(repaired, &policy, now);
    return 0;
}
