/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/tnef/filetime.h"

#include "common/calendar/calendar_date.h"

#define PER_SECOND      G_GUINT64_CONSTANT(10000000)
#define SECONDS_PER_DAY 86400
#define UNIX_EPOCH      G_GINT64_CONSTANT(11644473600)  /* seconds from 1601 to 1970 */
#define YEAR_10000      G_GINT64_CONSTANT(253402300800) /* seconds from 1970 */

gboolean filetime_is_unset(guint64 filetime)
{
    return filetime < 2 * SECONDS_PER_DAY * PER_SECOND;
}

gboolean filetime_is_usable(guint64 filetime, gint64 now)
{
    return filetime >= filetime_from_unix(0) &&
           filetime <= filetime_from_unix(now + SECONDS_PER_DAY);
}

guint64 filetime_from_unix(gint64 seconds)
{
    return (guint64)(seconds + UNIX_EPOCH) * PER_SECOND;
}

void filetime_write(guint64 filetime, char out[static FILETIME_TEXT_SIZE])
{
    gint64 seconds = (gint64)(filetime / PER_SECOND) - UNIX_EPOCH;
    if (seconds < YEAR_10000)
        calendar_date_write_utc(seconds, out);
    else
        g_snprintf(out, FILETIME_TEXT_SIZE, "0x%016" G_GINT64_MODIFIER "x", filetime);
}
