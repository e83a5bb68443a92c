/* SPDX-License-Identifier: BSD-2-Clause
 *
 * filetime: times as MAPI writes them ([MS-DTYP] 2.3.3).
 *
 * A FILETIME counts 100 ns since 1601-01-01 UTC. Zero, and what a time zone makes of it, leaked out
 * of a property that was never set. All 64 bits are possible input.
 */
#ifndef CALMEND_FILETIME_H
#define CALMEND_FILETIME_H

#include <glib.h>

/* YYYYMMDDTHHMMSSZ or 0x and 16 digits, and its NUL. */
#define FILETIME_TEXT_SIZE 19

/* TRUE for a time that was never set: before 1601-01-03. */
gboolean filetime_is_unset(guint64 filetime);

/* TRUE when it may stand in for one that was never set: 1970 or later, at most 24 hours after `now`
 * (seconds since 1970-01-01 UTC). */
gboolean filetime_is_usable(guint64 filetime, gint64 now);

/* `seconds` since 1970-01-01 UTC, which must be 0 or more, as a FILETIME. */
guint64 filetime_from_unix(gint64 seconds);

/* Writes it in UTC, the fraction of a second cut off; past the year 9999 as the number it is. */
void filetime_write(guint64 filetime, char out[static FILETIME_TEXT_SIZE]);

#endif
