/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/event_catalogue.h"

#include <glib.h>
#include <syslog.h>

#define REPAIR  "Calendar Repair"
#define MILTER  "Milter"
#define SERVICE "Service"

/* clang-format off */
static const EventKind catalogue[] = {
    {EVENT_REPAIRED, "Warning", REPAIR, LOG_WARNING, "A message was repaired.",
     "Nothing needs to be done. The producer that PRODID names writes the defect.",
     "ffea6730170e4e93919163d11efc2be2"},
    {EVENT_WOULD_REPAIR, "Warning", REPAIR, LOG_WARNING,
     "A defect was found, and its switch, which is named, is off: it was not repaired.",
     "Create that switch file, beside calmend.conf, when such defects are to be repaired.",
     "cf21d9f5e9a049dea92460ae5096b81e"},
    {EVENT_NOT_REPAIRABLE, "Warning", REPAIR, LOG_WARNING,
     "A defect was found and could not be repaired; the reason is named: signed, quoted, malformed, "
     "charset, encoding, limit or policy.",
     "Mend it where the message is made. For limit and policy see calmend.conf(5).",
     "dea8fec2ebbb42919628efd35dde6774"},
    {EVENT_LEFT, "Warning", REPAIR, LOG_WARNING,
     "A value that rules leave alone on purpose looks broken.",
     "Mend it where the message is made: nobody else can tell the right value.",
     "5cf01fb4283c44caa04652bfda957870"},
    {EVENT_NOT_TAKEN, "Error", MILTER, LOG_ERR,
     "A repair did not get through, or the message was not examined; it was deferred or passed as it came.",
     "See the reason in the description, and what the MTA logged at that time.",
     "2499a9b82f47428aa8ad38d126951c54"},
    {EVENT_GUARD, "Error", REPAIR, LOG_ERR,
     "The guard refused the edit of a rule in a component, which was not made; others were.",
     "Keep the message and report it: calmend could not prove that its edit was right.",
     "1f3d3767af0149d49052386e0ad9047d"},
    {EVENT_STARTED, "Information", SERVICE, LOG_INFO, "The milter started.",
     "Nothing needs to be done.", "ddde3a9b5da349e7a1962ccd9a59b607"},
    {EVENT_STOPPED, "Information", SERVICE, LOG_INFO, "The milter stopped; its counts follow.",
     "Unless somebody stopped it, see what was logged before.",
     "0d8e231c89ff464087911274f822a7e3"},
    {EVENT_SWITCH_ON, "Information", SERVICE, LOG_INFO, "A switch, which is named, was turned on.",
     "Nothing needs to be done.", "6139c053b2764757985507d229241b84"},
    {EVENT_SWITCH_OFF, "Information", SERVICE, LOG_INFO,
     "A switch, which is named, was turned off, or its file is refused; the reason follows.",
     "Where the file is refused, make it a regular file that only its owner may write to.",
     "b479984c0b27453bad4bc7803cfb3d96"},
    {EVENT_RELOADED, "Information", SERVICE, LOG_INFO,
     "The settings were read again and hold from now on.", "Nothing needs to be done.",
     "1ba0fcb2453a4c1893f9f116dfd6c378"},
    {EVENT_NOT_RELOADED, "Error", SERVICE, LOG_ERR,
     "The settings were read again and something is wrong in them; the old ones stay.",
     "Mend what the description names; calmend-milter --check-config tells whether it is right.",
     "5010a269ef384995ba7068bb89d5e162"},
    {EVENT_OVERLOAD, "Warning", SERVICE, LOG_WARNING,
     "A limit of the process was reached: sessions, descriptors, or processors for large messages; or "
     "a host that may not connect was turned away; or the original of a repaired message could not be "
     "kept, and the repair was made without. At most once a minute for each.",
     "Raise service.max-sessions, or the limit of open files (LimitNOFILE of the unit); name the host as "
     "service.peers if it is an MTA of yours; make room for repair.keep, or let the milter's user write "
     "in it.",
     "c8ea20d019834a9b8e47ab3bbf079ff8"},
    {EVENT_METRICS, "Warning", SERVICE, LOG_WARNING,
     "The file of metrics cannot be written, or they cannot be served; the reason follows. The milter says "
     "so once until the file can be written.",
     "Make the folder of metrics.textfile writable for the user of the milter, that of filter-textfile for "
     "the users that filter mail.",
     "9ad6574698b347aab05fbc4f14a0e934"},
    {EVENT_SOCKET_GONE, "Error", SERVICE, LOG_ERR,
     "The socket was removed while the milter listened at it. The milter ends with exit code 2, so that "
     "its service manager starts it again.",
     "Find out what removes the socket. Without a service manager, start the milter again.",
     "d2a065bdddcc405d97fd8fe40c6e35fb"},
};
/* clang-format on */

const EventKind *event_catalogue(gsize *count)
{
    *count = G_N_ELEMENTS(catalogue);
    return catalogue;
}

const EventKind *event_kind(EventId id)
{
    const EventKind *kind = catalogue;
    while (kind->id != id)
        kind++;
    return kind;
}
