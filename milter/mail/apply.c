/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/mail/apply.h"

#include "common/field_changes.h"

#include <string.h>

/* A field goes as a number of 4 octets, name, NUL, value, NUL in one packet. */
#define FIELD_OVERHEAD (4 + 1 + 1)

/* What Postfix writes around a field that it puts in the place of another. */
#define FIELD_MARKS 100

/* A body on its way: pieces are collected to full packets. It goes as slowly as the MTA takes it,
 * and is not to be resident for so long: what is of the message is copied by its owner. */
typedef struct {
    SMFICTX *context;
    const Incoming *incoming;
    gsize head; /* octets of the head still to come, which are not handed over */
    gsize size; /* octets in the packet */
    gboolean begun;
    gboolean unread; /* what is of the message could not be copied */
    unsigned char packet[MILTER_CHUNK_SIZE];
} Delivery;

static gboolean send_packet(Delivery *delivery)
{
    if (smfi_replacebody(delivery->context, delivery->packet, (int)delivery->size) != MI_SUCCESS)
        return FALSE;
    delivery->begun = TRUE;
    delivery->size = 0;
    return TRUE;
}

static gboolean take_piece(Octets piece, gpointer data)
{
    Delivery *delivery = data;
    gsize skipped = MIN(delivery->head, piece.size);
    delivery->head -= skipped;
    piece = octets_slice(piece, skipped, piece.size);

    while (piece.size > 0) {
        gsize part = MIN(piece.size, sizeof delivery->packet - delivery->size);
        char *to = (char *)delivery->packet + delivery->size;
        delivery->unread = !incoming_copy(delivery->incoming, octets_slice(piece, 0, part), to);
        if (delivery->unread)
            return FALSE;
        delivery->size += part;
        piece = octets_slice(piece, part, piece.size);
        if (delivery->size == sizeof delivery->packet && !send_packet(delivery))
            return FALSE;
    }
    return TRUE;
}

/* `begun` is set once a part of the body was handed over, `why` as apply_edits has it. */
static gboolean apply_body(SMFICTX *context, const Incoming *incoming, const GArray *edits,
                           gboolean *begun, const char **why)
{
    g_autofree Delivery *delivery = g_new(Delivery, 1);
    const Message *message = incoming_message(incoming);
    delivery->incoming = incoming;
    delivery->context = context;
    delivery->head = message->body;
    delivery->size = 0;
    delivery->begun = FALSE;
    delivery->unread = FALSE;

    gboolean taken = splice_apply(message->octets, edits, take_piece, delivery) &&
                     (delivery->size == 0 || send_packet(delivery));
    *begun = delivery->begun;
    *why = delivery->unread ? "the temporary file cannot be read" : "the MTA did not take the body";
    return taken;
}

static gboolean apply_field(SMFICTX *context, const FieldChange *change, gboolean leading_blank)
{
    char *value = change->value;
    if (value != NULL && !leading_blank)
        value += strspn(value, " \t");
    switch (change->kind) {
    case FIELD_INSERT:
        return smfi_insheader(context, 0, change->name, value) == MI_SUCCESS;
    case FIELD_CHANGE:
    case FIELD_REMOVE:
        return smfi_chgheader(context, change->name, (int)change->index, value) == MI_SUCCESS;
    }
    g_assert_not_reached();
}

static gboolean fits_packet(const FieldChange *change)
{
    gsize value = change->value == NULL ? 0 : strlen(change->value);
    return strlen(change->name) + value + FIELD_OVERHEAD <= MILTER_MAX_DATA_SIZE;
}

static unsigned long action_of(const FieldChange *change)
{
    return change->kind == FIELD_INSERT ? SMFIF_ADDHDRS : SMFIF_CHGHDRS;
}

/* At most so many octets larger is the MTA's file then: Postfix keeps the old text of a field. */
static gsize growth_of(const Plan *plan, const GArray *fields)
{
    gsize growth = plan_growth(plan);
    for (guint i = 0; i < fields->len; i++) {
        const FieldChange *change = &g_array_index(fields, FieldChange, i);
        gsize value = change->value == NULL ? 0 : strlen(change->value);
        growth += strlen(change->name) + value + FIELD_MARKS;
    }
    return growth;
}

static gboolean fits_mta(const MilterTerms *terms, const ApplyEdits *edits, const char **why)
{
    unsigned long needed = edits->body->len > 0 ? SMFIF_CHGBODY : 0;
    gboolean fits = TRUE;
    for (guint i = 0; i < edits->fields->len; i++) {
        const FieldChange *change = &g_array_index(edits->fields, FieldChange, i);
        needed |= action_of(change);
        fits = fits && fits_packet(change);
    }
    *why = fits ? "the MTA takes no edit of that kind" : "a header field would be too long";
    return fits && (needed & ~terms->actions) == 0;
}

gboolean apply_prepare(ApplyEdits *edits, const MilterTerms *terms, const Incoming *incoming,
                       const Plan *plan, gsize taken, const char **why)
{
    const Message *message = incoming_message(incoming);
    guint first = field_changes_body(message, plan->edits);
    edits->fields = field_changes_new(message, plan->edits);
    edits->body = g_array_new(FALSE, FALSE, sizeof(Edit));
    if (first < plan->edits->len)
        g_array_append_vals(edits->body, &g_array_index(plan->edits, Edit, first),
                            plan->edits->len - first);
    *why = "the repair might take it over the limit of the MTA (mta-bytes)";
    return incoming_has_room(incoming, growth_of(plan, edits->fields), taken) &&
           fits_mta(terms, edits, why);
}

void apply_edits_clear(ApplyEdits *edits)
{
    g_clear_pointer(&edits->body, g_array_unref);
    g_clear_pointer(&edits->fields, g_array_unref);
}

ApplyResult apply_edits(SMFICTX *context, const MilterTerms *terms, const Incoming *incoming,
                        const ApplyEdits *edits, const char **why)
{
    gboolean begun = FALSE;
    if (edits->body->len > 0 && !apply_body(context, incoming, edits->body, &begun, why))
        return begun ? APPLY_HALF : APPLY_REFUSED;

    *why = "the MTA did not take a header field";
    for (guint i = 0; i < edits->fields->len; i++) {
        if (!apply_field(context, &g_array_index(edits->fields, FieldChange, i),
                         terms->leading_blank))
            return begun ? APPLY_HALF : APPLY_REFUSED;
        begun = TRUE;
    }
    return APPLY_DONE;
}
