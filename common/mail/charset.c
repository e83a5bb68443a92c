/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/mail/charset.h"

#include <string.h>

/* How the names of such charsets begin, in IANA's registry and in the wild. */
static const char *const incompatible[] = {
    "utf-16",  "utf16",    "utf-32",      "utf32",     "utf-7",     "utf7",   "ucs-2",   "ucs2",
    "ucs-4",   "ucs4",     "unicode-1-1", "csunicode", "iso-10646", "ebcdic", "cp037",   "ibm037",
    "ibm-037", "cp500",    "ibm500",      "cp1026",    "ibm1026",   "cp1047", "ibm1047", "ibm-1047",
    "cp1140",  "ibm01140", "ibm1140",     "cp273",     "ibm273",    "cp1141",
};

static gboolean label_is_compatible(const char *label)
{
    for (gsize i = 0; label != NULL && i < G_N_ELEMENTS(incompatible); i++) {
        if (g_ascii_strncasecmp(label, incompatible[i], strlen(incompatible[i])) == 0)
            return FALSE;
    }
    return TRUE;
}

gboolean charset_is_ascii_compatible(const char *label, Octets text)
{
    gboolean has_nul = text.size > 0 && memchr(text.data, '\0', text.size) != NULL;
    return !has_nul && label_is_compatible(label);
}

static gboolean is_plain_calendar(Octets text)
{
    static const char begin[] = "BEGIN:VCALENDAR";
    return text.size > 0 && memmem(text.data, text.size, begin, strlen(begin)) != NULL;
}

/* ASCII in UTF-16 has every other octet 0; a byte-order mark says it too. */
static const char *guess_charset(Octets text)
{
    if (text.size < 2)
        return NULL;
    if (memcmp(text.data, "\xff\xfe", 2) == 0 || memcmp(text.data, "\xfe\xff", 2) == 0)
        return "UTF-16";
    if (text.data[0] == '\0')
        return "UTF-16BE";
    return text.data[1] == '\0' ? "UTF-16LE" : NULL;
}

char *charset_to_utf8(const char *label, Octets text, gsize *size)
{
    const char *charset = label_is_compatible(label) ? guess_charset(text) : label;
    if (charset == NULL || text.size == 0 || is_plain_calendar(text))
        return NULL;
    return g_convert(text.data, (gssize)text.size, "UTF-8", charset, NULL, size, NULL);
}
