/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/calendar/fold.h"

static gboolean is_forbidden(Octets line, gsize at, gboolean is_utf8)
{
    gboolean inside = is_utf8 && ((guchar)line.data[at] & 0xc0) == 0x80;
    return inside || line.data[at - 1] == '\\';
}

/* The last allowed place at or before `last`, after `start`. */
static gsize find_cut(Octets line, gsize start, gsize last, gboolean is_utf8)
{
    gsize at = last;
    while (at > start && is_forbidden(line, at, is_utf8))
        at--;
    return at > start ? at : last;
}

void fold_each(Octets line, gboolean is_utf8, FoldCut cut, gpointer data)
{
    gsize start = 0;
    for (gsize room = FOLD_OCTETS; line.size - start > room; room = FOLD_OCTETS - 1) {
        start = find_cut(line, start, start + room, is_utf8);
        cut(start, data);
    }
}
