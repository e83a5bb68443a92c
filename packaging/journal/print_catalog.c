/* SPDX-License-Identifier: BSD-2-Clause
 *
 * print_catalog: prints the message catalogue of systemd's journal for calmend's events.
 *
 * One entry for each row of the table of events, under its MESSAGE_ID; journalctl -x shows it below
 * the event. The journal puts fields of the event where names stand between two @. Exit 1 when the
 * output could not be written.
 */
#include "common/event_catalogue.h"
#include "common/standard_output.h"

#include <stdio.h>
#include <string.h>

/* Events of the service belong to no message. */
static void print_fields(const EventKind *kind)
{
    if (strcmp(kind->category, "Service") == 0)
        return;
    puts("\nQueue id: @CALMEND_QUEUE_ID@\nSender: @CALMEND_USER@\nProducer: @CALMEND_PRODUCER@");
}

static void print_kind(const EventKind *kind)
{
    printf("-- %s\n"
           "Subject: calmend event %d: %s, %s\n"
           "Defined-By: calmend\n"
           "Documentation: man:calmend-events(7)\n"
           "\n"
           "%s\n\n%s\n",
           kind->journal_id, kind->id, kind->category, kind->type, kind->when, kind->advice);
    print_fields(kind);
}

int main(void)
{
    gsize count;
    const EventKind *catalogue = event_catalogue(&count);
    for (gsize i = 0; i < count; i++) {
        if (i > 0)
            putchar('\n');
        print_kind(&catalogue[i]);
    }
    return standard_output_finish(NULL) ? 0 : 1;
}
