/* SPDX-License-Identifier: BSD-2-Clause
 *
 * nothing_milter: the peers that calmend-milter is measured against, which do nothing.
 *
 * Both take what a milter must take that may look at whole messages: every header field and all of
 * the body. The first negotiates nothing and answers each step, as libmilter has it for whoever
 * registers just those callbacks; that is the usual milter, and what the goals are about. The lean
 * one asks for the same actions, steps and unanswered steps as calmend-milter, and for no macros;
 * it differs from calmend-milter in what is done with a message, and in nothing else.
 *
 * nothing_milter SOCKET [lean]: listens there, as smfi_setconn(3) takes it, until it is killed.
 * Exit 1 when it cannot.
 */
#include <glib.h>
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <stdlib.h>

#define ACTIONS (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | SMFIF_SETSYMLIST)
#define STEPS                                                                                      \
    (SMFIP_NOHELO | SMFIP_NOUNKNOWN | SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_RCPT |              \
     SMFIP_NR_HDR | SMFIP_SKIP)

static const int stages[] = {SMFIM_CONNECT, SMFIM_HELO, SMFIM_ENVFROM, SMFIM_ENVRCPT,
                             SMFIM_DATA,    SMFIM_EOH,  SMFIM_EOM};

static sfsistat on_negotiate(SMFICTX *context, unsigned long actions, unsigned long steps,
                             unsigned long reserved2, unsigned long reserved3,
                             unsigned long *wanted_actions, unsigned long *wanted_steps,
                             unsigned long *wanted2, unsigned long *wanted3)
{
    (void)reserved2;
    (void)reserved3;
    *wanted_actions = ACTIONS & actions;
    *wanted_steps = STEPS & steps;
    *wanted2 = 0;
    *wanted3 = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++)
        smfi_setsymlist(context, stages[i], (char *)"");
    return SMFIS_CONTINUE;
}

static sfsistat on_connect(SMFICTX *context, char *host, _SOCK_ADDR *address)
{
    (void)context;
    (void)host;
    (void)address;
    return SMFIS_NOREPLY;
}

/* MAIL and RCPT. */
static sfsistat on_address(SMFICTX *context, char **arguments)
{
    (void)context;
    (void)arguments;
    return SMFIS_NOREPLY;
}

static sfsistat on_header(SMFICTX *context, char *name, char *value)
{
    (void)context;
    (void)name;
    (void)value;
    return SMFIS_CONTINUE;
}

static sfsistat on_header_unanswered(SMFICTX *context, char *name, char *value)
{
    (void)context;
    (void)name;
    (void)value;
    return SMFIS_NOREPLY;
}

static sfsistat on_body(SMFICTX *context, unsigned char *data, size_t size)
{
    (void)context;
    (void)data;
    (void)size;
    return SMFIS_CONTINUE;
}

/* DATA, end of header, end of message. */
static sfsistat on_step(SMFICTX *context)
{
    (void)context;
    return SMFIS_CONTINUE;
}

static const struct smfiDesc usual = {
    .xxfi_name = (char *)"nothing",
    .xxfi_version = SMFI_VERSION,
    .xxfi_header = on_header,
    .xxfi_eoh = on_step,
    .xxfi_body = on_body,
    .xxfi_eom = on_step,
};

static const struct smfiDesc lean = {
    .xxfi_name = (char *)"nothing",
    .xxfi_version = SMFI_VERSION,
    .xxfi_flags = ACTIONS,
    .xxfi_negotiate = on_negotiate,
    .xxfi_connect = on_connect,
    .xxfi_envfrom = on_address,
    .xxfi_envrcpt = on_address,
    .xxfi_data = on_step,
    .xxfi_header = on_header_unanswered,
    .xxfi_eoh = on_step,
    .xxfi_body = on_body,
    .xxfi_eom = on_step,
};

static gboolean start(char *socket, struct smfiDesc milter)
{
    return smfi_register(milter) == MI_SUCCESS && smfi_setconn(socket) == MI_SUCCESS &&
           smfi_opensocket(TRUE) == MI_SUCCESS;
}

int main(int argc, char **argv)
{
    gboolean is_lean = argc == 3 && g_str_equal(argv[2], "lean");
    if ((argc != 2 && !is_lean) || !start(argv[1], is_lean ? lean : usual)) {
        fputs("nothing_milter SOCKET [lean]: it cannot listen there\n", stderr);
        return EXIT_FAILURE;
    }
    return smfi_main() == MI_SUCCESS ? EXIT_SUCCESS : EXIT_FAILURE;
}
