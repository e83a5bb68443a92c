/* SPDX-License-Identifier: BSD-2-Clause
 *
 * fixed_clock: a clock that stands still, for a program that reads it by g_get_real_time.
 *
 * Preloaded (LD_PRELOAD) it gives that program and nobody else the time of CALMEND_FIXED_CLOCK, in
 * seconds since 1970-01-01 UTC. What waits by another clock, as libmilter does, is not disturbed.
 */
#include <glib.h>
#include <stdlib.h>

gint64 g_get_real_time(void)
{
    const char *seconds = g_getenv("CALMEND_FIXED_CLOCK");
    if (seconds == NULL)
        abort();
    return g_ascii_strtoll(seconds, NULL, 10) * G_USEC_PER_SEC;
}
