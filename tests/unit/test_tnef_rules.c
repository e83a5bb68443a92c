/* SPDX-License-Identifier: BSD-2-Clause
 *
 * test_tnef_rules: every message class with the defect in every place.
 *
 * One stream for each class has all four times unset. The table says which of them are found; what
 * each becomes follows from the contract's order of substitutes, in a table of its own. The golden
 * mails show the same from the message on.
 */
#include "common/rules/tnef_rules.h"

#include "cli/tnef_text.h"
#include "common/tnef/filetime.h"
#include "common/tnef/tnef_edit.h"
#include "tnef_writer.h"

#define MOST 1000
#define NOW  1767657600 /* 2026-01-06T00:00:00Z */
#define DATE (NOW - 3600)

static const char lid_attendee[] = "90dad86e0b451b1098da00aa003f1305 00000000 01000000";
static const char lid_owner[] = "90dad86e0b451b1098da00aa003f1305 00000000 1a000000";
static const char lid_reply[] = "02200600 0000 0000 c000000000000046 00000000 20820000";

/* A time that is usable, so many seconds before the clock; TEST_UNSET; or TEST_NONE: not there. */
enum { TEST_UNSET = -1, TEST_NONE = -2, TEST_FAR = -3 };

typedef struct {
    gint attendee;
    gint owner;
    gint reply;
    gint submit;
    gint row;
} Times;

static guint64 filetime_of(gint seconds)
{
    if (seconds == TEST_UNSET)
        return 0;
    return seconds == TEST_FAR ? G_GUINT64_CONSTANT(0x0cb34557a3dd4000)
                               : filetime_from_unix(NOW - seconds);
}

static void append_time(GByteArray *out, guint *count, const char *tag, gint seconds)
{
    if (seconds == TEST_NONE)
        return;
    tnef_writer_hex(out, tag);
    tnef_writer_u64(out, filetime_of(seconds));
    ++*count;
}

static void append_named(GByteArray *out, guint *count, const char *name, gint seconds)
{
    g_autofree char *tag = g_strdup_printf("4000%02x80 %s", *count, name);
    append_time(out, count, tag, seconds);
}

static void append_props(GByteArray *out, const Times *times)
{
    guint count = 0;
    g_autoptr(GByteArray) items = tnef_writer_new();
    g_autoptr(GByteArray) list = tnef_writer_new();
    append_named(items, &count, lid_reply, times->reply);
    append_named(items, &count, lid_owner, times->owner);
    append_named(items, &count, lid_attendee, times->attendee);
    append_time(items, &count, "40003900", times->submit);
    tnef_writer_u32(list, count);
    g_byte_array_append(list, items->data, items->len);
    tnef_writer_attribute(out, WRITER_MESSAGE, TNEF_ATT_MESSAGE_PROPS, tnef_writer_octets(list));
}

static void append_rows(GByteArray *out, gint row)
{
    g_autoptr(GByteArray) rows = tnef_writer_new();
    if (row == TEST_NONE)
        return;
    tnef_writer_hex(rows, "02000000 01000000 0300150c 01000000 01000000 4000fb5f");
    tnef_writer_u64(rows, filetime_of(row));
    tnef_writer_attribute(out, WRITER_MESSAGE, TNEF_ATT_RECIPIENTS, tnef_writer_octets(rows));
}

static GByteArray *make_stream(const char *message_class, const Times *times)
{
    GByteArray *out = tnef_writer_new();
    tnef_writer_start(out);
    if (message_class != NULL)
        tnef_writer_attribute(out, WRITER_MESSAGE, TNEF_ATT_MESSAGE_CLASS,
                              (Octets){message_class, strlen(message_class) + 1});
    append_rows(out, times->row);
    append_props(out, times);
    return out;
}

/* What the rules find, one word for each finding: "attendee-change=3600", with the seconds before
 * the clock that the new time is, or "track-status-time:leave". */
