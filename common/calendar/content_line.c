/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/calendar/content_line.h"

#include "common/mail/octets.h"

static gboolean is_control(char octet)
{
    return ((guchar)octet < 0x20 && octet != '\t') || octet == 0x7f;
}

/* QSAFE-CHAR */
static gboolean is_quotable(char octet)
{
    return octet != '"' && !is_control(octet);
}

/* SAFE-CHAR */
static gboolean is_safe(char octet)
{
    return is_quotable(octet) && octet != ';' && octet != ':' && octet != ',';
}

const char *content_line_skip_name(const char *text)
{
    while (octet_is_name(*text))
        text++;
    return text;
}

/* param-value, or NULL. */
static const char *skip_value(const char *text)
{
    if (*text != '"') {
        while (is_safe(*text))
            text++;
        return text;
    }
    text++;
    while (is_quotable(*text))
        text++;
    return *text == '"' ? text + 1 : NULL;
}

const char *content_line_skip_single_parameter(const char *text)
{
    const char *name_end = content_line_skip_name(text);
    return name_end == text || *name_end != '=' ? NULL : skip_value(name_end + 1);
}

const char *content_line_skip_parameter(const char *text)
{
    const char *at = content_line_skip_single_parameter(text);
    while (at != NULL && *at == ',')
        at = skip_value(at + 1);
    return at;
}

static const char *skip_all(const char *text, const char *(*skip)(const char *text))
{
    while (*text == ';') {
        const char *next = skip(text + 1);
        if (next == NULL)
            return text;
        text = next;
    }
    return text;
}

const char *content_line_skip_single_parameters(const char *text)
{
    return skip_all(text, content_line_skip_single_parameter);
}

const char *content_line_skip_parameters(const char *text)
{
    return skip_all(text, content_line_skip_parameter);
}

gboolean content_line_is(const char *line)
{
    const char *name_end = content_line_skip_name(line);
    return name_end > line && *content_line_skip_parameters(name_end) == ':';
}
