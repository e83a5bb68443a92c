/* SPDX-License-Identifier: BSD-2-Clause
 *
 * syslog_shield: keeps libmilter from waiting for syslog.
 *
 * libmilter calls syslog(3) from the thread that serves a connection, and from its listener. Where
 * nobody reads the log, that call does not return, nor does any other one meanwhile. So this
 * program has a syslog of its own, which libmilter finds before that of the C library, and which
 * hands the line to the thread that writes the events (log). Where it is not found, libmilter
 * waits.
 */
#include "common/transit/log.h"

#include <stdarg.h>

/* <syslog.h> is not included: with _FORTIFY_SOURCE it defines the first of them. The second is what
 * a libmilter that was built with it calls. */
G_GNUC_PRINTF(2, 3) void syslog(int priority, const char *format, ...);
G_GNUC_PRINTF(3, 4) void __syslog_chk(int priority, int flag, const char *format, ...);

G_GNUC_PRINTF(2, 0) static void queue(int priority, const char *format, va_list arguments)
{
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    log_line(priority, text);
}

void syslog(int priority, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    queue(priority, format, arguments);
    va_end(arguments);
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
    (void)flag;
    va_list arguments;
    va_start(arguments, format);
    queue(priority, format, arguments);
    va_end(arguments);
}
