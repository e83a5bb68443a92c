/* SPDX-License-Identifier: BSD-2-Clause
 *
 * tnef_properties: the reader of property lists and recipient tables ([MS-OXTNEF] 2.1.3.4).
 *
 * Part of the reader of TNEF streams. It walks the data of one attribute and appends each property
 * to the stream, and each message inside of an object to the list of those that are still to be
 * read. The first inconsistency or limit ends it.
 */
#ifndef CALMEND_TNEF_PROPERTIES_H
#define CALMEND_TNEF_PROPERTIES_H

#include "common/tnef/tnef.h"

/* Where the reader is in the data of one attribute. */
typedef struct {
    Tnef *tnef;
    guint attribute;
    guint row;
    gsize at;
    gsize end;
} TnefCursor;

/* Read one list of properties, or rows of them, and leave the cursor after it. FALSE when they end
 * early: the stream has a problem then, or is over its limits. */
gboolean tnef_properties_read_list(TnefCursor *cursor);
gboolean tnef_properties_read_rows(TnefCursor *cursor);

#endif
