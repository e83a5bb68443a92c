/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/uuencode.h"

#include <gmime/gmime.h>
#include <string.h>

static const char begin[] = "begin ";

char *uuencode_decode(Octets encoded, gsize *size)
{
    if (encoded.size < strlen(begin) || memcmp(encoded.data, begin, strlen(begin)) != 0)
        return NULL;
    Octets lines = octets_slice(encoded, octets_next_line(encoded, 0), encoded.size);
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, GMIME_CONTENT_ENCODING_UUENCODE);
    char *decoded = g_malloc(g_mime_encoding_outlen(&state, lines.size) + 1);
    *size = g_mime_encoding_flush(&state, lines.data, lines.size, decoded);
    return decoded;
}
