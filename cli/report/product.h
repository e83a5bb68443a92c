/* SPDX-License-Identifier: BSD-2-Clause
 *
 * product: which product a PRODID names (RFC 5545 3.7.3).
 *
 * A PRODID is a formal public identifier, "-//OWNER//PRODUCT VERSION//LANGUAGE", or whatever its
 * program took for one. Owner and product are kept; versions, the language, the form of the company
 * and what says nothing are left out, so that one product is one name. A year stays: it is part of
 * a name such as Exchange Server 2007. The text is as hostile as the mail that it came from.
 */
#ifndef CALMEND_PRODUCT_H
#define CALMEND_PRODUCT_H

#include <glib.h>

/* No name is longer, in octets. */
#define PRODUCT_MAX 60

/* What stands for a calendar without a PRODID, and for winmail.dat, which has none. */
#define PRODUCT_NONE    "(no PRODID)"
#define PRODUCT_WINMAIL "(winmail.dat)"

/* The name of the product, UTF-8; PRODUCT_NONE for NULL and for blanks. Owned by the caller,
 * g_free. */
char *product_of(const char *prodid);

#endif
