/* SPDX-License-Identifier: BSD-2-Clause
 *
 * milter_terms: see milter_terms.h. The bits are those of libmilter/mfapi.h and mfdef.h.
 */
#include "cli/milter_terms.h"

#include "cli/output.h"

#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>

typedef struct {
    guint32 bit;
    const char *name;
} BitName;

static const BitName ACTIONS[] = {
    {SMFIF_ADDHDRS, "add headers"},
    {SMFIF_CHGHDRS, "change headers"},
    {SMFIF_CHGBODY, "change body"},
    {SMFIF_ADDRCPT, "add recipients"},
    {SMFIF_ADDRCPT_PAR, "add recipients with arguments"},
    {SMFIF_DELRCPT, "delete recipients"},
    {SMFIF_CHGFROM, "change sender"},
    {SMFIF_QUARANTINE, "quarantine"},
    {SMFIF_SETSYMLIST, "choose macros"},
    {0, NULL},
};

static const BitName NOT_SENT[] = {
    {SMFIP_NOCONNECT, "connect"},
    {SMFIP_NOHELO, "helo"},
    {SMFIP_NOMAIL, "mail"},
    {SMFIP_NORCPT, "rcpt"},
    {SMFIP_NODATA, "data"},
    {SMFIP_NOHDRS, "headers"},
    {SMFIP_NOEOH, "end of headers"},
    {SMFIP_NOBODY, "body"},
    {SMFIP_NOUNKNOWN, "unknown commands"},
    {0, NULL},
};

static const BitName NOT_ANSWERED[] = {
    {SMFIP_NR_CONN, "connect"},
    {SMFIP_NR_HELO, "helo"},
    {SMFIP_NR_MAIL, "mail"},
    {SMFIP_NR_RCPT, "rcpt"},
    {SMFIP_NR_DATA, "data"},
    {SMFIP_NR_HDR, "headers"},
    {SMFIP_NR_EOH, "end of headers"},
    {SMFIP_NR_BODY, "body"},
    {SMFIP_NR_UNKN, "unknown commands"},
    {0, NULL},
};

static const BitName WISHES[] = {
    {SMFIP_SKIP, "may skip the rest of a body"},
    {SMFIP_RCPT_REJ, "refused recipients"},
    {SMFIP_HDR_LEADSPC, "leading blanks of header values"},
    {0, NULL},
};

static const char *const STAGES[MILTER_STAGES] = {
    [SMFIM_CONNECT] = "connect",    [SMFIM_HELO] = "helo", [SMFIM_ENVFROM] = "mail",
    [SMFIM_ENVRCPT] = "rcpt",       [SMFIM_DATA] = "data", [SMFIM_EOM] = "end of message",
    [SMFIM_EOH] = "end of headers",
};

static void append_bits(GString *out, const char *title, guint32 bits, const BitName *names)
{
    const char *separator = "";
    g_string_append_printf(out, "%s: ", title);
    for (const BitName *each = names; each->name != NULL; each++) {
        if ((bits & each->bit) == 0)
            continue;
        g_string_append_printf(out, "%s%s", separator, each->name);
        separator = ", ";
    }
    g_string_append(out, separator[0] == '\0' ? "none\n" : "\n");
}

void milter_terms_append(GString *out, const MilterTerms *terms)
{
    g_string_append_printf(out, "protocol: version %u\n", terms->version);
    append_bits(out, "actions", terms->actions, ACTIONS);
    append_bits(out, "not sent", terms->steps, NOT_SENT);
    append_bits(out, "not answered", terms->steps, NOT_ANSWERED);
    append_bits(out, "wishes", terms->steps, WISHES);
    for (gsize stage = 0; stage < MILTER_STAGES; stage++) {
        if (terms->macros[stage] == NULL)
            continue;
        g_string_append_printf(out, "macros at %s: ", STAGES[stage]);
        output_escape(out,
                      octets_of(terms->macros[stage][0] != '\0' ? terms->macros[stage] : "none"));
        g_string_append_c(out, '\n');
    }
}
