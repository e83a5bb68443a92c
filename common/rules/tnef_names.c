/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/rules/tnef_names.h"

#include "common/rules/rules.h"

#include <string.h>

/* {6ED8DA90-450B-101B-98DA-00AA003F1305} */
static const char set_meeting[TNEF_GUID_SIZE] = {
    '\x90', '\xda', '\xd8', 0x6e,   0x0b, 0x45, 0x1b, 0x10,
    '\x98', '\xda', 0x00,   '\xaa', 0x00, 0x3f, 0x13, 0x05,
};

/* {00062002-0000-0000-C000-000000000046} */
static const char set_appointment[TNEF_GUID_SIZE] = {
    0x02,   0x20, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00,
    '\xc0', 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46,
};

static const TnefName names[] = {
    {"PidLidAttendeeCriticalChange", TNEF_TYPE_SYSTIME, 0, set_meeting, 0x0001},
    {"PidLidOwnerCriticalChange", TNEF_TYPE_SYSTIME, 0, set_meeting, 0x001a},
    {"PidLidAppointmentReplyTime", TNEF_TYPE_SYSTIME, 0, set_appointment, 0x8220},
    {"PidTagRecipientTrackStatusTime", TNEF_TYPE_SYSTIME, 0x5ffb, NULL, 0},
    {"PidTagClientSubmitTime", TNEF_TYPE_SYSTIME, 0x0039, NULL, 0},
    {"PidTagMessageClass", TNEF_TYPE_STRING8, 0x001a, NULL, 0},
    {"PidTagMessageClass", TNEF_TYPE_UNICODE, 0x001a, NULL, 0},
};

typedef struct {
    const char *name;
    guint method;
} ClassName;

static const ClassName classes[] = {
    {"IPM.Schedule.Meeting.Request", METHOD_REQUEST},
    {"IPM.Schedule.Meeting.Canceled", METHOD_CANCEL},
    {"IPM.Schedule.Meeting.Resp.Pos", METHOD_REPLY},
    {"IPM.Schedule.Meeting.Resp.Neg", METHOD_REPLY},
    {"IPM.Schedule.Meeting.Resp.Tent", METHOD_REPLY},
    {"IPM.Microsoft Schedule.MtgReq", METHOD_REQUEST},
    {"IPM.Microsoft Schedule.MtgCncl", METHOD_CANCEL},
    {"IPM.Microsoft Schedule.MtgRespP", METHOD_REPLY},
    {"IPM.Microsoft Schedule.MtgRespN", METHOD_REPLY},
    {"IPM.Microsoft Schedule.MtgRespA", METHOD_REPLY},
};

const TnefName *tnef_names_of(const Tnef *tnef, const TnefProperty *property)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (tnef_property_is(tnef, property, &names[i]))
            return &names[i];
    }
    return NULL;
}

guint tnef_names_method(const char *message_class)
{
    for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
        gsize size = strlen(classes[i].name);
        if (g_ascii_strncasecmp(message_class, classes[i].name, size) == 0 &&
            (message_class[size] == '\0' || message_class[size] == '.'))
            return classes[i].method;
    }
    return METHOD_NONE;
}
