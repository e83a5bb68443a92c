/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fuzz_transfer: decode, edit, write back, decode again.
 *
 * What comes out must be what the edits make of the decoded text, as faithful as before, and
 * nothing outside of the content may change. The edits are those that rules make: values replaced,
 * lines that come in and go; in binary data, octets overwritten. The data is the encoded content.
 */
#include "common/mail/transfer.h"
#include "fuzz_input.h"
#include "fuzz_property.h"
#include "fuzz_target.h"

#include <string.h>

#define HEAD      "Content-Type: text/calendar\r\n\r\n"
#define TAIL      "\r\n--b--\r\n"
#define EDITS_MAX 6

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    repair_init();
    return 0;
}

static Part content_part(TransferEncoding encoding, gsize message_size)
{
    return (Part){
        .encoding = encoding,
        .content = strlen(HEAD),
        .content_end = message_size - strlen(TAIL),
    };
}

/* A place at or after `from`, before the last octet: rules edit nothing after an END line. */
static gsize choose_start(Octets *input, Octets text, gsize from)
{
    gsize start = from + fuzz_choose(input, 256);
    return MIN(start, text.size - 1);
}

/* As rules write it. */
static Octets choose_text(Octets *input, gsize size, GStringChunk *strings)
{
    static const char text[] = "X-MICROSOFT-CDO-ATTENDEE-CRITICAL-CHANGE:20260101T000000Z";
    gsize start = fuzz_choose(input, 20);
    size = MIN(size, strlen(text) - start);
    return (Octets){g_string_chunk_insert_len(strings, text + start, (gssize)size), size};
}

/* A line before the one at `offset`, its ending that of the line before. */
static Edit choose_line(Octets *input, Octets text, gsize offset, GStringChunk *strings)
{
    Octets ending = octets_slice(text, octets_line_ending(text, offset), offset);
    Octets content = choose_text(input, 1 + fuzz_choose(input, 50), strings);
    g_autofree char *line = g_strdup_printf("%s%.*s", content.data, (int)ending.size, ending.data);
    return (Edit){.offset = offset, .text = octets_of(g_string_chunk_insert(strings, line))};
}

enum { EDIT_REPLACE, EDIT_KEEP_LENGTH, EDIT_LINE_IN, EDIT_LINE_OUT, EDIT_KINDS };

static Edit choose_text_edit(Octets *input, Octets text, gsize from, GStringChunk *strings)
{
    guint kind = fuzz_choose(input, EDIT_KINDS);
    gsize start = choose_start(input, text, from);
    gsize line = octets_next_line(text, start);
    gboolean at_line = line < text.size;
    if (kind == EDIT_LINE_IN && at_line)
        return choose_line(input, text, line, strings);
    if (kind == EDIT_LINE_OUT && at_line)
        return (Edit){.offset = line, .length = octets_next_line(text, line) - line};
    Octets value = choose_text(input, fuzz_choose(input, 40), strings);
    gsize length = kind == EDIT_KEEP_LENGTH ? value.size : fuzz_choose(input, 40);
    length = MIN(length, text.size - start);
    if (kind == EDIT_KEEP_LENGTH)
        value = octets_slice(value, 0, length);
    return (Edit){.offset = start, .length = length, .text = value};
}

static Edit choose_binary_edit(Octets *input, Octets text, gsize from, GStringChunk *strings)
{
    gsize start = choose_start(input, text, from);
    Octets value = fuzz_take(input, MIN(text.size - start, 8));
    const char *kept =
        g_string_chunk_insert_len(strings, value.size == 0 ? "" : value.data, (gssize)value.size);
    return (Edit){.offset = start, .length = value.size, .text = {kept, value.size}};
}

static GArray *choose_edits(Octets *choices, Octets text, GStringChunk *strings)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    gboolean binary = text.size > 0 && memchr(text.data, '\0', text.size) != NULL;
    gsize from = 0;
    for (guint n = 1 + fuzz_choose(choices, EDITS_MAX); n > 0 && from < text.size; n--) {
        Edit edit = binary ? choose_binary_edit(choices, text, from, strings)
                           : choose_text_edit(choices, text, from, strings);
        from = edit.offset + edit.length;
        if (edit.length > 0 || edit.text.size > 0)
            g_array_append_val(edits, edit);
    }
    return edits;
}

static GString *place_edits(const Message *message, const Transfer *transfer, const GArray *edits)
{
    g_autoptr(GStringChunk) strings = g_string_chunk_new(256);
    g_autoptr(GArray) placed = g_array_new(FALSE, FALSE, sizeof(Edit));
    transfer_place_edits(transfer, edits, strings, placed);
    fuzz_require(splice_is_valid(placed, message->octets.size - strlen(TAIL)),
                 "placed edits are disjoint and inside of the content");
    for (guint i = 0; i < placed->len; i++)
        fuzz_require(g_array_index(placed, Edit, i).offset >= transfer->content,
                     "placed edits are inside of the content");
    return fuzz_apply_edits(message->octets, placed);
}

static void require_decoded(const GString *mail, TransferEncoding encoding, const GString *wanted)
{
    g_auto(Message) message;
    message_init(&message, (Octets){mail->str, mail->len});
    Part part = content_part(encoding, mail->len);
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part, part.encoding);
    fuzz_require(transfer.faithful, "what was written can be written again");
    fuzz_require(fuzz_octets_same(transfer.decoded, (Octets){wanted->str, wanted->len}),
                 "decoded again is the edit on the decoded text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Octets input = fuzz_input(data, size);
    TransferEncoding encoding = fuzz_choose(&input, TRANSFER_UNKNOWN + 1);
    Octets choices = fuzz_take(&input, 32);
    g_autoptr(GString) mail = g_string_new(HEAD);
    g_string_append_len(mail, input.data, (gssize)input.size);
    g_string_append(mail, TAIL);

    g_auto(Message) message;
    message_init(&message, (Octets){mail->str, mail->len});
    Part part = content_part(encoding, mail->len);
    g_auto(Transfer) transfer;
    transfer_init(&transfer, &message, &part, part.encoding);
    if (!transfer.faithful)
        return 0;
    g_autoptr(GStringChunk) strings = g_string_chunk_new(256);
    g_autoptr(GArray) edits = choose_edits(&choices, transfer.decoded, strings);
    fuzz_require(splice_is_valid(edits, transfer.decoded.size), "the target's edits are disjoint");
    g_autoptr(GString) wanted = splice_to_string(transfer.decoded, edits);
    g_autoptr(GString) placed = place_edits(&message, &transfer, edits);
    require_decoded(placed, encoding, wanted);
    return 0;
}
