/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/transit/mta_limit.h"

#include <string.h>

/* Of Postfix: the first length that takes two octets, and line_length_limit. */
#define LONG_LINE   128
#define BROKEN_LINE 2048

/* 64 KiB without the envelope of some forty recipients. */
#define TAKEN_BY_ALL 60000

/* The envelope and the trace field in the queue file where the limit is known for sure: about 1,000
 * octets, and 100 for each recipient, which may stand for a thousand others (virtual aliases). */
#define ENVELOPE_MAX ((gsize)128 * 1024)

/* The same where only a guess is made of the limit. */
#define ENVELOPE_USUAL  2048
#define RECIPIENT_USUAL 256

/* From a size on, limits are taken to be multiples of these: decimal, in KiB with zeros, binary. */
static const struct {
    gsize from;
    gsize units[3];
} round_numbers[] = {
    {1000000, {500000, 512000, 262144}},
    {0, {50000, 51200, 65536}},
};

gsize mta_limit_records(Octets text)
{
    gsize records = 0;
    while (text.size > 0) {
        const char *end = memchr(text.data, '\n', text.size);
        gsize line = end == NULL ? text.size : (gsize)(end - text.data) + 1;
        if (line >= LONG_LINE)
            records += 1 + 3 * (line / BROKEN_LINE);
        text = octets_slice(text, line, text.size);
    }
    return records;
}

gsize mta_limit_records_max(gsize size)
{
    return size / LONG_LINE + 3 * (size / BROKEN_LINE);
}

/* What may still be taken for an octet of growth: the lines in it may be long, too. */
static gsize growth_max(const MtaSize *message)
{
    return message->growth + message->growth / 64;
}

static gboolean is_below(gsize limit, const MtaSize *message)
{
    return message->size + message->records + message->uncertain + growth_max(message) +
               ENVELOPE_MAX <=
           limit;
}

/* TRUE when a limit that somebody may have chosen lies where the message is taken as it came, and
 * not once it is repaired. */
static gboolean crosses_round_number(const MtaSize *message)
{
    gsize low = message->size + message->records;
    gsize high = low + message->uncertain + growth_max(message) + ENVELOPE_USUAL +
                 (gsize)message->recipients * RECIPIENT_USUAL;
    gsize row = 0;
    while (low < round_numbers[row].from)
        row++;
    for (gsize i = 0; i < G_N_ELEMENTS(round_numbers[row].units); i++) {
        gsize unit = round_numbers[row].units[i];
        if (high / unit * unit >= low)
            return TRUE;
    }
    return FALSE;
}

gboolean mta_limit_allows(gsize limit, gsize taken, const MtaSize *message)
{
    if (limit == 0)
        return TRUE;
    if (limit != SETTINGS_AUTO)
        return message->size > limit || is_below(limit, message);
    return message->size + growth_max(message) <= TAKEN_BY_ALL || is_below(taken, message) ||
           !crosses_round_number(message);
}
