/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tnef_edit: changed times as edits on the octets of a TNEF stream.
 *
 * A FILETIME is overwritten where it stands, so no length changes. What follows from that is worked
 * out: the checksum of the attribute around it, and, since a checksum is itself an octet of what is
 * around it, of every attribute outside of that one, from the innermost to the outermost
 * ([MS-OXTNEF] 2.1.3.1).
 */
#ifndef CALMEND_TNEF_EDIT_H
#define CALMEND_TNEF_EDIT_H

#include "common/mail/splice.h"
#include "common/tnef/tnef.h"

/* One property of type PT_SYSTIME that gets another value. */
typedef struct {
    guint property;
    guint64 filetime;
} TnefChange;

/* The edits for `changes` (TnefChange, each property once), checksums included, sorted and
 * disjoint. Owned by the caller, g_array_unref; their texts live in `strings`. */
GArray *tnef_edit_changes(const Tnef *tnef, const GArray *changes, GStringChunk *strings);

#endif
