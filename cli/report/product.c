/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/report/product.h"

#include <string.h>

/* No PRODID is read further than this. */
#define READ_MAX 512

/* Words that tell no product from another. */
static const char *const product_noise[] = {"NONSGML", "MIMEDIR", "Version", NULL};
static const char *const owner_noise[] = {"NONSGML", "Inc", "Inc.",     "Corporation", "Corp",
                                          "Corp.",   "Ltd", "Ltd.",     "Limited",     "GmbH",
                                          "LLC",     "AG",  "Computer", "Development", NULL};

static gboolean is_listed(const char *const *words, const char *word)
{
    for (; *words != NULL; words++) {
        if (g_ascii_strcasecmp(*words, word) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Four digits that may be the year of a release. */
static gboolean is_year(const char *word)
{
    return strlen(word) == 4 && strspn(word, "0123456789") == 4 &&
           (g_str_has_prefix(word, "19") || g_str_has_prefix(word, "20"));
}

static gboolean is_version(const char *word)
{
    if (*word == 'v' || *word == 'V')
        word++;
    return g_ascii_isdigit(*word) && !is_year(word);
}

/* `text` without noise and versions, one blank between words. */
static char *reduce(const char *text, const char *const *noise)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n", -1);
    g_autoptr(GString) kept = g_string_new(NULL);
    for (char **word = words; *word != NULL; word++) {
        gsize size = strlen(*word);
        while (size > 0 && strchr(",;-", (*word)[size - 1]) != NULL)
            (*word)[--size] = '\0';
        if (size == 0 || is_listed(noise, *word) || is_version(*word))
            continue;
        g_string_append_printf(kept, "%s%s", kept->len > 0 ? " " : "", *word);
    }
    return g_string_free(g_steal_pointer(&kept), FALSE);
}

/* Whether a product already begins with the first word of its owner. */
static gboolean names_owner(const char *product, const char *owner)
{
    gsize size = strcspn(owner, " .");
    return size > 0 && g_ascii_strncasecmp(product, owner, size) == 0 &&
           !g_ascii_isalnum(product[size]);
}

static char *join(const char *owner_text, const char *product_text)
{
    g_autofree char *owner = reduce(owner_text, owner_noise);
    g_autofree char *product = reduce(product_text, product_noise);
    if (*product == '\0')
        return g_steal_pointer(&owner);
    if (*owner == '\0' || names_owner(product, owner))
        return g_steal_pointer(&product);
    return g_strdup_printf("%s %s", owner, product);
}

static gboolean is_language(const char *text)
{
    return text == NULL || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == strlen(text);
}

/* The name in an identifier behind its "-//" or "+//". Some have only one slash between owner and
 * product. */
static char *read_identifier(const char *text)
{
    g_auto(GStrv) fields = g_strsplit(text, "//", 3);
    if (fields[0] == NULL)
        return g_strdup("");
    if (!is_language(fields[1]))
        return join(fields[0], fields[1]);
    char *slash = strchr(fields[0], '/');
    if (slash == NULL)
        return reduce(fields[0], product_noise);
    *slash = '\0';
    return join(fields[0], slash + 1);
}

static char *read_prodid(const char *text)
{
    text += *text == '-' || *text == '+' ? 1 : 0;
    gsize slashes = strspn(text, "/");
    return slashes >= 2 ? read_identifier(text + slashes) : reduce(text, product_noise);
}

/* At most `most` octets, cut between characters. */
static void cut(char *text, gsize most)
{
    if (strlen(text) > most)
        *g_utf8_find_prev_char(text, text + most + 1) = '\0';
}

/* Valid UTF-8, with the commas that RFC 5545 3.3.11 escapes as they are. */
static char *unescape(const char *prodid)
{
    g_autofree char *valid = g_utf8_make_valid(prodid, (gssize)strnlen(prodid, READ_MAX));
    char *to = valid;
    for (const char *from = valid; *from != '\0'; from++) {
        if (*from != '\\' || (from[1] != ',' && from[1] != ';'))
            *to++ = *from;
    }
    *to = '\0';
    return g_steal_pointer(&valid);
}

char *product_of(const char *prodid)
{
    if (prodid == NULL)
        return g_strdup(PRODUCT_NONE);
    g_autofree char *text = unescape(prodid);
    g_autofree char *name = read_prodid(g_strstrip(text));
    const char *best = *name != '\0' ? name : text;
    if (*best == '\0')
        best = PRODUCT_NONE;
    char *result = g_strdup(best);
    cut(result, PRODUCT_MAX);
    return result;
}
