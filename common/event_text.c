/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/event_text.h"

#include "common/escape.h"
#include "common/event_line.h"

#include <string.h>

/* What is escaped beside what is not plain: in text of our own, and in a value, which must not end
 * its field. */
#define ODD_IN_TEXT  "\\"
#define ODD_IN_VALUE "\\;"

/* Appends the character at `text`, escaped octet by octet where it is odd, not plain or no UTF-8.
 * Gives what follows it. */
static const char *append_escaped(GString *out, const char *text, const char *odd)
{
    gunichar character = g_utf8_get_char_validated(text, -1);
    gboolean valid = character != (gunichar)-1 && character != (gunichar)-2;
    const char *next = valid ? g_utf8_next_char(text) : text + 1;
    if (valid && escape_is_plain(character) && strchr(odd, *text) == NULL) {
        g_string_append_len(out, text, next - text);
        return next;
    }
    for (; text < next; text++) {
        if (*text == '\\')
            g_string_append(out, "\\\\");
        else
            g_string_append_printf(out, "\\x%02x", (guchar)*text);
    }
    return next;
}

/* How many octets of ASCII at `text`, `most` at most, stand in a log line as they are. */
static gsize count_plain(const char *text, gsize most, const char *odd)
{
    gsize count = 0;
    while (count < most && text[count] >= ' ' && text[count] < 0x7f &&
           strchr(odd, text[count]) == NULL)
        count++;
    return count;
}

/* At most `longest` octets of `text`, escaped; what is cut is shown by three dots. */
static char *escape(const char *text, gsize longest, const char *odd)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (;;) {
        gsize plain = count_plain(text, longest - out->len, odd);
        g_string_append_len(out, text, (gssize)plain);
        text += plain;
        if (*text == '\0')
            break;
        gsize before = out->len;
        text = append_escaped(out, text, odd);
        if (out->len > longest) {
            g_string_truncate(out, before);
            g_string_append(out, "...");
            break;
        }
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void append_labelled(GString *out, const char *label, const char *value, gsize longest)
{
    if (value == NULL || *value == '\0')
        return;
    g_autofree char *safe = escape(value, longest, ODD_IN_VALUE);
    g_string_append_printf(out, "; %s %s", label, safe);
}

static void append_rules(GString *out, const GArray *rules, gsize longest)
{
    g_autoptr(GPtrArray) texts = event_line_rules(rules, longest);
    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(out, "%s%s", i == 0 ? ": " : ", ",
                               (const char *)g_ptr_array_index(texts, i));
}

static char *describe(const Event *event, const EventContext *context, gsize longest)
{
    g_autoptr(GString) out = g_string_new(NULL);
    gsize text_longest = event->rules->len > 0 ? EVENT_LONGEST_VALUE : longest * 3;
    g_autofree char *text = escape(event->text, text_longest, ODD_IN_TEXT);
    g_string_append(out, text);
    append_rules(out, event->rules, longest);
    append_labelled(out, "part", event->parts, longest);
    append_labelled(out, "METHOD", event->method, longest);
    append_labelled(out, "UID", event->uid, longest);
    append_labelled(out, "PRODID", event->producer, longest);
    append_labelled(out, "detail", event->detail, longest);
    append_labelled(out, "Message-ID", context->message_id, longest);
    append_labelled(out, "policy", context->policy, longest);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *safe_or_dash(const char *value, gsize longest)
{
    return escape(value == NULL || *value == '\0' ? "-" : value, longest, ODD_IN_VALUE);
}

static char *write_text(const Event *event, const EventContext *context, gsize longest)
{
    g_autofree char *queue_id =
        safe_or_dash(context->queue_id, MIN(longest, EVENT_LONGEST_QUEUE_ID));
    g_autofree char *user = safe_or_dash(context->user, longest);
    g_autofree char *computer = safe_or_dash(context->computer, longest);
    g_autofree char *description = describe(event, context, longest);
    return g_strdup_printf("%s: Event Type: %s; Event Source: " EVENT_SOURCE
                           "; Event Category: %s; "
                           "Event ID: %d; User: %s; Computer: %s; Description: %s",
                           queue_id, event->kind->type, event->kind->category, event->kind->id,
                           user, computer, description);
}

char *event_to_text(const Event *event, const EventContext *context)
{
    char *line = event_line_fit(write_text, event, context);
    if (strlen(line) > EVENT_LINE_MAX)
        *g_utf8_find_prev_char(line, line + EVENT_LINE_MAX + 1) = '\0';
    return line;
}
