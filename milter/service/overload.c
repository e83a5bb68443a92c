/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/overload.h"

#include "common/transit/log.h"

#include <pthread.h>

#define QUIET_MICROSECONDS (60 * G_USEC_PER_SEC)

static const char *const texts[OVERLOADS] = {
    [OVERLOAD_SESSIONS] = "max-sessions is reached: messages on further connections are put off "
                          "until others have ended",
    [OVERLOAD_DESCRIPTORS] = "the descriptors of the process run out: further connections are "
                             "closed at once; raise its limit of open files",
    [OVERLOAD_TOO_FEW] = "the limit of open files is too low for max-sessions, of which each may "
                         "need two: fewer are taken",
    [OVERLOAD_SLOTS] = "large messages wait for a processor: one passed as it came",
    [OVERLOAD_PEER] = "a host that is not named as peers in [service] connected, and was closed at "
                      "once: ",
    [OVERLOAD_KEEP] =
        "originals of repaired messages cannot be kept (keep in [repair]); repairs go "
        "on without: ",
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
    gint64 reported; /* monotonic time; 0: never */
    guint times;     /* since then */
} state[OVERLOADS];

/* The number of times to report now; 0: it was reported just now. */
static guint count(Overload kind)
{
    gint64 now = g_get_monotonic_time();
    guint times = 0;
    pthread_mutex_lock(&mutex);
    state[kind].times++;
    if (state[kind].reported == 0 || now - state[kind].reported >= QUIET_MICROSECONDS) {
        times = state[kind].times;
        state[kind].reported = now;
        state[kind].times = 0;
    }
    pthread_mutex_unlock(&mutex);
    return times;
}

void overload_report(Overload kind, const char *who)
{
    guint times = count(kind);
    if (times == 0)
        return;
    g_autoptr(Event) event =
        event_new(EVENT_OVERLOAD, "%s%s (times: %u)", texts[kind], who == NULL ? "" : who, times);
    log_service_event(event);
}

void overload_check_keep(Keep *keep)
{
    g_autoptr(GError) error = NULL;
    if (keep != NULL && !keep_open(keep, &error))
        overload_report(OVERLOAD_KEEP, error->message);
}
