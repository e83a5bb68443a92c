/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/addr_spec.h"

#include <string.h>

#define MAILTO "mailto:"

static gboolean is_local(Octets local)
{
    for (gsize i = 0; i < local.size; i++) {
        char octet = local.data[i];
        if (!g_ascii_isalnum(octet) &&
            (octet == '\0' || strchr("!#$%&'*+-/=?^_`{|}~.", octet) == NULL))
            return FALSE;
    }
    return local.size > 0;
}

static gboolean is_label(Octets label)
{
    for (gsize i = 0; i < label.size; i++) {
        if (!octet_is_name(label.data[i]))
            return FALSE;
    }
    return label.size > 0 && label.data[0] != '-' && label.data[label.size - 1] != '-';
}

static gboolean is_domain(Octets domain)
{
    guint labels = 0;
    gsize start = 0;
    for (gsize i = 0; i <= domain.size; i++) {
        if (i < domain.size && domain.data[i] != '.')
            continue;
        if (!is_label(octets_slice(domain, start, i)))
            return FALSE;
        labels++;
        start = i + 1;
    }
    return labels >= 2;
}

gboolean addr_spec_is(Octets octets)
{
    const char *at = octets.size == 0 ? NULL : memchr(octets.data, '@', octets.size);
    if (at == NULL)
        return FALSE;
    gsize local = (gsize)(at - octets.data);
    return is_local(octets_slice(octets, 0, local)) &&
           is_domain(octets_slice(octets, local + 1, octets.size));
}

gboolean addr_spec_is_mailto(Octets octets)
{
    gsize size = strlen(MAILTO);
    return octets.size > size && octets_equal_nocase(octets_slice(octets, 0, size), MAILTO) &&
           addr_spec_is(octets_slice(octets, size, octets.size));
}