static char *find(Octets stream, Reason seal)
{
    static const MessageTimes times = {.now = NOW, .fallback = DATE};
    static char number[] = "1";
    static char type[] = "application/ms-tnef";
    Part part = {.kind = PART_TNEF, .number = number, .type = type};
    g_auto(Policy) policy;
    policy_init(&policy);
    g_autoptr(Plan) plan = plan_new();
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(TnefChange));
    PartWork work = {.policy = &policy, .times = &times, .part = &part, .seal = seal, .plan = plan};
    g_auto(Tnef) tnef;
    tnef_init(&tnef, stream, MOST, MOST);
    tnef_rules_apply(&work, &tnef, changes);

    const GArray *findings = plan->findings;
    g_autoptr(GString) text = g_string_new(NULL);
    guint change = 0;
    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = &g_array_index(findings, Finding, i);
        const char *name = finding->rule->name + strlen("tnef-");
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", name);
        if (finding->reason != REASON_NONE) {
            g_string_append_printf(text, ":%s", reason_word(finding->reason));
            continue;
        }
        guint64 new_time = g_array_index(changes, TnefChange, change++).filetime;
        g_string_append_printf(text, "=%" G_GINT64_FORMAT,
                               ((gint64)filetime_from_unix(NOW) - (gint64)new_time) / 10000000);
    }
    g_assert_cmpuint(change, ==, changes->len);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- classes ---- */

#define RESPONSE "attendee-change=60 reply-time=60 track-status-time=60"
#define OWNER    "owner-change=60 track-status-time=60"

typedef struct {
    const char *message_class;
    const char *findings;
} ClassCase;

static const ClassCase class_cases[] = {
    {"IPM.Schedule.Meeting.Request", OWNER},
    {"IPM.Schedule.Meeting.Canceled", OWNER},
    {"IPM.Schedule.Meeting.Resp.Pos", RESPONSE},
    {"IPM.Schedule.Meeting.Resp.Neg", RESPONSE},
    {"IPM.Schedule.Meeting.Resp.Tent", RESPONSE},
    {"IPM.Microsoft Schedule.MtgReq", OWNER},
    {"IPM.Microsoft Schedule.MtgCncl", OWNER},
    {"IPM.Microsoft Schedule.MtgRespP", RESPONSE},
    {"IPM.Microsoft Schedule.MtgRespN", RESPONSE},
    {"IPM.Microsoft Schedule.MtgRespA", RESPONSE},
    {"ipm.schedule.meeting.request", OWNER},
    {"IPM.Schedule.Meeting.Request.Room", OWNER},
    {"IPM.Schedule.Meeting.RequestRoom", ""},
    {"IPM.Schedule.Meeting", ""},
    {"IPM.Schedule.Meeting.Notification.Forward", ""},
    {"IPM.Microsoft Schedule.MtgRespX", ""},
    {"IPM.Appointment", ""},
    {"IPM.Note", ""},
    {"IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}", ""},
    {"", ""},
    {NULL, ""},
};

static void test_classes(void)
{
    static const Times unset = {TEST_UNSET, TEST_UNSET, TEST_UNSET, 60, TEST_UNSET};
    for (gsize i = 0; i < G_N_ELEMENTS(class_cases); i++) {
        g_autoptr(GByteArray) stream = make_stream(class_cases[i].message_class, &unset);
        g_autofree char *findings = find(tnef_writer_octets(stream), REASON_NONE);
        g_assert_cmpstr(findings, ==, class_cases[i].findings);
    }
}

/* ---- substitutes ---- */

typedef struct {
    const char *message_class;
    Times times;
    const char *findings;
} TimeCase;

#define ANSWER  "IPM.Schedule.Meeting.Resp.Pos"
#define REQUEST "IPM.Schedule.Meeting.Request"

static const TimeCase time_cases[] = {
    /* attendee, owner, reply, submit, row */
    {ANSWER, {60, 120, 180, 240, 300}, ""},
    {ANSWER, {60, 120, TEST_UNSET, 240, TEST_UNSET}, "reply-time=60 track-status-time=60"},
    {ANSWER, {TEST_UNSET, 120, 180, 240, 300}, "attendee-change=240"},
    {ANSWER, {TEST_UNSET, 120, 180, TEST_NONE, 300}, "attendee-change=3600"},
    {ANSWER, {TEST_UNSET, 120, 180, TEST_UNSET, 300}, "attendee-change=3600"},
    {ANSWER, {TEST_UNSET, 120, 180, TEST_FAR, 300}, "attendee-change=3600"},
    {ANSWER,
     {TEST_UNSET, 120, TEST_UNSET, TEST_FAR, TEST_UNSET},
     "attendee-change=3600 reply-time=3600 track-status-time=3600"},
    {ANSWER, {TEST_NONE, 120, TEST_UNSET, 240, TEST_UNSET}, "reply-time=240 track-status-time=240"},
    {ANSWER, {TEST_FAR, 120, TEST_UNSET, 240, TEST_UNSET}, "reply-time=240 track-status-time=240"},
    {ANSWER,
     {TEST_FAR, 120, TEST_UNSET, TEST_NONE, TEST_UNSET},
     "reply-time=3600 track-status-time=3600"},
    {ANSWER, {60, TEST_UNSET, 180, 240, 300}, ""},
    {ANSWER, {TEST_FAR, TEST_FAR, TEST_FAR, TEST_FAR, TEST_FAR}, ""},
    {ANSWER, {-86400, 120, TEST_UNSET, 240, 300}, "reply-time=-86400"},
    {ANSWER, {-86401, 120, TEST_UNSET, 240, 300}, "reply-time=240"},
    {REQUEST, {TEST_UNSET, 120, TEST_UNSET, 240, TEST_UNSET}, "track-status-time=120"},
    {REQUEST,
     {60, TEST_UNSET, TEST_UNSET, 240, TEST_UNSET},
     "owner-change=240 track-status-time=240"},
    {REQUEST, {60, TEST_NONE, TEST_UNSET, TEST_NONE, TEST_UNSET}, "track-status-time=3600"},
};

