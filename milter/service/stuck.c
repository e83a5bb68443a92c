/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service/stuck.h"

#include <linux/sockios.h>
#include <pthread.h>
#include <sys/ioctl.h>

#define NO_SOCKET (-1)

/* Held for a whole look, so that a number that was given away anew meanwhile is not forgotten. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static GByteArray *remembered; /* by number: 1 for a connection */

void stuck_remember(int descriptor)
{
    guint number = (guint)descriptor;
    pthread_mutex_lock(&mutex);
    if (remembered == NULL)
        remembered = g_byte_array_new();
    while (remembered->len <= number)
        g_byte_array_append(remembered, (const guint8 *)"", 1);
    remembered->data[number] = 1;
    pthread_mutex_unlock(&mutex);
}

/* Octets that wait to be read, or NO_SOCKET. Every descriptor has something to read, but only a
 * connection has a queue to send from. */
static int unread_octets(int descriptor)
{
    int octets = 0;
    if (ioctl(descriptor, SIOCOUTQ, &octets) != 0)
        return NO_SOCKET;
    return ioctl(descriptor, FIONREAD, &octets) == 0 ? octets : 0;
}

static StuckLook find_unread(void)
{
    StuckLook look = {0};
    guint numbers = remembered == NULL ? 0 : remembered->len;
    for (guint number = 0; number < numbers && look.octets == 0; number++) {
        if (remembered->data[number] == 0)
            continue;
        int octets = unread_octets((int)number);
        if (octets == NO_SOCKET)
            remembered->data[number] = 0;
        else
            look = (StuckLook){.descriptor = (int)number, .octets = octets};
    }
    return look;
}

gboolean stuck_look(StuckLook *look)
{
    if (look->octets > 0 && unread_octets(look->descriptor) == look->octets)
        return TRUE;
    pthread_mutex_lock(&mutex);
    *look = find_unread();
    pthread_mutex_unlock(&mutex);
    return FALSE;
}
