/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/mailbox.h"

#include "common/mail/addr_spec.h"

#include <string.h>

static const Octets none = {NULL, 0};

/* An atom, a dot, or a blank between them. An encoded word is an atom. */
static gboolean is_phrase(char octet)
{
    return g_ascii_isalnum(octet) || octet_is_blank(octet) ||
           (octet != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", octet) != NULL);
}

/* One past the quoted string at `at`, or 0 where it has no end. */
static gsize skip_quoted(Octets value, gsize at)
{
    for (at++; at < value.size && value.data[at] != '"'; at++)
        at += value.data[at] == '\\' ? 1 : 0;
    return at < value.size ? at + 1 : 0;
}

/* One past the encoded word (RFC 2047 2) at `at`, which may hold what no atom may; or `at`. */
static gsize skip_encoded_word(Octets value, gsize at)
{
    guint marks = 0;
    if (at + 2 > value.size || memcmp(value.data + at, "=?", 2) != 0)
        return at;
    for (gsize end = at + 2; end < value.size && value.data[end] > ' ' && value.data[end] < 0x7f;
         end++) {
        marks += value.data[end] == '?' ? 1 : 0;
        if (marks >= 3 && value.data[end - 1] == '?' && value.data[end] == '=')
            return end + 1;
    }
    return at;
}

Octets mailbox_only(Octets value)
{
    value = octets_trim(value);
    if (addr_spec_is(value))
        return value;
    gsize at = 0;
    while (at < value.size && value.data[at] != '<') {
        gsize word = skip_encoded_word(value, at);
        if (word > at) {
            at = word;
            continue;
        }
        if (value.data[at] != '"' && !is_phrase(value.data[at]))
            return none;
        at = value.data[at] == '"' ? skip_quoted(value, at) : at + 1;
        if (at == 0)
            return none;
    }
    if (at + 2 > value.size || value.data[value.size - 1] != '>')
        return none;
    Octets address = octets_slice(value, at + 1, value.size - 1);
    return addr_spec_is(address) ? address : none;
}