static void test_times(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(time_cases); i++) {
        const TimeCase *row = &time_cases[i];
        g_autoptr(GByteArray) stream = make_stream(row->message_class, &row->times);
        g_autofree char *findings = find(tnef_writer_octets(stream), REASON_NONE);
        g_assert_cmpstr(findings, ==, row->findings);
    }
}

/* With a seal the findings are the same, with its reason. */
static void test_seals(void)
{
    static const Times unset = {TEST_UNSET, 0, TEST_NONE, 60, TEST_UNSET};
    static const Reason seals[] = {REASON_SIGNED, REASON_QUOTED, REASON_ENCODING, REASON_POLICY};
    g_autoptr(GByteArray) stream = make_stream(ANSWER, &unset);
    for (gsize i = 0; i < G_N_ELEMENTS(seals); i++) {
        const char *word = reason_word(seals[i]);
        g_autofree char *findings = find(tnef_writer_octets(stream), seals[i]);
        g_autofree char *wanted =
            g_strdup_printf("attendee-change:%s track-status-time:%s", word, word);
        g_assert_cmpstr(findings, ==, wanted);
    }
    tnef_writer_hex(stream, "00");
    g_autofree char *broken = find(tnef_writer_octets(stream), REASON_NONE);
    g_assert_cmpstr(broken, ==,
                    "malformed:malformed attendee-change:malformed track-status-time:malformed");
    g_autofree char *both = find(tnef_writer_octets(stream), REASON_SIGNED);
    g_assert_cmpstr(both, ==, "malformed:signed attendee-change:signed track-status-time:signed");
}

/* ---- the lines for people ---- */

static void test_text(void)
{
    static const Times times = {TEST_UNSET, TEST_FAR, TEST_NONE, 60, TEST_UNSET};
    g_autoptr(GByteArray) stream = make_stream(ANSWER, &times);
    g_autoptr(GByteArray) other = tnef_writer_new();
    g_autoptr(GString) text = g_string_new(NULL);
    tnef_writer_hex(other, "01000000 40000730 ffffffffffffffff");
    tnef_writer_attribute(stream, WRITER_ATTACHMENT, TNEF_ATT_ATTACHMENT,
                          tnef_writer_octets(other));
    tnef_text_append(text, tnef_writer_octets(stream));
    g_assert_cmpstr(text->str, ==,
                    "attribute 0x00078008 at octet 15, checksum 0x0a60\n"
                    "recipient row 2 PidTagRecipientTrackStatusTime 16010101T000000Z\n"
                    "attribute 0x00069004 at octet 56, checksum 0x01c3\n"
                    "PidLidOwnerCriticalChange 45010101T000000Z\n"
                    "PidLidAttendeeCriticalChange 16010101T000000Z\n"
                    "PidTagClientSubmitTime 20260105T235900Z\n"
                    "attribute 0x00069003 at octet 99, checksum 0x13f3\n"
                    "0x30070040 0xffffffffffffffff\n"
                    "attribute 0x00069005 at octet 198, checksum 0x0870\n");
}

static void test_text_of_rubbish(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    tnef_text_append(text, octets_of("no stream"));
    tnef_text_append(text, octets_of(NULL));
    g_assert_cmpstr(text->str, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tnef-rules/classes", test_classes);
    g_test_add_func("/tnef-rules/times", test_times);
    g_test_add_func("/tnef-rules/seals", test_seals);
    g_test_add_func("/tnef-text/lines", test_text);
    g_test_add_func("/tnef-text/rubbish", test_text_of_rubbish);
    return g_test_run();
}
